"""Duplicates over HTTP: found and pointed at, decided by who holds both, merged by two people, and taken back."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events, Work
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    correct,
    die,
    enter_building,
    enter_dwelling,
    found,
    given,
    household_of,
    last_event,
    life_events,
    move_in,
    move_out,
    occupy,
    person_of,
    point,
    proposed,
    register,
    reverse,
    start_tag,
    undone,
)

OFFICER = ("town_officer", TOWN)
FAR_AWAY: Json = {"residence": {"area": FAR}, "registration": {"area": FAR}}
LOST: Json = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-01"}}


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    return client_of(*CLERK, subject="clerk")


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR, subject="registrar")


async def merged(client: AsyncClient, other: AsyncClient, one: str, survivor: str) -> Json:
    """One is merged into the survivor, by two people."""
    pair = await proposed(client, one, survivor)
    return given(await other.post(f"{DUPLICATES}/{pair['id']}/approve"))


async def separated(client: AsyncClient, pair: Json) -> Json:
    return given(await client.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"}))


def as_before(person: Json) -> Json:
    return {name: value for name, value in person.items() if name != "version"}


async def test_two_people_merge_one_person_into_another_and_the_books_agree(
    client_of: Client, registrar: AsyncClient, events: Events
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar, **LOST), await register(registrar)
    pair = await proposed(registrar, one["id"], survivor["id"])
    assert (pair["status"], pair["survivor_id"]) == ("proposed", survivor["id"])
    assert_refused(await registrar.post(f"{DUPLICATES}/{pair['id']}/approve"), "duplicate_four_eyes")
    assert_refused(
        await registrar.post(f"{DUPLICATES}/{pair['id']}/refuse", json={"reason": "other"}), "duplicate_four_eyes"
    )
    assert (await person_of(registrar, one["id"]))["status"] == "active"
    same = given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert (same["status"], same["survivor_id"], same["decided_by"]) == ("same", survivor["id"], "second")
    gone = await person_of(registrar, one["id"])
    assert (gone["status"], gone["merged_into"]) == ("merged", survivor["id"])
    assert as_before(await person_of(registrar, survivor["id"])) == as_before(survivor)
    (told,) = await events("registry.person.merged", one["id"])
    assert (told["state"]["status"], told["state"]["merged_into"]) == ("merged", survivor["id"])
    lines = [line["state"] for line in await events("registry.posting.") if line["state"]["kind"] == "merged"]
    assert sorted((line["person_id"], line["book"], line["amount"]) for line in lines) == [
        (one["id"], "registration", -1),
        (one["id"], "residence", -1),
    ]
    await assert_books_agree(registrar, events)


async def test_a_merge_is_taken_back_with_everything_and_names_what_stays(
    client_of: Client, registrar: AsyncClient, events: Events
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar), await register(registrar)
    child = await register(registrar, name="覃小宝", birth_date="2015-03-02")
    care = await start_tag(registrar, one["id"], "elder_alone", "2026-02-01")
    household = await found(
        registrar, {"relation": "02", "person_id": one["id"]}, {"relation": "31", "person_id": child["id"]}
    )
    before = [await person_of(registrar, who["id"]) for who in (one, survivor)]
    members = (await household_of(registrar, household))["members"]
    pair = await merged(registrar, second, one["id"], survivor["id"])
    standing = {
        member["person_id"]: member["relation"]
        for member in (await household_of(registrar, household))["members"]
        if member["until"] is None
    }
    assert standing == {survivor["id"]: "02", child["id"]: "31"}
    carried = given(await registrar.get(f"{PERSONS}/{survivor['id']}/tags"))["items"]
    assert [(tag["code"], tag["ended_on"]) for tag in carried] == [("elder_alone", None)]
    given(await move_out(registrar, survivor["id"], "2026-03-16", books=["registration"], new_head=_heir(child)))
    back = await separated(second, pair)
    assert (back["status"], back["survivor_id"]) == ("open", None)
    assert [one["kind"] for one in back["stayed"]] == ["move_out"]
    assert as_before(await person_of(registrar, one["id"])) == as_before(before[0])
    (tag,) = given(await registrar.get(f"{PERSONS}/{one['id']}/tags"))["items"]
    assert (tag["id"], tag["ended_on"]) == (care["id"], None)
    (ended,) = given(await registrar.get(f"{PERSONS}/{survivor['id']}/tags"))["items"]
    assert ended["ended_on"] == "2026-03-16"
    await assert_books_agree(registrar, events)
    assert members


def _heir(child: Json) -> Json:
    return {"head": child["id"], "relations": []}


async def test_a_household_is_as_before_when_nothing_has_happened_since(
    client_of: Client, registrar: AsyncClient, events: Events
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar), await register(registrar)
    child = await register(registrar, name="覃小宝", birth_date="2015-03-02")
    household = await found(
        registrar, {"relation": "02", "person_id": one["id"]}, {"relation": "31", "person_id": child["id"]}
    )
    pair = await merged(registrar, second, one["id"], survivor["id"])
    await separated(second, pair)
    assert (await household_of(registrar, household))["members"] == household["members"]
    await assert_books_agree(registrar, events)


async def test_a_merge_across_villages_leaves_the_survivor_where_it_is(
    client_of: Client, registrar: AsyncClient, clerk: AsyncClient, events: Events
) -> None:
    """A head there with others goes only after somebody else is the head."""
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar, **FAR_AWAY), await register(clerk)
    spouse = await register(registrar, name="莫大山", sex="1", birth_date="1958-03-02", **FAR_AWAY)
    household = await found(
        registrar,
        {"relation": "02", "person_id": one["id"]},
        {"relation": "10", "person_id": spouse["id"]},
        area=FAR,
    )
    pair = await proposed(registrar, one["id"], survivor["id"])
    answer = await second.post(f"{DUPLICATES}/{pair['id']}/approve")
    assert_refused(answer, "household_needs_head")
    assert (await person_of(registrar, one["id"]))["status"] == "active", "nothing half done"
    given(
        await registrar.post(
            f"/registry/v1/households/{household['id']}/members/{one['id']}/remove",
            json={"left_on": "2026-03-16", "new_head": {"head": spouse["id"], "relations": []}},
        )
    )
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    spans = (await person_of(registrar, survivor["id"]))["residence"]
    assert [(span["area"], span["end"]) for span in spans] == [(VILLAGE, None)]
    await assert_books_agree(registrar, events)


async def test_nothing_happens_to_a_merged_person_but_through_the_pair(
    client_of: Client, registrar: AsyncClient
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor, third = [await register(registrar) for _ in range(3)]
    await merged(registrar, second, one["id"], survivor["id"])
    gone = await person_of(registrar, one["id"])
    assert_refused(await die(registrar, one["id"], "2026-03-16"), "person_merged")
    assert_refused(await move_in(registrar, one["id"], "2026-02-01", residence=SISTER), "person_merged")
    assert_refused(await correct(registrar, gone, phone="13900001111"), "person_merged")
    body = {"code": "elder_alone", "started_on": "2026-03-16"}
    assert_refused(await registrar.post(f"{PERSONS}/{one['id']}/tags", json=body), "person_not_active")
    dwelling = await enter_dwelling(registrar, await enter_building(registrar))
    owns = await occupy(registrar, dwelling, person_id=one["id"], role="owner")
    assert_refused(owns, "person_merged", [("person_id", "person_merged")])
    merge = await last_event(registrar, one["id"])
    assert_refused(await reverse(registrar, one["id"], merge), "merge_taken_back_as_duplicate")
    entry = (await life_events(registrar, one["id"]))[0]["id"]
    assert_refused(await reverse(registrar, one["id"], entry), "event_rested_on", [(f"life_events.{merge}", "merged")])
    pair = await point(registrar, third["id"], one["id"])
    body = {"decision": "same", "survivor_id": third["id"]}
    assert_refused(await registrar.post(f"{DUPLICATES}/{pair['id']}/decide", json=body), "person_not_mergeable")


async def test_the_entry_of_a_survivor_stands_while_another_rests_on_it(
    client_of: Client, registrar: AsyncClient, events: Events
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = [await register(registrar) for _ in range(2)]
    pair = await merged(registrar, second, one["id"], survivor["id"])
    entry = await last_event(registrar, survivor["id"])
    assert_refused(await reverse(registrar, survivor["id"], entry), "survivor_of_merge")
    await separated(second, pair)
    await undone(registrar, second, survivor["id"], entry)
    await assert_books_agree(registrar, events)


async def test_the_dead_and_those_without_a_number_are_not_kept_or_not_merged(
    client_of: Client, registrar: AsyncClient
) -> None:
    one, other = await register(registrar), await register(registrar)
    lost = await register(registrar, name="莫秀英", **LOST)
    numbered = await point(registrar, one["id"], lost["id"])
    decide = f"{DUPLICATES}/{numbered['id']}/decide"
    answer = await registrar.post(decide, json={"decision": "same", "survivor_id": lost["id"]})
    assert_refused(answer, "survivor_without_number", [("survivor_id", "survivor_without_number")])
    given(await die(registrar, other["id"], "2026-03-01"))
    pair = await point(registrar, one["id"], other["id"])
    path = f"{DUPLICATES}/{pair['id']}/decide"
    answer = await registrar.post(path, json={"decision": "same", "survivor_id": one["id"]})
    assert_refused(answer, "person_not_mergeable")
    for body in (
        {"decision": "same"},
        {"decision": "different", "survivor_id": one["id"]},
        {"decision": "same", "survivor_id": lost["id"]},
    ):
        answer = await registrar.post(path, json=body)
        assert_refused(answer, "survivor_missing", [("survivor_id", "survivor_missing")])
    given(await registrar.post(path, json={"decision": "same", "survivor_id": other["id"]}))


async def test_what_is_decided_can_be_taken_back(client_of: Client, registrar: AsyncClient) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, other = [await register(registrar) for _ in range(2)]
    pair = await point(registrar, one["id"], other["id"])
    path = f"{DUPLICATES}/{pair['id']}"
    assert_refused(await registrar.post(f"{path}/reopen"), "duplicate_transition_not_allowed")
    for decision in ("different", "unsure"):
        assert given(await registrar.post(f"{path}/decide", json={"decision": decision}))["status"] == decision
        assert_refused(await registrar.post(f"{path}/withdraw"), "duplicate_transition_not_allowed")
        assert given(await registrar.post(f"{path}/reopen"))["status"] == "open"
    why = {"reason": "evidence_missing"}
    for step, who, body in (("withdraw", registrar, None), ("refuse", second, why)):
        same = {"decision": "same", "survivor_id": one["id"]}
        assert given(await registrar.post(f"{path}/decide", json=same))["status"] == "proposed"
        told = given(await who.post(f"{path}/{step}", json=body))
        assert (told["status"], told["survivor_id"]) == ("open", None)
        assert told["refusal"] == (body["reason"] if body else None)
    assert given(await registrar.get(path))["refusal"] == "evidence_missing", "whoever looks next reads why"
    assert given(await registrar.post(f"{path}/decide", json={"decision": "unsure"}))["refusal"] is None
    again = given(await registrar.post(DUPLICATES, json={"first_id": other["id"], "second_id": one["id"]}), 201)
    assert again["id"] == pair["id"], "a pair is one, whichever way it is pointed at"
    stale = await registrar.post(
        f"{path}/decide", json={"decision": "unsure"}, headers={"if-match": f'"{pair["version"]}"'}
    )
    assert_refused(stale, "version_mismatch")
    answer = await registrar.post(DUPLICATES, json={"first_id": one["id"], "second_id": one["id"]})
    assert_refused(answer, "same_person_twice", [("second_id", "same_person_twice")])


async def test_who_holds_one_of_the_two_sees_only_that_the_county_decides(
    client_of: Client, registrar: AsyncClient, clerk: AsyncClient
) -> None:
    far = client_of(*FAR_CLERK, subject="far")
    officer = client_of(*OFFICER, subject="officer")
    one, other = await register(clerk), await register(far, **FAR_AWAY)
    for path, body in (
        ("second_id", {"first_id": one["id"], "second_id": other["id"]}),
        ("first_id", {"first_id": other["id"], "second_id": one["id"]}),
        ("second_id", {"first_id": one["id"], "second_id": NOBODY}),
    ):
        assert_not_found(await clerk.post(DUPLICATES, json=body), path)
    pair = await point(registrar, one["id"], other["id"])
    path = f"{DUPLICATES}/{pair['id']}"
    decided = given(await registrar.post(f"{path}/decide", json={"decision": "same", "survivor_id": one["id"]}))
    assert not decided["elsewhere"]
    assert decided["score"] == sum(one["points"] for one in decided["reasons"])
    for client, own in ((clerk, one), (far, other)):
        shown = given(await client.get(path))
        assert [person["id"] for person in shown["people"]] == [own["id"]]
        assert shown["elsewhere"]
        hidden = ("score", "survivor_id", "decided_by", "decided_at")
        assert [shown[name] for name in hidden] == [None] * 4
        assert shown["reasons"] == []
        assert_refused(await client.post(f"{path}/withdraw"), "duplicate_of_another_place")
        body = {"decision": "different"}
        assert_refused(await client.post(f"{path}/decide", json=body), "duplicate_of_another_place")
    assert_refused(await officer.post(f"{path}/approve"), "duplicate_of_another_place")
    for area, client, people in ((VILLAGE, clerk, 1), (FAR, far, 1), (VILLAGE, registrar, 2), (COUNTY, registrar, 2)):
        rows = await all_pages(client, DUPLICATES, area=area)
        assert [(row["id"], len(row["people"])) for row in rows] == [(pair["id"], people)]
        counted = given(await client.get(f"{DUPLICATES}/count", params={"area": area}))["count"]
        assert counted == 1
    sister = client_of("village_clerk", SISTER)
    assert_not_found(await sister.get(path))
    assert await all_pages(sister, DUPLICATES, area=SISTER) == []
    assert_not_found(await sister.get(DUPLICATES, params={"area": VILLAGE}))


async def test_the_book_of_a_place_outside_the_scope_is_not_written(
    client_of: Client, registrar: AsyncClient, clerk: AsyncClient
) -> None:
    """A town officer sees both by one place each; the other's registered place lies in another town."""
    officer, second = client_of(*OFFICER, subject="officer"), client_of(*OFFICER, subject="second")
    one = await register(registrar, registration={"area": FAR})
    survivor = await register(clerk)
    pair = await proposed(officer, one["id"], survivor["id"])
    assert_refused(await second.post(f"{DUPLICATES}/{pair['id']}/approve"), "book_of_another_place")
    assert (await person_of(registrar, one["id"]))["status"] == "active"


