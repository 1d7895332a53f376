"""What a move or a death is refused for: code, title, field; and nothing of it happens."""

from typing import Any

from shared.testing.clock import FrozenClock
from tests.registry.builders import FAR, SISTER, TODAY, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    household_of,
    members_of,
    move_in,
    move_out,
    person_of,
    register,
)

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("move-in", {"occurred_on": "2026-03-17", "residence": {"area": SISTER}}, "event_in_future"),
    ("move-out", {"occurred_on": "2026-03-17"}, "event_in_future"),
    ("death", {"occurred_on": "2026-03-17"}, "event_in_future"),
    ("death", {"occurred_on": "2026-03-10", "reported_on": "2026-03-09"}, "event_in_future"),
    ("death", {"occurred_on": "2026-03-10", "reported_on": "2026-03-17"}, "event_in_future"),
    ("death", {"occurred_on": "1960-05-16"}, "event_before_birth"),
    ("move-out", {"occurred_on": "1960-05-16"}, "event_before_birth"),
    ("move-in", {"occurred_on": "2026-02-01", "residence": {"area": VILLAGE}}, "person_already_active"),
    ("move-in", {"occurred_on": "2026-02-01", "registration": {"area": VILLAGE}}, "person_already_active"),
    ("move-out", {"occurred_on": "2025-12-31"}, "event_out_of_order"),
    ("death", {"occurred_on": "2025-12-31"}, "event_out_of_order"),
    ("move-in", {"occurred_on": "2026-02-01", "residence": {"area": TOWN + "999"}}, "unknown_area"),
    ("move-in", {"occurred_on": "2026-02-01", "registration": {"area": TOWN}}, "unknown_area"),
    ("move-in", {"occurred_on": "2026-02-01", "residence": {"area": VILLAGE + "077"}}, "not_yet"),
]


async def test_a_refused_event_says_why_and_leaves_everything_as_it_was(
    client_of: Client, county: None, events: Events
) -> None:
    for path, body, code in REFUSED:
        client = client_of(*REGISTRAR)
        person = await person_of(client, (await register(client))["id"])
        before = await events()
        assert_refused(await client.post(f"{PERSONS}/{person['id']}/{path}", json=body), code)
        assert await person_of(client, person["id"]) == person
        assert await events() == before


MALFORMED: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("move-in", {}, [("occurred_on", "missing")]),
    ("move-in", {"occurred_on": "2026-02-01"}, [("body", "somewhere")]),
    (
        "move-in",
        {"occurred_on": "1. Februar", "residence": {"area": "4504811", "kind": "tenant"}},
        [
            ("occurred_on", "date_from_datetime_parsing"),
            ("residence.area", "string_pattern_mismatch"),
            ("residence.kind", "enum"),
        ],
    ),
    ("move-in", {"occurred_on": "2026-02-01", "residence": {}}, [("residence.area", "missing")]),
    ("move-out", {"occurred_on": "2026-02-01", "books": []}, [("books", "too_short")]),
    ("move-out", {"occurred_on": "2026-02-01", "books": ["county"]}, [("books.0", "enum")]),
    ("death", {"occurred_on": "2026-02-01", "cause": "x"}, [("body", "extra_forbidden")]),
    (
        "death",
        {"occurred_on": "2026-02-01", "new_head": {"head": "x", "relations": [{"relation": "2"}]}},
        [
            ("new_head.head", "uuid_parsing"),
            ("new_head.relations.0.person_id", "missing"),
            ("new_head.relations.0.relation", "code"),
        ],
    ),
]


async def test_a_malformed_event_is_told_every_wrong_field(client_of: Client, county: None) -> None:
    for path, body, errors in MALFORMED:
        client = client_of(*REGISTRAR)
        person = await register(client)
        answer = await client.post(f"{PERSONS}/{person['id']}/{path}", json=body)
        assert_refused(answer, "invalid_request", errors)


