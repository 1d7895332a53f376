"""What the register suggests every day, and what clerks make of it: over HTTP."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.features import FEATURES
from services.registry.tag_suggestions import service
from services.registry.tag_suggestions.schedules import SUGGEST_TAGS, suggest_tags
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import FAR, SISTER, VILLAGE, a_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    TAG_SUGGESTIONS,
    TAGS,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    last_event,
    members_of,
    move_in,
    move_out,
    proposed,
    register,
    undone,
)

SEEN = {"started_on": "2026-03-01"}
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture(autouse=True)
def _few_villages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The county of the tests has four villages: they are searched in two turns."""
    monkeypatch.setattr(service, "VILLAGES", 3)


async def searched(work: Work) -> int:
    """The search of a day; how many transactions it took."""

    async def all_of_them(registry: Any) -> int:
        turns = 0
        while await registry.tag_suggestions.search():
            turns += 1
        return turns

    number: int = await work(all_of_them)
    return number


async def suggestions(client: AsyncClient, area: str = VILLAGE, **what: str) -> list[Json]:
    """The list; its count agrees."""
    rows = await all_pages(client, TAG_SUGGESTIONS, area=area, **what)
    told = given(await client.get(f"{TAG_SUGGESTIONS}/count", params={"area": area, **what}))["count"]
    assert told == len(rows)
    return rows


async def stands(client: AsyncClient, area: str = VILLAGE) -> dict[tuple[str, str], str]:
    """Status by person and code."""
    return {(row["person"]["id"], row["code"]): row["status"] for row in await suggestions(client, area)}


def single(**what: Any) -> Json:
    """A household of one."""
    return {"relation": "02", "person": a_person(**what)}


async def a_family_away(client: AsyncClient) -> tuple[str, list[str]]:
    """A child of two who have moved out; the child stays with nobody."""
    mother = (await register(client, birth_date="1990-02-02", name="韦丽"))["id"]
    father = (await register(client, birth_date="1988-02-02", sex="1", name="韦强"))["id"]
    born = {"entry": "birth", "birth_date": "2026-01-20", "occurred_on": "2026-01-20", "name": "韦小妹"}
    delivery = {"place": "facility", "attendance": "trained", "mother_id": mother, "father_id": father}
    child = (await register(client, **born, document=None, phone=None, delivery=delivery))["id"]
    for parent in (mother, father):
        given(await move_out(client, parent, "2026-03-01"))
    return child, [mother, father]


async def test_the_search_suggests_by_what_became_of_parents_and_children(
    client_of: Client, county: None, work: Work, clock: FrozenClock
) -> None:
    clerk, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    mother = (await register(clerk, birth_date="1965-02-02", name="韦丽"))["id"]
    father = (await register(clerk, birth_date="1962-02-02", sex="1", name="韦强"))["id"]
    born = {"entry": "birth", "birth_date": "2026-01-20", "occurred_on": "2026-01-20", "name": "韦小妹"}
    delivery = {"place": "facility", "attendance": "trained", "mother_id": mother, "father_id": father}
    child = (await register(clerk, **born, document=None, phone=None, delivery=delivery))["id"]
    given(await die(clerk, child, "2026-03-01"))
    await searched(work)
    bereaved = {(mother, "bereaved_parent"): "open", (father, "bereaved_parent"): "open"}
    assert {key: status for key, status in (await stands(clerk)).items() if "bereaved" in key[1]} == bereaved
    await undone(clerk, second, child, await last_event(clerk, child))
    given(await die(clerk, mother, "2026-03-02"))
    given(await die(clerk, father, "2026-03-03"))
    clock.advance(days=1)
    await searched(work)
    found_now = {key: status for key, status in (await stands(clerk)).items() if key[0] in (child, mother, father)}
    assert found_now[child, "orphan"] == "open"
    assert (child, "left_behind_child") not in found_now
    assert {found_now[one, "bereaved_parent"] for one in (mother, father)} == {"lapsed"}