async def search(work: Work) -> None:
    async def all_of_them(registry: Any) -> None:
        while await registry.duplicates.find(2):
            pass

    await work(all_of_them)


async def test_the_register_finds_who_is_alike_wherever_they_live(
    client_of: Client, registrar: AsyncClient, clerk: AsyncClient, work: Work
) -> None:
    """By name or sound and birth date, or the lunar one that was written down; two numbers say that they are two."""
    far = client_of(*FAR_CLERK, subject="far")
    one = await register(clerk)
    await register(clerk)
    alike = await register(far, name="秦秀英", **LOST, **FAR_AWAY)
    await register(far, name="莫秀英", **LOST, **FAR_AWAY)
    await search(work)
    rows = await all_pages(registrar, DUPLICATES, area=COUNTY)
    pairs = [{person["id"] for person in row["people"]} for row in rows]
    assert {one["id"], alike["id"]} in pairs
    assert len(pairs) == 2
    row = rows[pairs.index({one["id"], alike["id"]})]
    assert (row["source"], row["status"]) == ("found", "open")
    assert {(reason["code"], reason["points"]) for reason in row["reasons"]} >= {("sound", 35), ("birth_date", 35)}
    given(await registrar.post(f"{DUPLICATES}/{row['id']}/decide", json={"decision": "different"}))
    await search(work)
    again = await all_pages(registrar, DUPLICATES, area=COUNTY, status="different")
    assert [row["id"] for row in again] == [row["id"]], "what was decided stays decided"


@pytest.mark.usefixtures("unguarded")
async def test_who_is_corrected_is_compared_again(registrar: AsyncClient, clerk: AsyncClient, work: Work) -> None:
    await register(clerk)
    other = await register(registrar, name="莫大山", **LOST, **FAR_AWAY)
    await search(work)
    assert await all_pages(registrar, DUPLICATES, area=COUNTY) == []
    given(await correct(registrar, other, name="覃秀英"))
    await search(work)
    assert len(await all_pages(registrar, DUPLICATES, area=COUNTY)) == 1


async def test_each_look_is_noted_at_whom_it_showed(
    client_of: Client, registrar: AsyncClient, clerk: AsyncClient
) -> None:
    far = client_of(*FAR_CLERK, subject="far")
    one, other = await register(clerk), await register(far, **FAR_AWAY)
    pair = await point(registrar, one["id"], other["id"])
    given(await clerk.get(f"{DUPLICATES}/{pair['id']}"))
    for person, looks in ((one, ["clerk"]), (other, [])):
        rows = await all_pages(registrar, f"{PERSONS}/{person['id']}/accesses")
        assert [row["subject"] for row in rows if row["action"] == "read_duplicate"] == looks
