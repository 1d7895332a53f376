"""Areas over HTTP: imported whole or not at all, renamed, abolished once; what they end they end for everybody."""

from typing import Any

from httpx import AsyncClient

from shared.contracts.registry.areas import AreaState
from shared.testing.clock import FrozenClock
from tests.registry.builders import (
    COUNTY,
    DIVISIONS,
    FAR,
    OTHER_TOWN,
    SISTER,
    TOWN,
    VILLAGE,
    a_division,
    a_person,
)
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREAS,
    BALANCES,
    CLERK,
    OFFICER,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    given,
    register,
)


def lines(*divisions: dict[str, Any]) -> list[Json]:
    return [{**one, "level": int(one["level"])} for one in divisions]


async def imported(client: AsyncClient, *divisions: dict[str, Any], **what: str) -> Json:
    return given(await client.post(f"{AREAS}/import", json={"rows": lines(*divisions), **what}))


async def abolished(client: AsyncClient, code: str, *successors: str, on: str = "2026-03-16") -> Json:
    body = {"valid_to": on, "successors": list(successors)}
    return given(await client.post(f"{AREAS}/{code}/abolish", json=body))


NEW = a_division("450481100203", "新村委会")


async def test_a_file_with_wrong_lines_opens_nothing(client_of: Client, county: None, events: Events) -> None:
    client, before = client_of(*REGISTRAR), await events()
    rows = lines(NEW, a_division("450481100204", "又一村委会"), NEW)
    rows[1] |= {"parent_code": OTHER_TOWN.ljust(12, "0"), "name": " "}
    assert_refused(
        await client.post(f"{AREAS}/import", json={"rows": rows}),
        "invalid_request",
        [("rows.1.name", "name"), ("rows.1.parent_code", "parent"), ("rows.2.code", "duplicate")],
    )
    rows = [{"code": "1" * 13, "name": "村" * 101, "level": 6, "kind": "x"}, {}]
    assert_refused(
        await client.post(f"{AREAS}/import", json={"rows": rows, "books_opened_on": "x"}),
        "invalid_request",
        [
            ("rows.0.code", "string_too_long"),
            ("rows.0.name", "string_too_long"),
            ("rows.0.level", "less_than_equal"),
            ("rows.0", "extra_forbidden"),
            ("rows.1.code", "missing"),
            ("rows.1.name", "missing"),
            ("rows.1.level", "missing"),
            ("books_opened_on", "date_from_datetime_parsing"),
        ],
    )
    assert_refused(await client.post(f"{AREAS}/import", json={"rows": []}), "invalid_request", [("rows", "too_short")])
    assert await events() == before
    assert_not_found(await client.get(f"{AREAS}/450481100203"))


async def test_a_newer_edition_opens_renames_and_leaves(client_of: Client, county: None, events: Events) -> None:
    client, before = client_of(*REGISTRAR), len(await events())
    edition = [*DIVISIONS[:-1], a_division("450481102202", "昙容新村委会"), NEW]
    outcome = await imported(client, *edition, valid_from="2026-03-01", books_opened_on="2030-01-01")
    assert outcome == {"opened": 1, "renamed": 1, "unchanged": len(DIVISIONS) - 1}
    told = (await events())[before:]
    assert [(one["type"], one["key"], one["sequence"]) for one in told] == [
        ("registry.area.opened", "450481100203", 1),
        ("registry.area.renamed", "450481102202", 2),
    ]
    new = given(await client.get(f"{AREAS}/450481100203"))
    assert (new["valid_from"], new["kind"], new["parent"]) == ("2026-03-01", "villagers_committee", TOWN)
    assert new["books_opened_on"] is None
    # the day on which the county opened is set once
    assert given(await client.get(f"{AREAS}/{COUNTY}"))["books_opened_on"] == "2026-01-01"
    assert given(await client.get(f"{AREAS}/450481102202"))["valid_from"] == "2026-01-01"
    again = await imported(client, *edition)
    assert again == {"opened": 0, "renamed": 0, "unchanged": len(edition)}
    assert len(await events()) == before + 2


async def test_without_dates_an_area_is_valid_from_today(client_of: Client) -> None:
    client = client_of(*REGISTRAR)
    await imported(client, *DIVISIONS)
    county = given(await client.get(f"{AREAS}/{COUNTY}"))
    assert (county["valid_from"], county["books_opened_on"]) == ("2026-03-16", "2026-03-16")