async def test_nobody_leaves_where_he_is_not(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    elsewhere = await register(client, registration={"area": "431024"}, residence={"area": VILLAGE, "kind": "floating"})
    answer = await move_out(client, elsewhere["id"], "2026-02-01", books=["registration"])
    assert_refused(answer, "person_not_active")
    given(await move_out(client, elsewhere["id"], "2026-02-01"))
    assert_refused(await move_out(client, elsewhere["id"], "2026-02-02"), "person_not_active")


async def test_nothing_happens_after_a_death(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await die(client, person, "2026-03-01"))
    for answer in (
        await die(client, person, "2026-03-01"),
        await die(client, person, "2026-03-05"),
        await move_out(client, person, "2026-03-05"),
        await move_in(client, person, "2026-03-05", residence=SISTER),
    ):
        assert_refused(answer, "person_deceased")
    # what is told to have happened before the death contradicts it only where it cannot be put before it
    given(await move_in(client, person, "2026-02-01", residence=SISTER))
    assert_refused(await die(client, person, "2026-02-15"), "event_out_of_order")


async def test_a_head_with_members_leaves_only_with_a_whole_succession(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    made = await found(client)
    child = await register(client, name="覃小宝")
    given(
        await client.post(
            f"/registry/v1/households/{made['id']}/members", json={"relation": "30", "person_id": child["id"]}
        )
    )
    head, spouse = members_of(made)
    before = await events()
    needs = "household_needs_head"
    incomplete = "succession_incomplete"
    for path, body in (
        ("death", {}),
        ("move-out", {}),
        ("move-in", {"registration": {"area": FAR}}),
    ):
        url, day = f"{PERSONS}/{head}/{path}", {"occurred_on": "2026-03-01", **body}
        assert_refused(await client.post(url, json=day), needs)
        for new_head, refusal in (
            ({"head": NOBODY}, needs),
            ({"head": head}, needs),
            ({"head": spouse}, incomplete),
            ({"head": spouse, "relations": [{"person_id": child["id"], "relation": "02"}]}, incomplete),
            ({"head": spouse, "relations": [{"person_id": NOBODY, "relation": "30"}]}, "succession_names_others"),
        ):
            assert_refused(await client.post(url, json={**day, "new_head": new_head}), refusal)
    assert await events() == before


async def test_what_is_out_of_scope_is_answered_as_what_is_not_there(
    client_of: Client, county: None, events: Events
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    before = await events()
    stranger, clerk = client_of(*FAR_CLERK), client_of(*CLERK)
    for asked in (person, NOBODY):
        assert_not_found(await move_in(stranger, asked, "2026-03-01", residence=FAR))
        assert_not_found(await move_out(stranger, asked, "2026-03-01"))
        assert_not_found(await die(stranger, asked, "2026-03-01"))
    # the person is his own, the place he moves to is not
    for place in (FAR, FAR + "001", FAR[:9] + "999"):
        assert_not_found(await move_in(clerk, person, "2026-03-01", residence=place))
        assert_not_found(await move_in(clerk, person, "2026-03-01", registration=place[:12]))
    assert await events() == before


async def test_who_moved_away_stays_the_business_of_where_he_was_last(client_of: Client, county: None) -> None:
    registrar, clerk, far = client_of(*REGISTRAR), client_of(*CLERK), client_of(*FAR_CLERK)
    person = (await register(registrar))["id"]
    given(await move_in(registrar, person, "2026-02-01", residence=FAR, registration=FAR))
    assert_not_found(await clerk.get(f"{PERSONS}/{person}"))
    given(await move_out(far, person, "2026-02-10"))
    assert (await person_of(far, person))["status"] == "moved_out"
    assert_not_found(await move_in(clerk, person, "2026-02-20", residence=VILLAGE))
    given(await move_in(far, person, "2026-02-20", residence=FAR))


async def test_the_day_is_the_one_in_shanghai(
    client_of: Client, county: None, events: Events, clock: FrozenClock
) -> None:
    """At 00:30 of the 17th in China it is still the 16th in UTC."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    tomorrow = TODAY.replace(day=17).isoformat()
    assert (await move_out(client, person, tomorrow)).status_code == 422
    clock.advance(hours=14, minutes=30)
    given(await move_out(client, person, tomorrow))
    out = [one["state"] for one in await events("registry.posting.") if one["state"]["kind"] == "out"]
    assert {(one["occurred_on"], one["posted_on"]) for one in out} == {(tomorrow, tomorrow)}
    assert len(out) == 2


async def test_nobody_names_the_head_of_a_household_elsewhere_or_hears_who_is_in_it(
    client_of: Client, county: None
) -> None:
    """Who lives here and heads a household there: whoever answers for it tells of the death, or names a head first."""
    registrar, clerk, far = client_of(*REGISTRAR), client_of(*CLERK), client_of(*FAR_CLERK)
    there: Json = {"registration": {"area": FAR}, "residence": {"area": FAR}}
    head = (await register(registrar, **there | {"residence": {"area": VILLAGE}}))["id"]
    wife = (await register(registrar, sex="1", name="莫大石", **there))["id"]
    stranger = (await register(registrar, sex="1", name="莫大山", **there))["id"]
    members = ({"relation": "02", "person_id": head}, {"relation": "10", "person_id": wife})
    household = await found(registrar, *members, area=FAR)
    assert_refused(await die(clerk, head, "2026-03-01"), "book_of_another_place")
    for who in (wife, stranger):
        heir = {"head": who, "relations": []}
        assert_refused(await die(clerk, head, "2026-03-01", new_head=heir), "book_of_another_place")
        told = {"head": stranger, "relations": [{"person_id": who, "relation": "99"}]}
        assert_refused(await die(clerk, head, "2026-03-01", new_head=told), "succession_names_others")
    heir = {"head": wife, "relations": [{"person_id": head, "relation": "10"}]}
    path = f"{HOUSEHOLDS}/{household['id']}/change-head"
    given(await far.post(path, json={"on": "2026-02-01", "new_head": heir}))
    given(await die(clerk, head, "2026-03-01"))
    (stays,) = [one for one in (await household_of(far, household))["members"] if one["until"] is None]
    assert (stays["person_id"], stays["relation"]) == (wife, "02")
