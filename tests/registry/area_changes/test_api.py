"""Changes of areas over HTTP: whoever lives there goes along, both days are right, and all of it can be undone."""

from itertools import count

import pytest

from services.registry.area_changes.service import changes
from tests.registry.area_changes.steps import (
    ON,
    a_plan,
    areas_now,
    assert_balanced,
    change,
    figures,
    flows,
    listed,
    opened,
    tree,
    undo,
    whole,
)
from tests.registry.builders import COUNTY, FAR, FARTHER, OTHER_TOWN, SISTER, TOWN, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREA_CHANGES,
    BALANCES,
    BUILDINGS,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    Json,
    a_building,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    enter_building,
    enter_dwelling,
    found,
    given,
    household_of,
    life_events,
    members_of,
    move_in,
    move_out,
    occupy,
    person_of,
    register,
    reverse,
    start_tag,
)

NEW, COMMUNITY = "450481100209", "450481102009"
BEFORE = "2026-03-09"
serial = count(1)


def at(area: str, **what: object) -> Json:
    return {"residence": {"area": area}, "registration": {"area": area}, **what}


async def a_family(client_of: Client, area: str) -> Json:
    """A head and a wife who live and are registered in the area."""
    head = {"relation": "02", "person": a_person(sex="1", birth_date="1958-02-11", **at(area))}
    wife = {"relation": "10", "person": a_person(**at(area))}
    return await found(client_of(*REGISTRAR), head, wife, area=area)


async def test_two_villages_merged_two_regrouped_one_converted(client_of: Client, county: None, events: Events) -> None:
    """Acceptance 4 of the registry's issue, small: trees, counts, lists and books of both days."""
    client = client_of(*REGISTRAR)
    for area, families in ((VILLAGE, 2), (SISTER, 1), (FAR, 3), (FARTHER, 1)):
        for _ in range(families):
            await a_family(client_of, area)
    elder = (await register(client, **at(SISTER)))["id"]
    await start_tag(client, elder, "elder_alone", "2026-02-01")
    tree_before, counted_before = await tree(client, ON), await figures(events, BEFORE)
    merged = a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW, village_type="220"),))
    made = given(await change(client, merged), 201)
    assert (made["persons"], made["households"], made["area"], made["status"]) == (7, 3, TOWN, "done")
    first, second = "450481102210", "450481102211"
    groups = (
        {"origin": FAR, "to": first, "shares": [{"to": second, "households": [await one_household(client_of, FAR)]}]},
        whole(FARTHER, second),
    )
    given(await change(client, a_plan("regroup", *groups, opens=(opened(first), opened(second)))), 201)
    converted = a_plan("convert", whole(first, COMMUNITY), opens=(opened(COMMUNITY, "城北社区", village_type="111"),))
    given(await change(client, converted | {"effective_on": "2026-03-12"}), 201)

    assert await tree(client, BEFORE) == tree_before
    assert await tree(client, ON) == sorted([NEW, first, second])
    assert await tree(client, "2026-03-12") == sorted([NEW, COMMUNITY, second])
    assert await figures(events, BEFORE) == counted_before
    now = await figures(events, "2026-03-12")
    people = {NEW: 7, COMMUNITY: 4, second: 4}
    for measure in ("POP-RES", "POP-REG", "LEDGER-RES", "LEDGER-REG"):
        assert now[measure] == people, measure
    assert now["HOUSEHOLDS"] == {NEW: 3, COMMUNITY: 2, second: 2}
    assert now["TAG-CARE"] == {NEW: 1}
    assert (await figures(events, "2026-03-11"))["POP-RES"] == {NEW: 7, first: 4, second: 4}
    for area, many in people.items():
        assert await listed(client, area) == {
            "residence": many,
            "registration": many,
            "households": now["HOUSEHOLDS"][area],
        }
    for gone in (VILLAGE, SISTER, FAR, FARTHER, first):
        assert set((await listed(client, gone)).values()) == {0}, gone
    await assert_balanced(client_of, VILLAGE, SISTER, FAR, FARTHER, NEW, first, second, COMMUNITY, TOWN, OTHER_TOWN)
    states = await areas_now(events)
    assert (states[VILLAGE].valid_to, states[VILLAGE].successors) == (states[NEW].valid_from, (NEW,))
    assert states[FAR].successors == tuple(sorted([first, second]))
    assert (states[COMMUNITY].kind, states[COMMUNITY].village_type) == ("residents_committee", "111")