async def test_a_registrar_of_a_town_imports_that_town_alone(client_of: Client, county: None, events: Events) -> None:
    client, before = client_of("county_registrar", TOWN), await events()
    for beside in (a_division("450481102299", "远村委会"), a_division("450482", "别县")):
        answer = await client.post(f"{AREAS}/import", json={"rows": lines(NEW, beside)})
        assert_refused(answer, "invalid_request", [("rows.1.code", "outside_scope")])
    assert await events() == before
    # what lies above comes with the file
    await imported(client, *DIVISIONS[:4], NEW)
    assert (await events())[-1]["key"] == "450481100203"


async def test_each_fact_is_the_area_as_a_look_shows_it(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    await imported(client, a_division(VILLAGE, "思孟新村委会"))
    await abolished(client, VILLAGE, SISTER, on="2026-03-10")
    told = await events("registry.area.", VILLAGE)
    assert [(one["type"].rpartition(".")[2], one["sequence"]) for one in told] == [
        ("opened", 1),
        ("renamed", 2),
        ("abolished", 3),
    ]
    state = told[-1]["state"]
    assert set(state) == set(AreaState.model_fields)
    shown = given(await client.get(f"{AREAS}/{VILLAGE}"))
    assert {name: state[name] for name in shown} == shown
    assert (shown["name"], shown["valid_to"], shown["successors"]) == ("思孟新村委会", "2026-03-10", [SISTER])


IMPOSSIBLE: list[tuple[str, Json, str]] = [
    (VILLAGE, {"valid_to": "2025-12-31", "successors": [SISTER]}, "unknown_area"),
    (VILLAGE, {"valid_to": "2026-03-16", "successors": [VILLAGE]}, "unknown_area"),
    (VILLAGE, {"valid_to": "2026-03-16", "successors": [SISTER, "450481100299"]}, "unknown_area"),
    (VILLAGE, {"valid_to": "2026-03-16", "successors": [FAR]}, "unknown_area"),
]


async def test_an_abolition_is_refused_for_impossible_days_and_heirs(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    await abolished(client, FAR, on="2026-02-01")
    before = await events()
    for code, body, refusal in IMPOSSIBLE:
        assert_refused(await client.post(f"{AREAS}/{code}/abolish", json=body), refusal)
        assert await events() == before
        assert given(await client.get(f"{AREAS}/{VILLAGE}"))["valid_to"] is None


async def test_only_what_is_ones_own_and_there_is_abolished(client_of: Client, county: None) -> None:
    body = {"valid_to": "2026-03-16", "successors": []}
    for code in (VILLAGE, "450481100299", "431024"):
        assert_not_found(await client_of("county_registrar", OTHER_TOWN).post(f"{AREAS}/{code}/abolish", json=body))
    assert_not_found(await client_of(*REGISTRAR).post(f"{AREAS}/450481100299/abolish", json=body))
    for role in ("village_clerk", "town_officer", "county_officer"):
        answer = await client_of(role, COUNTY).post(f"{AREAS}/{VILLAGE}/abolish", json=body)
        assert_refused(answer, "forbidden")
    assert_refused(
        await client_of(*REGISTRAR).post(f"{AREAS}/4504811/abolish", json={"successors": ["x"] * 2}),
        "invalid_request",
        [
            ("path.code", "string_pattern_mismatch"),
            ("valid_to", "missing"),
            ("successors.0", "string_pattern_mismatch"),
            ("successors.1", "string_pattern_mismatch"),
        ],
    )


async def test_successors_are_kept_once_and_in_order(client_of: Client, county: None) -> None:
    done = await abolished(client_of(*REGISTRAR), VILLAGE, FAR, SISTER, FAR)
    assert done["successors"] == [SISTER, FAR]


async def test_nobody_comes_to_belong_to_an_abolished_village(client_of: Client, county: None) -> None:
    """Not for the days before either: who is entered late is entered in its successor."""
    client = client_of(*REGISTRAR)
    await abolished(client, VILLAGE, SISTER, on="2026-03-01")
    for what in (
        {"occurred_on": "2026-03-01"},
        {"occurred_on": "2026-02-28"},
        {"occurred_on": "2026-03-10", "residence": {"area": SISTER}},
        {"occurred_on": "2026-03-10", "registration": {"area": SISTER}},
    ):
        body = a_person(**({"entry": "move_in"} | what))
        assert_refused(await client.post(PERSONS, json=body), "unknown_area")
    sister = {"residence": {"area": SISTER}, "registration": {"area": SISTER}}
    await register(client, entry="move_in", occurred_on="2026-02-28", **sister)


async def test_residents_of_an_abolished_village_belong_to_its_successor(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    """List, count, stock and look agree before and after; the old clerk sees what the successor has."""
    registrar = client_of(*REGISTRAR)
    old = (await register(registrar))["id"]
    own = (await register(registrar, residence={"area": SISTER}, registration={"area": SISTER}))["id"]
    sister, village = client_of("village_clerk", SISTER), client_of(*CLERK)
    assert_not_found(await sister.get(f"{PERSONS}/{old}"))
    await abolished(registrar, VILLAGE, SISTER)
    clock.advance(seconds=11)  # a lineage is read every ten seconds
    for client in (sister, village):
        for person in (old, own):
            given(await client.get(f"{PERSONS}/{person}"))
        rows = await all_pages(client, PERSONS, area=COUNTY)
        assert sorted(one["id"] for one in rows) == sorted((old, own))
        assert given(await client.get(f"{PERSONS}/count", params={"area": COUNTY}))["count"] == 2
    far = client_of("village_clerk", FAR)
    assert_not_found(await far.get(f"{PERSONS}/{old}"))
    spans = given(await registrar.get(f"{PERSONS}/{old}"))["residence"]
    assert [(one["area"], one["start"], one["end"]) for one in spans] == [
        (VILLAGE, "2026-01-01", "2026-03-16"),
        (SISTER, "2026-03-16", None),
    ]
    params = {"area": COUNTY, "book": "residence", "from": "2026-01-01", "to": "2026-03-16"}
    stated = given(await registrar.get(BALANCES, params=params))
    assert stated["closing"] == stated["stock"] == 2


async def test_the_tree_of_a_day_is_what_existed_on_it(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await imported(client, *DIVISIONS[:4], NEW, valid_from="2026-03-01")
    await abolished(client, VILLAGE, "450481100203", on="2026-03-10")
    for on, expected in (
        ("2025-12-31", []),
        ("2026-01-01", [VILLAGE, SISTER]),
        ("2026-03-01", [VILLAGE, SISTER, "450481100203"]),
        ("2026-03-09", [VILLAGE, SISTER, "450481100203"]),
        ("2026-03-10", [SISTER, "450481100203"]),
        (None, [VILLAGE, SISTER, "450481100203"]),
    ):
        params = {"on": on} if on else {}
        children = given(await client.get(f"{AREAS}/{TOWN}/children", params=params))["items"]
        assert [one["code"] for one in children] == expected
        if on != "2025-12-31":
            whole = given(await client.get(f"{AREAS}/{TOWN}/subtree", params=params))["items"]
            assert [one["code"] for one in whole] == [TOWN, *expected]
    assert_not_found(await client.get(f"{AREAS}/{TOWN}/subtree", params={"on": "2025-12-31"}))
    for missing in ("450481999", "99"):
        for step in ("", "/children", "/subtree"):
            assert_not_found(await client.get(f"{AREAS}/{missing}{step}"))
    wrong = await client.get(f"{AREAS}/{TOWN}/children", params={"on": "x"})
    assert_refused(wrong, "invalid_request", [("query.on", "date_from_datetime_parsing")])


async def test_the_tree_begins_where_no_parent_is_known(client_of: Client) -> None:
    client = client_of(*REGISTRAR)
    assert given(await client.get(AREAS)) == {"items": []}
    await imported(client, *DIVISIONS[2:])
    assert [one["code"] for one in given(await client.get(AREAS))["items"]] == [COUNTY]
    await imported(client, *DIVISIONS[:2])
    assert [one["code"] for one in given(await client.get(AREAS))["items"]] == ["45"]


async def test_an_unchanged_tree_is_not_sent_again_and_a_changed_one_is(client_of: Client, county: None) -> None:
    client = client_of(*OFFICER)
    paths = (f"{AREAS}/{VILLAGE}", f"{AREAS}/{TOWN}/children", f"{AREAS}/{TOWN}/subtree")
    tags = {}
    for path in paths:
        answer = await client.get(path)
        tags[path] = answer.headers["etag"]
        assert answer.headers["cache-control"] == "private, max-age=60"
        assert (await client.get(path, headers={"if-none-match": tags[path]})).status_code == 304
    await imported(client_of(*REGISTRAR), a_division(VILLAGE, "思孟新村委会"))
    for path in paths:
        answer = await client.get(path, headers={"if-none-match": tags[path]})
        assert (answer.status_code, "思孟新村委会" in answer.text) == (200, True)
        assert answer.headers["etag"] != tags[path]
    beside = f"{AREAS}/{OTHER_TOWN}/subtree"
    before = (await client.get(beside)).headers["etag"]
    await imported(client_of(*REGISTRAR), a_division(SISTER, "木榔新村委会"))
    assert (await client.get(beside)).headers["etag"] == before
