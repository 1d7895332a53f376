"""A department's list becomes benefits and tags: each row is answered, and nobody is ended without a clerk."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.features import SPEC
from services.registry.inbound_lists.domain import Authorities
from shared.contracts.registry.list_outcomes import ListOutcomeState
from shared.db.engine import Database
from shared.messaging.inbound import answering
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE, a_number
from tests.registry.conftest import Client, Events
from tests.registry.inbound_lists.civil_affairs import (
    SOURCE,
    TOWN_SOURCE,
    CivilAffairs,
    a_list,
    results,
    sealed,
    told,
)
from tests.registry.steps import BENEFITS, CLERK, FAR_CLERK, NOBODY, PERSONS, TAGS, Json, die, given, register


async def benefits(client: AsyncClient, area: str = VILLAGE, **what: str) -> list[Json]:
    found: list[Json] = given(await client.get(BENEFITS, params={"area": area, **what}))["items"]
    count = given(await client.get(f"{BENEFITS}/count", params={"area": area, **what}))["count"]
    assert count == len(found)
    return found


async def tags(client: AsyncClient, person_id: str) -> list[tuple[str, str | None, str, str | None]]:
    found = given(await client.get(f"{PERSONS}/{person_id}/tags"))["items"]
    return [(one["code"], one["level"], one["started_on"], one["ended_on"]) for one in found]


async def numbered(client: AsyncClient, **what: Any) -> tuple[str, str]:
    """Somebody new: id and number."""
    number = a_number()
    made = await register(client, document={"type": "citizen_id", "number": number}, **what)
    return made["id"], number


async def test_rows_by_id_and_by_encrypted_number_are_applied_and_each_is_answered(
    client_of: Client, office: CivilAffairs, events: Events
) -> None:
    clerk = client_of(*CLERK)
    (by_id, _), (by_number, number), (dead, gone) = [await numbered(clerk) for _ in range(3)]
    given(await die(clerk, dead, "2026-03-01"))
    answer = await office.send(
        a_list(
            {"row": "1", "person_id": by_id, "level": "2", "monthly_fen": 64_000},
            {"row": "2"},
            {"row": "3", "person_id": NOBODY},
            {"row": "4"},
            {"row": "5", "person_id": by_id},
            {"row": "6"},
            {"row": "7", "person_id": by_number, "since": "2026-03-17"},
            {"row": "8"},
            numbers={"2": number.lower(), "4": gone, "8": "45048119900307019X"},
        ),
        id="DB-1",
    )
    assert (answer.status, answer.code, answer.final, answer.complete, answer.missing) == (
        "accepted", None, True, True, 0,
    )  # fmt: skip
    assert (answer.request_source, answer.request_id, answer.kind, answer.area) == (
        SOURCE, "DB-1", "minimum_living", COUNTY,
    )  # fmt: skip
    assert results(answer) == {
        "1": "applied", "2": "applied", "3": "unknown", "4": "person_deceased", "5": "row_repeated",
        "6": "person_missing", "7": "row_repeated", "8": "unknown",
    }  # fmt: skip
    assert await tags(clerk, by_id) == [("minimum_living", "2", "2026-01-01", None)]
    assert await tags(clerk, by_number) == [("minimum_living", None, "2026-01-01", None)]
    first, _ = await benefits(clerk)
    assert (first["person"]["id"], first["level"], first["monthly_fen"], first["status"], first["as_of"]) == (
        by_id, "2", 64_000, "held", "2026-03-10",
    )  # fmt: skip
    assert [one["state"]["code"] for one in await events("registry.tag.started")] == ["minimum_living"] * 2
    noted = [(one.action, one.object_id, one.result) for one in office.accesses.entries]
    assert ("list_benefit", by_id, "ok") in noted
    assert ("list_benefit", None, "not_found") in noted
    assert {one.subject for one in office.accesses.entries} == {f"system:county:{SOURCE}"}


async def test_a_newer_list_replaces_the_older_one_and_a_clerk_decides_who_ends(
    client_of: Client, office: CivilAffairs, events: Events
) -> None:
    clerk = client_of(*CLERK)
    people = [(await numbered(clerk))[0] for _ in range(3)]
    rows = [{"row": str(n), "person_id": one, "level": "1"} for n, one in enumerate(people)]
    await office.send(a_list(*rows))
    newer = await office.send(a_list(rows[0], {**rows[1], "level": "2"}, list_id="DB-B", as_of="2026-03-15"))
    assert (results(newer), newer.missing) == ({"0": "unchanged", "1": "applied"}, 1)
    assert await tags(clerk, people[1]) == [
        ("minimum_living", "1", "2026-01-01", "2026-03-15"),
        ("minimum_living", "2", "2026-03-15", None),
    ]
    (missing,) = await benefits(clerk, status="missing")
    assert (missing["person"]["id"], missing["missing_on"]) == (people[2], "2026-03-15")
    assert await tags(clerk, people[2]) == [("minimum_living", "1", "2026-01-01", None)], "nobody has decided"
    older = await office.send(a_list(*rows, list_id="DB-C", as_of="2026-03-12"))
    same_day = await office.send(a_list(list_id="DB-D", as_of="2026-03-15"))
    assert {(older.code, older.final), (same_day.code, same_day.final)} == {("list_outdated", True)}
    path = f"{BENEFITS}/{missing['id']}"
    ended = given(await clerk.post(f"{path}/end", json={"ended_on": "2026-03-14"}))
    assert (ended["status"], ended["ended_on"]) == ("ended", "2026-03-14")
    assert await tags(clerk, people[2]) == [("minimum_living", "1", "2026-01-01", "2026-03-14")]
    reopened = given(await clerk.post(f"{path}/reopen", headers={"if-match": f'"{ended["version"]}"'}))
    assert (reopened["status"], reopened["decided_by"]) == ("missing", None)
    assert await tags(clerk, people[2]) == [("minimum_living", "1", "2026-01-01", None)]
    kept = given(await clerk.post(f"{path}/keep", json={"reason": "under_review"}))
    assert kept["status"] == "kept"
    again = await office.send(a_list(rows[0], list_id="DB-E", as_of="2026-03-16"))
    assert again.missing == 1, "only who was held and is on it no more"
    assert [one["person"]["id"] for one in await benefits(clerk, status="kept")] == [people[2]]
    assert len(await benefits(clerk)) == 3
    assert "registry.tag.reopened" in {one["type"] for one in await events("registry.tag.")}


async def test_a_list_is_whole_with_its_last_part_and_parts_come_in_any_order(
    client_of: Client, office: CivilAffairs
) -> None:
    clerk = client_of(*CLERK)
    first, second, third = [(await numbered(clerk))[0] for _ in range(3)]
    await office.send(a_list({"row": "1", "person_id": third}, list_id="DB-0", as_of="2026-03-01"))
    two = a_list({"row": "2", "person_id": second}, part=2, parts=2)
    assert (await office.send(two)).complete is False
    assert await benefits(clerk, status="missing") == [], "what has not come yet is not missing"
    differs = await office.send(a_list({"row": "1", "person_id": first}, parts=3))
    repeated = await office.send({**two, "rows": [{"row": "9", "person_id": first, "since": "2026-01-01"}]})
    assert (differs.code, repeated.code) == ("list_parts_differ", "list_part_repeated")
    last = await office.send(a_list({"row": "1", "person_id": first}, parts=2))
    assert (last.complete, last.missing) == (True, 1)
    assert [one["person"]["id"] for one in await benefits(clerk, status="missing")] == [third]
    nobody = await office.send(a_list(list_id="DB-Z", as_of="2026-03-16"))
    assert (nobody.complete, nobody.missing) == (True, 2), "an empty list"


async def test_what_was_entered_after_the_day_of_a_list_stands(
    client_of: Client, office: CivilAffairs, clock: FrozenClock
) -> None:
    clerk = client_of(*CLERK)
    (levelled, _), (left, _), (early, _) = [await numbered(clerk) for _ in range(3)]
    body = {"code": "minimum_living", "level": "3", "started_on": "2026-02-01"}
    for one in (levelled, left):
        tag = given(await clerk.post(f"{PERSONS}/{one}/tags", json=body), 201)
    given(await clerk.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-15"}))
    rows = [{"row": str(n), "person_id": one, "level": "1"} for n, one in enumerate((levelled, left, early))]
    answer = await office.send(a_list(*rows))
    assert results(answer) == {"0": "newer_known", "1": "newer_known", "2": "applied"}
    assert await tags(clerk, levelled) == [("minimum_living", "3", "2026-02-01", None)]
    same = await office.send(a_list({**rows[0], "level": "3"}, *rows[2:], list_id="DB-B", as_of="2026-03-12"))
    assert results(same) == {"0": "applied", "2": "unchanged"}, "the tag that a clerk started is held by the list"
    # who is on the list is not proposed to be ended because the row is refused
    await office.send(a_list({**rows[0], "level": "2"}, rows[2], list_id="DB-C", as_of="2026-03-14"))
    assert await benefits(clerk, status="missing") == []


async def test_a_source_delivers_what_it_may_for_where_it_may(client_of: Client, office: CivilAffairs) -> None:
    far = client_of(*FAR_CLERK)
    places = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    stranger, number = await numbered(far, **places)
    refused = [
        await office.send(a_list(kind="disabled")),
        await office.send(a_list(), source=TOWN_SOURCE),
        await office.send(a_list(area=FAR[:9]), source=TOWN_SOURCE),
    ]
    assert {(one.code, one.final) for one in refused} == {("list_not_authorised", False)}
    outside = await office.send(
        a_list({"row": "1", "person_id": stranger}, {"row": "2"}, numbers={"2": number}, area=TOWN), source=TOWN_SOURCE
    )
    assert results(outside) == {"1": "unknown", "2": "unknown"}, "the same as who is in no register"
    assert await benefits(far, FAR) == []
    waiting = a_list(kind="disabled")
    assert (await office.send(waiting, id="W-1")).final is False
    office.authorities = Authorities.parse(f"{SOURCE}={COUNTY}:disabled")
    assert (await office.send(waiting, id="W-1")).status == "accepted", "the operator has allowed it since"
    unknown = await office.send(a_list(kind="disabled", area="450481999"))
    future = await office.send(a_list(kind="disabled", list_id="B", as_of="2026-03-17"))
    assert (unknown.code, unknown.final, future.code, future.final) == ("area_unknown", False, "as_of_invalid", True)


async def test_an_event_sent_again_does_nothing_twice(
    client_of: Client, office: CivilAffairs, committed: Database
) -> None:
    clerk = client_of(*CLERK)
    person, number = await numbered(clerk)
    data = a_list({"row": "1"}, numbers={"1": number})
    record = office.record(data, id="DB-1")
    await office.take(record)
    await office.take(record)
    anew = {**data, "personal": sealed({"numbers": [{"row": "1", "number": number}]})}
    again = await office.send(anew, id="DB-1")
    assert (again.status, again.repeats, results(again)) == ("accepted", 1, {"1": "applied"})
    reused = await office.send({**data, "part": 1, "list_id": "other"}, id="DB-1")
    assert (reused.code, reused.coalesced) == ("id_reused", True)
    assert len(await tags(clerk, person)) == 1
    async with committed.session() as session:
        restated = await SPEC.restate["registry.list_outcome"](session, None, 10)
    newest = {one.id: one for one in await office.outcomes()}
    assert {state_of(one).id: state_of(one) for one in restated} == newest


def state_of(fact: Any) -> ListOutcomeState:
    state: ListOutcomeState = fact.state
    return state


async def test_parts_that_come_at_once_are_taken_in_one_after_the_other(
    client_of: Client, office: CivilAffairs
) -> None:
    clerk = client_of(*CLERK)
    people = [(await numbered(clerk))[0] for _ in range(4)]
    parts = [
        office.record(a_list({"row": str(n), "person_id": one}, part=n + 1, parts=4), partition=n)
        for n, one in enumerate(people)
    ]
    await asyncio.gather(*(office.take(part) for part in parts))
    told_of = await office.outcomes()
    assert [results(one) for one in told_of].count({}) == 0
    assert sorted(one.complete for one in told_of) == [False, False, False, True]
    assert len(await benefits(clerk)) == 4


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"rows": [{"row": "45048119900307019X", "since": "2026-01-01"}]}, "plain_identifier"),
        ({"rows": [{"row": "1", "since": "2026-01-01", "name": "覃秀英"}]}, "schema_violation"),
        ({"rows": [{"row": "1", "since": "2026-01-01"}] * 2}, "schema_violation"),
        ({"rows": [{"row": str(n), "since": "2026-01-01"} for n in range(101)]}, "schema_violation"),
        ({"part": 2}, "schema_violation"),
        ({"list_id": "名单"}, "schema_violation"),
        ({"personal": sealed({"numbers": []})}, "personal_invalid"),
        ({"personal": sealed({"numbers": [{"row": "1", "number": "450481", "name": "x"}]})}, "personal_invalid"),
        ({"personal": "a.b.c.d.e"}, "jwe_invalid"),
        (b"{", "unreadable"),
    ],
)
async def test_hostile_lists_are_refused_and_nothing_is_applied(
    office: CivilAffairs, committed: Database, broken: Any, code: str
) -> None:
    answer = await office.send(broken if isinstance(broken, bytes) else a_list(**broken))
    assert (answer.status, answer.code, answer.rows) == ("rejected", code, [])
    async with committed.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM list_series")) == 0


async def test_a_flood_of_refusals_is_one_answer(office: CivilAffairs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "TOLD_PER_MINUTE", 2)
    await office.take(*(office.record(b"{", source="urn:stranger") for _ in range(6)))
    told_of = await office.outcomes()
    assert len({one.id for one in told_of}) == 1
    assert len(told_of) == 3, "the first one and two more; the rest is counted"


async def test_nobody_on_a_list_is_named_on_the_bus_in_a_log_or_in_an_answer(
    client_of: Client, office: CivilAffairs, events: Events, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk = client_of(*CLERK)
    person, number = await numbered(clerk, name="韦植入")
    unknown = a_number()
    await office.send(a_list({"row": "1"}, {"row": "2"}, numbers={"1": number, "2": unknown}), id="DB-1")
    await office.send(a_list({"row": "1"}, numbers={"1": number}), id=number)
    shown = given(await client_of("operator", COUNTY).get("/registry/v1/inbound/lists"))
    everything = told(await office.outcomes()) + str(await events()) + str(shown) + "".join(capsys.readouterr())
    assert not [one for one in (number, unknown, "韦植入", number[6:14]) if one in everything]
    assert person not in told(await office.outcomes())
    assert {one["code"] for one in shown["items"]} == {None, "plain_identifier"}
    async with office.database.session() as session:
        columns = await session.execute(text("SELECT row_to_json(b)::text FROM benefits b"))
        assert not [row for (row,) in columns if number in row or "韦" in row]


async def test_a_clerk_elsewhere_sees_no_benefit_and_decides_on_none(client_of: Client, office: CivilAffairs) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person, _ = await numbered(clerk)
    await office.send(a_list({"row": "1", "person_id": person}))
    await office.send(a_list(list_id="B", as_of="2026-03-16"))
    (one,) = await benefits(clerk)
    path, any_version = f"{BENEFITS}/{one['id']}", {"if-match": "*"}
    for answer in (
        await far.get(path),
        await far.post(f"{path}/end", json={"ended_on": "2026-03-14"}),
        await far.post(f"{path}/keep", json={"reason": "under_review"}),
        await far.post(f"{path}/reopen", headers=any_version),
        await far.get(BENEFITS, params={"area": VILLAGE}),
    ):
        assert answer.status_code == 404, answer.text
    for wrong in ("2025-12-31", "2026-03-17"):
        answer = await clerk.post(f"{path}/end", json={"ended_on": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "benefit_end")
    stale = {"if-match": f'"{one["version"] - 1}"'}
    answer = await clerk.post(f"{path}/keep", json={"reason": "under_review"}, headers=stale)
    assert answer.status_code == 412


async def test_two_clerks_decide_at_once_and_one_wins(client_of: Client, office: CivilAffairs) -> None:
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    await office.send(a_list({"row": "1", "person_id": person}))
    await office.send(a_list(list_id="B", as_of="2026-03-16"))
    (one,) = await benefits(clerk)
    path = f"{BENEFITS}/{one['id']}"
    answers = await asyncio.gather(
        clerk.post(f"{path}/end", json={"ended_on": "2026-03-14"}),
        clerk.post(f"{path}/keep", json={"reason": "under_review"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