async def one_household(client_of: Client, area: str) -> str:
    rows = await all_pages(client_of(*REGISTRAR), HOUSEHOLDS, area=area)
    return str(rows[0]["id"])


async def test_nobody_has_migrated_and_both_sides_are_posted(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    await a_family(client_of, VILLAGE)
    given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    for area, expected in ((VILLAGE, {"opening": 2, "boundary_out": -2}), (SISTER, {"boundary_in": 2})):
        asked = {"area": area, "book": "residence", "from": "2026-01-01", "to": "2026-03-16"}
        assert flows(given(await client.get(BALANCES, params=asked))) == expected
    assert not {"MOVES-IN", "MOVES-OUT"} & set(await figures(events, ON))


async def test_it_is_undone_whole(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    family = await a_family(client_of, VILLAGE)
    person = members_of(family)[0]
    building = await enter_building(client, **a_building(area=VILLAGE))
    before = (await person_of(client, person), await household_of(client, family), await figures(events, ON))
    plan = a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW),))
    made = given(await change(client, plan), 201)
    assert (await person_of(client, person))["residence"][-1]["area"] == NEW
    assert given(await client.get(f"{BUILDINGS}/{building['id']}"))["area"] == NEW
    undone = given(await undo(client, made))
    assert (undone["status"], undone["version"]) == ("undone", 2)
    after = (await person_of(client, person), await household_of(client, family), await figures(events, ON))
    assert [strip(one) for one in after[:2]] == [strip(one) for one in before[:2]]
    assert after[2] == before[2]
    assert given(await client.get(f"{BUILDINGS}/{building['id']}"))["area"] == VILLAGE
    assert await tree(client, "2026-03-16") == sorted([VILLAGE, SISTER, FAR, FARTHER])
    await assert_balanced(client_of, VILLAGE, NEW, TOWN)
    assert_refused(await undo(client, made), "area_change_undone")
    again = given(await change(client, plan), 201)
    assert again["persons"] == 2, "a code that was never in force may be opened again"


def strip(body: Json) -> Json:
    return {name: value for name, value in body.items() if name != "version"}