async def test_the_search_suggests_by_age_household_and_parents(client_of: Client, county: None, work: Work) -> None:
    clerk = client_of(*CLERK)
    (alone,) = members_of(await found(clerk, single()))
    couple = members_of(await found(clerk))
    (oldest,) = members_of(await found(clerk, single(birth_date="1940-01-01")))
    nobodys = (await register(clerk, name="覃无户"))["id"]
    child, _ = await a_family_away(clerk)
    assert await searched(work) == 2, "every village of the county, three at a time"
    assert await searched(work) == 0, "once a day"
    assert await stands(clerk) == {
        (alone, "elder_alone"): "open",
        (couple[0], "elder_empty_nest"): "open",
        (couple[1], "elder_empty_nest"): "open",
        (oldest, "elder_alone"): "open",
        (oldest, "elder_oldest"): "open",
        (child, "left_behind_child"): "open",
    }
    assert not any(person == nobodys for person, _ in await stands(clerk))
    assert len(await suggestions(clerk, code="elder_alone")) == 2
    (shown,) = await suggestions(clerk, code="left_behind_child", status="open")
    assert (shown["ground"], shown["person"]["birth_month"]) == ("parents_away", "2026-01")
    assert shown["person"]["name"] == "韦*妹", "masked"


async def test_a_confirmed_one_is_the_tag_and_a_dismissed_one_stays_away(
    client_of: Client, county: None, work: Work, clock: FrozenClock, events: Events
) -> None:
    clerk = client_of(*CLERK)
    (alone,) = members_of(await found(clerk, single()))
    couple = members_of(await found(clerk))
    await searched(work)
    rows = {row["person"]["id"]: row for row in await suggestions(clerk)}
    path = f"{TAG_SUGGESTIONS}/{rows[alone]['id']}"
    early = await clerk.post(f"{path}/confirm", json={"started_on": "1950-01-01"})
    assert_refused(early, "tag_dates")
    done = given(await clerk.post(f"{path}/confirm", json=SEEN))
    assert (done["status"], done["decided_by"], done["version"]) == ("confirmed", "tester", 2)
    (tag,) = given(await clerk.get(f"{PERSONS}/{alone}/tags"))["items"]
    assert (tag["id"], tag["code"], tag["source"], tag["ended_on"]) == (done["tag_id"], "elder_alone", "register", None)
    assert len(await events("registry.tag.started")) == 1
    assert_refused(await clerk.post(f"{path}/confirm", json=SEEN), "suggestion_transition_not_allowed")
    assert_refused(await clerk.post(f"{path}/reopen"), "suggestion_transition_not_allowed")
    for one in couple:
        answer = await clerk.post(f"{TAG_SUGGESTIONS}/{rows[one]['id']}/dismiss", json={"reason": "cared_for"})
        assert given(answer)["reason"] == "cared_for"
    again = given(await clerk.post(f"{TAG_SUGGESTIONS}/{rows[couple[0]]['id']}/reopen"))
    assert (again["status"], again["reason"], again["decided_by"]) == ("open", None, None)
    given(await clerk.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-16"}))
    clock.advance(days=1)
    await searched(work)
    assert await stands(clerk) == {
        (alone, "elder_alone"): "confirmed",
        (couple[0], "elder_empty_nest"): "open",
        (couple[1], "elder_empty_nest"): "dismissed",
    }, "what was decided stays decided while it rests on the same persons"


async def test_what_it_rests_on_goes_and_comes(client_of: Client, county: None, work: Work, clock: FrozenClock) -> None:
    clerk = client_of(*CLERK)
    (alone,) = members_of(await found(clerk, single()))
    couple = members_of(await found(clerk))
    child, parents = await a_family_away(clerk)
    await searched(work)
    rows = {row["person"]["id"]: row for row in await suggestions(clerk, code="elder_empty_nest")}
    given(await clerk.post(f"{TAG_SUGGESTIONS}/{rows[couple[0]]['id']}/dismiss", json={"reason": "not_so"}))
    given(await die(clerk, couple[1], "2026-03-10"))
    given(await move_in(clerk, parents[0], "2026-03-12", residence=VILLAGE, registration=VILLAGE))
    given(await clerk.post(f"{PERSONS}/{alone}/tags", json={"code": "elder_alone", **SEEN}), 201)
    clock.advance(days=1)
    await searched(work)
    assert await stands(clerk) == {
        (alone, "elder_alone"): "lapsed",  # the tag is there
        (couple[0], "elder_empty_nest"): "dismissed",
        (couple[0], "elder_alone"): "open",  # a widow is alone
        (couple[1], "elder_empty_nest"): "lapsed",  # dead
        (child, "left_behind_child"): "lapsed",  # the mother is back
    }
    given(await move_out(clerk, parents[0], "2026-03-16"))
    clock.advance(days=1)
    await searched(work)
    assert (await stands(clerk))[child, "left_behind_child"] == "open"


async def test_parents_who_were_merged_are_whoever_goes_on(
    client_of: Client, county: None, work: Work, clock: FrozenClock
) -> None:
    """The mother was entered three times; the one who stays lives in the county."""
    registrar, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    child, (mother, _) = await a_family_away(registrar)
    again, there = [(await register(registrar, birth_date="1990-02-02", name="韦莉"))["id"] for _ in range(2)]
    given(await move_out(registrar, again, "2026-03-01"))
    for one, survivor in ((mother, again), (again, there)):
        pair = await proposed(registrar, one, survivor)
        given(await other.post(f"/registry/v1/duplicates/{pair['id']}/approve"))
    await searched(work)
    assert (child, "left_behind_child") not in await stands(registrar)
    given(await move_out(registrar, there, "2026-03-16"))
    clock.advance(days=1)
    await searched(work)
    assert (await stands(registrar))[child, "left_behind_child"] == "open"


async def test_who_moves_to_another_village_takes_the_suggestion_along(
    client_of: Client, county: None, work: Work, clock: FrozenClock
) -> None:
    registrar = client_of(*REGISTRAR)
    person = (await register(registrar, birth_date="1940-01-01"))["id"]
    await searched(work)
    given(await move_in(registrar, person, "2026-03-10", residence=FAR, registration=FAR))
    clock.advance(days=1)
    await searched(work)
    assert await stands(client_of(*FAR_CLERK), FAR) == {(person, "elder_oldest"): "open"}
    assert await suggestions(client_of(*CLERK)) == []


async def test_whoever_of_the_household_lives_elsewhere_is_no_company(
    client_of: Client, county: None, work: Work
) -> None:
    registrar = client_of(*REGISTRAR)
    couple = members_of(await found(registrar))
    given(await move_in(registrar, couple[1], "2026-03-01", residence=SISTER))
    await searched(work)
    one, other = ((person, "elder_alone") for person in couple)
    assert await stands(registrar) == {one: "open", other: "open"}, "the other one is registered here"
    assert await stands(registrar, SISTER) == {other: "open"}


async def test_a_decision_that_comes_while_the_search_waits_is_kept(
    client_of: Client, county: None, work: Work, clock: FrozenClock, committed: Database
) -> None:
    """The search has found that a couple is one person no more; before it has the lock, a clerk has decided."""
    clerk = client_of(*CLERK)
    couple = members_of(await found(clerk))
    await searched(work)
    given(await die(clerk, couple[1], "2026-03-10"))
    clock.advance(days=1)
    one = next(row for row in await suggestions(clerk) if row["person"]["id"] == couple[0])
    async with committed.session() as session:
        await session.execute(text("SELECT 1 FROM persons WHERE id = :id FOR UPDATE"), {"id": couple[0]})
        searching = asyncio.create_task(searched(work))
        async with committed.session() as other:
            while not await other.scalar(WAITING):
                await asyncio.sleep(0.01)
        decided = "UPDATE tag_suggestions SET status = 'dismissed', reason = 'not_so', version = 2 WHERE id = :id"
        await session.execute(text(decided), {"id": one["id"]})
        await session.commit()
    assert await searching == 2
    assert await stands(clerk) == {
        (couple[0], "elder_empty_nest"): "dismissed",
        (couple[0], "elder_alone"): "open",
        (couple[1], "elder_empty_nest"): "lapsed",
    }


async def test_nobody_elsewhere_reads_or_decides(client_of: Client, county: None, work: Work) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    await found(clerk, single())
    await searched(work)
    (one,) = await suggestions(clerk)
    assert await suggestions(far, FAR) == []
    assert_not_found(await far.get(TAG_SUGGESTIONS, params={"area": VILLAGE}))
    for asked in (one["id"], NOBODY):
        assert_not_found(await far.get(f"{TAG_SUGGESTIONS}/{asked}"))
        assert_not_found(await far.post(f"{TAG_SUGGESTIONS}/{asked}/confirm", json=SEEN))
        assert_not_found(await far.post(f"{TAG_SUGGESTIONS}/{asked}/dismiss", json={"reason": "not_so"}))
        assert_not_found(await far.post(f"{TAG_SUGGESTIONS}/{asked}/reopen"))
    assert given(await clerk.get(f"{TAG_SUGGESTIONS}/{one['id']}"))["version"] == 1
    assert await suggestions(client_of("village_clerk", SISTER), SISTER) == []


async def test_every_look_and_every_decision_is_noted(client_of: Client, county: None, work: Work) -> None:
    clerk = client_of(*CLERK)
    (person,) = members_of(await found(clerk, single()))
    await searched(work)
    (one,) = await suggestions(clerk)
    given(await clerk.get(f"{TAG_SUGGESTIONS}/{one['id']}"))
    given(await clerk.post(f"{TAG_SUGGESTIONS}/{one['id']}/dismiss", json={"reason": "declined"}))
    noted = await all_pages(client_of(*REGISTRAR), f"{PERSONS}/{person}/accesses")
    actions = {row["action"] for row in noted}
    assert {"list_tag_suggestions", "read_tag_suggestion", "dismiss_tag_suggestion"} <= actions


async def test_of_decisions_at_once_one_wins_and_the_search_meanwhile_bends_none(
    client_of: Client, county: None, work: Work, clock: FrozenClock, events: Events
) -> None:
    clerk = client_of(*CLERK)
    people = [members_of(await found(clerk, single()))[0] for _ in range(3)]
    await searched(work)
    rows = await suggestions(clerk)
    clock.advance(days=1)

    async def decided(row: Json) -> list[int]:
        path = f"{TAG_SUGGESTIONS}/{row['id']}"
        answers = await asyncio.gather(
            clerk.post(f"{path}/confirm", json=SEEN),
            clerk.post(f"{path}/dismiss", json={"reason": "not_so"}),
            clerk.post(f"{path}/confirm", json=SEEN),
        )
        return sorted(answer.status_code for answer in answers)

    *codes, turns = await asyncio.gather(*(decided(row) for row in rows), searched(work))
    assert codes == [[200, 409, 409]] * 3
    assert turns == 2
    after = await stands(clerk)
    confirmed = [key for key in after if after[key] == "confirmed"]
    assert sorted(after) == sorted((person, "elder_alone") for person in people)
    assert len(await events("registry.tag.started")) == len(confirmed)
    assert set(after.values()) <= {"confirmed", "dismissed"}


def test_the_search_is_a_duty_of_every_day() -> None:
    duties = [duty for feature in FEATURES for duty in feature.schedules]
    assert SUGGEST_TAGS in duties
    assert (SUGGEST_TAGS.every.days, SUGGEST_TAGS.run) == (1, suggest_tags)