async def test_what_rests_on_it_is_named(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await a_family(client_of, VILLAGE)
    first = given(await change(client, a_plan("transfer", whole(VILLAGE, COMMUNITY), opens=(opened(COMMUNITY),))), 201)
    newcomer = (await register(client, **at(COMMUNITY, occurred_on="2026-03-11")))["id"]
    assert_refused(
        await undo(client, first), "area_change_rested_on", [(f"areas.{COMMUNITY}", "area_change_rested_on")]
    )
    assert (await person_of(client, newcomer))["residence"][-1]["area"] == COMMUNITY
    second = given(await change(client, a_plan("merge", whole(COMMUNITY, FAR), on="2026-03-15")), 201)
    assert_refused(
        await undo(client, first), "area_change_rested_on", [(f"areas.{COMMUNITY}", "area_change_rested_on")]
    )
    given(await undo(client, second))


async def test_a_later_change_of_where_they_went_is_undone_first(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    family = await a_family(client_of, VILLAGE)
    first = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    share = {"to": NEW, "households": [family["id"]]}
    plan = a_plan("split", {"origin": SISTER, "shares": [share]}, opens=(opened(NEW),), on="2026-03-12")
    second = given(await change(client, plan), 201)
    assert_refused(await undo(client, first), "area_change_rested_on", [(f"areas.{SISTER}", "area_change_rested_on")])
    for made, area in ((second, SISTER), (first, VILLAGE)):
        given(await undo(client, made))
        assert (await household_of(client, family))["area"] == area
        assert await listed(client, area) == {"residence": 2, "registration": 2, "households": 1}
    await assert_balanced(client_of, VILLAGE, SISTER, NEW)


async def test_one_change_takes_so_many_along(
    client_of: Client, county: None, monkeypatch: pytest.MonkeyPatch, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    await a_family(client_of, VILLAGE)
    before = await events()
    monkeypatch.setattr(changes, "LARGEST", 1)
    assert_refused(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), "area_change_too_large")
    assert await events() == before


async def test_what_happened_before_can_still_be_set_right(client_of: Client, county: None) -> None:
    """The wrong person told dead, a birth of another day: the change of areas stands in between, and nothing rests."""
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    dead, gone = (await register(client))["id"], (await register(client))["id"]
    born = {"entry": "birth", "occurred_on": "2026-03-01", "birth_date": "2026-03-01", "name": "黄小宝"}
    child = (await register(client, document=None, **born))["id"]
    given(await die(client, dead, "2026-03-02"))
    given(await move_out(client, gone, "2026-03-12"))
    made = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    assert made["persons"] == 2, "the child, and who left after the day; not the dead"
    out = (await life_events(client, gone))[1]
    assert out["kind"] == "move_out"
    given(await reverse(client, gone, out["id"]), 201)
    assert (await person_of(client, gone))["residence"][-1]["area"] == SISTER
    birth = (await life_events(client, child))[0]
    given(await reverse(client, child, birth["id"], corrected_on="2026-02-28"), 201)
    assert [one["area"] for one in (await person_of(client, child))["residence"]] == [VILLAGE, SISTER]
    boundary = (await life_events(client, child))[1]
    assert boundary["kind"] == "boundary"
    assert_refused(await reverse(client, child, boundary["id"]), "event_of_area_change")
    await assert_balanced(client_of, VILLAGE, SISTER)
    given(await undo(client, made))
    assert [one["area"] for one in (await person_of(other, child))["residence"]] == [VILLAGE]
    await assert_balanced(client_of, VILLAGE, SISTER)


async def test_who_came_after_a_back_dated_day_goes_over_on_the_day_of_coming(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client, **at(FAR)))["id"]
    given(await move_in(client, person, "2026-03-13", residence=VILLAGE, registration=VILLAGE))
    given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    assert (await figures(events, "2026-03-12"))["POP-RES"] == {FAR: 1}
    assert (await figures(events, "2026-03-13"))["POP-RES"] == {SISTER: 1}
    await assert_balanced(client_of, VILLAGE, SISTER, FAR)


async def test_nobody_settles_in_what_has_gone_over(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    answer = await client.post(PERSONS, json=a_person(occurred_on="2026-02-01"))
    assert_refused(answer, "unknown_area")
    assert_refused(
        await client.post(HOUSEHOLDS, json=a_household({"relation": "02", "person": a_person()})), "unknown_area"
    )


async def test_a_share_takes_its_households_persons_and_buildings(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    goes, stays = await a_family(client_of, VILLAGE), await a_family(client_of, VILLAGE)
    single, alone = (await register(client))["id"], (await register(client))["id"]
    building = await enter_building(client, **a_building(area=VILLAGE))
    dwelling = await enter_dwelling(client, building)
    given(await occupy(client, dwelling, person_id=single, since="2026-03-01"), 201)
    share = {"to": NEW, "households": [goes["id"]], "persons": [single], "buildings": [building["id"]]}
    plan = a_plan("split", {"origin": VILLAGE, "shares": [share]}, opens=(opened(NEW),))
    made = given(await change(client, plan), 201)
    assert (made["persons"], made["households"], made["buildings"]) == (3, 1, 1)
    assert await listed(client, VILLAGE) == {"residence": 3, "registration": 3, "households": 1}
    assert await listed(client, NEW) == {"residence": 3, "registration": 3, "households": 1}
    assert (await household_of(client, stays))["area"] == VILLAGE
    assert (await person_of(client, alone))["registration"][-1]["area"] == VILLAGE
    given(await die(client, single, "2026-03-14"))
    (lived,) = await all_pages(client, "/registry/v1/occupancies", person_id=single)
    assert (lived["since"], lived["until"]) == ("2026-03-01", "2026-03-14"), "the dwelling went along"
    await assert_balanced(client_of, VILLAGE, NEW, TOWN)


@pytest.mark.parametrize(
    ("plan", "errors"),
    [
        (a_plan("merge", whole(VILLAGE, TOWN)), [("moves.0.to", "level")]),
        (a_plan("merge", whole(VILLAGE, VILLAGE)), [("moves.0.to", "also_origin")]),
        (a_plan("merge", {"origin": VILLAGE}), [("moves.0.to", "missing")]),
        (
            a_plan("merge", whole(VILLAGE, SISTER), whole(VILLAGE, FAR)),
            [("moves.0.origin", "duplicate"), ("moves.1.origin", "duplicate")],
        ),
        (a_plan("merge", whole(VILLAGE, SISTER), whole(FARTHER, FAR)), [("kind", "kind")]),
        (a_plan("merge", whole(VILLAGE, NEW), opens=(opened(NEW),)), [("kind", "kind")]),
        (a_plan("split", whole(VILLAGE, SISTER)), [("kind", "kind")]),
        (a_plan("convert", whole(VILLAGE, NEW), opens=(opened(NEW),)), [("kind", "kind")]),
        (a_plan("convert", whole(VILLAGE, COMMUNITY), opens=(opened(COMMUNITY),)), [("kind", "kind")]),
        (a_plan("transfer", whole(VILLAGE, NEW), opens=(opened(NEW),)), [("kind", "kind")]),
        (a_plan("merge", whole(VILLAGE, SISTER), opens=(opened(NEW),)), [("opens.0.code", "unused")]),
        (a_plan("transfer", whole(VILLAGE, FAR), opens=(opened(FAR),)), [("opens.0.code", "code_taken")]),
        (
            a_plan("transfer", whole(VILLAGE, "450481199001"), opens=(opened("450481199001"),)),
            [("opens.0.code", "parent_missing")],
        ),
        (
            a_plan("transfer", whole(VILLAGE, COMMUNITY), opens=(opened(COMMUNITY, "城?社区"),)),
            [("opens.0.name", "lost_character")],
        ),
        (
            a_plan("transfer", whole(VILLAGE, COMMUNITY), opens=(opened(COMMUNITY, village_type="999"),)),
            [("opens.0.village_type", "code")],
        ),
        (
            a_plan("merge", whole(VILLAGE, SISTER), on="2025-12-31"),
            [("effective_on", "before_origin"), ("effective_on", "before_target")],
        ),
        (
            a_plan("split", {"origin": VILLAGE, "shares": [{"to": NEW, "grids": [FAR + "001"]}]}, opens=(opened(NEW),)),
            [("moves.0.shares.0.grids.0", "not_of_origin")],
        ),
        (
            a_plan(
                "split",
                {
                    "origin": VILLAGE,
                    "shares": [{"to": NEW, "grids": [VILLAGE + "001"]}, {"to": SISTER, "grids": [VILLAGE + "001"]}],
                },
                opens=(opened(NEW),),
            ),
            [("moves.0.shares.0.grids.0", "duplicate"), ("moves.0.shares.1.grids.0", "duplicate")],
        ),
    ],
)
async def test_a_plan_that_is_wrong_changes_nothing(
    client_of: Client, county: None, events: Events, plan: Json, errors: list[tuple[str, str]]
) -> None:
    before = await events()
    assert_refused(await change(client_of(*REGISTRAR), plan), "invalid_request", errors)
    assert await events() == before


async def test_what_is_refused_by_name(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    family = await a_family(client_of, VILLAGE)
    before = await events()
    assert_refused(await change(client, a_plan("merge", whole(VILLAGE, SISTER), on="2026-03-17")), "event_in_future")
    assert_refused(await change(client, a_plan("merge", whole("450481100299", SISTER))), "unknown_area")
    assert_refused(
        await change(client, a_plan("transfer", whole(TOWN, "450481001"), opens=(opened("450481001"),))),
        "area_has_parts",
    )

    def split(**share: object) -> Json:
        return a_plan("split", {"origin": VILLAGE, "shares": [{"to": NEW, **share}]}, opens=(opened(NEW),))

    stranger = await a_family(client_of, FAR)
    before = await events()
    assert_refused(await change(client, split(persons=members_of(family)[:1])), "member_of_household")
    for name, what in (
        ("households", stranger["id"]),
        ("persons", members_of(stranger)[0]),
        ("buildings", family["id"]),
    ):
        assert_not_found(await change(client, split(**{name: [what]})), f"moves.0.shares.0.{name}.0")
    assert await events() == before
    given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    assert_refused(await change(client, a_plan("merge", whole(VILLAGE, FAR))), "area_already_abolished")


async def test_a_town_gets_another_code_with_its_villages(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await a_family(client_of, VILLAGE)
    street = "450481001"
    opens = (opened(street, "岑城街道"), opened(f"{street}001", "一社区"), opened(f"{street}002", "二社区"))
    moves = (whole(TOWN, street), whole(VILLAGE, f"{street}001"), whole(SISTER, f"{street}002"))
    made = given(await change(client, a_plan("transfer", *moves, opens=opens)), 201)
    assert (made["persons"], made["area"]) == (2, COUNTY)
    assert await tree(client, ON, 9) == [street, OTHER_TOWN]
    assert await listed(client, street) == {"residence": 2, "registration": 2, "households": 1}
    await assert_balanced(client_of, TOWN, street)
    given(await undo(client, made))
    assert await tree(client, ON, 9) == [TOWN, OTHER_TOWN]
    assert await listed(client, TOWN) == {"residence": 2, "registration": 2, "households": 1}


async def test_changes_are_listed_where_they_happened(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    made = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    for area, many in ((COUNTY, 1), (TOWN, 1), (OTHER_TOWN, 0)):
        assert len(await all_pages(client, AREA_CHANGES, area=area)) == many
        assert given(await client.get(f"{AREA_CHANGES}/count", params={"area": area}))["count"] == many
    assert given(await client.get(f"{AREA_CHANGES}/{made['id']}"))["moves"] == [
        {"origin": VILLAGE, "to": SISTER, "shared_with": []}
    ]
    outside = client_of("county_registrar", OTHER_TOWN)
    assert_not_found(await outside.get(f"{AREA_CHANGES}/{made['id']}"))
    assert_not_found(await undo(outside, made))
    for path in ("", "/count"):
        assert_not_found(await outside.get(f"{AREA_CHANGES}{path}", params={"area": TOWN}))


@pytest.mark.parametrize(
    ("area", "plan", "paths"),
    [
        (VILLAGE, a_plan("merge", whole(VILLAGE, SISTER)), ["moves.0.to"]),
        (SISTER, a_plan("merge", whole(VILLAGE, SISTER)), ["moves.0.origin"]),
        (TOWN, a_plan("merge", whole(VILLAGE, FAR)), ["moves.0.to"]),
        (
            TOWN,
            a_plan("transfer", whole(VILLAGE, COMMUNITY), opens=(opened(COMMUNITY),)),
            ["moves.0.to", "opens.0.code"],
        ),
        (TOWN, a_plan("split", {"origin": VILLAGE, "shares": [{"to": FAR}]}), ["moves.0.shares.0.to"]),
    ],
)
async def test_every_place_lies_in_the_scope(
    client_of: Client, county: None, events: Events, area: str, plan: Json, paths: list[str]
) -> None:
    before = await events()
    answer = await change(client_of("county_registrar", area), plan)
    assert_refused(answer, "invalid_request", [(path, "outside_scope") for path in paths])
    assert await events() == before
