"""After grids changed, their residents are proposed to registry, and its answers are shown."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.grid.residence_proposals.repository import ResidenceProposalRepository
from services.grid.residence_proposals.schedules import sweep
from shared.auth.access_log import AccessNotes
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.grid.residence_proposals import (
    ResidenceProposalAnswered,
    ResidenceProposalAsked,
    ResidenceProposalState,
)
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.residence_answers import ResidenceAnswerState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import CLERK, FIRST_GRID, OTHER_CLERK, SECOND_GRID, TOWN_OFFICER, VILLAGE, a_person, a_span
from tests.grid.conftest import Facts
from tests.grid.grid_changes.changing import EAST, WEST, WHOLE, a_merger, a_redrawing, a_split, changed, undone

Shown = dict[str, tuple[str, str, str, str | None]]


@pytest.fixture
def people() -> list[UUID]:
    return sorted(new_id() for _ in range(4))


@pytest.fixture
async def living(arrivals: Arrivals, grids: None, people: list[UUID]) -> None:
    """Two live in the first grid, one in the second, one in the village at large."""
    homes = (FIRST_GRID, FIRST_GRID, SECOND_GRID, VILLAGE)
    await arrivals.take(*(a_person(who, a_span(home)) for who, home in zip(people, homes, strict=True)))


async def shown(client: httpx.AsyncClient, **params: Any) -> Shown:
    """Origin, target, status and code of each proposal, by person."""
    rows = (await client.get("/residence-proposals", params=params)).json()["items"]
    count = (await client.get("/residence-proposals/count", params=params)).json()["count"]
    assert count == len(rows)
    return {one["person_id"]: (one["origin"], one["target"], one["status"], one["code"]) for one in rows}


async def asked(facts: Facts) -> list[ResidenceProposalState]:
    told = await facts("grid.residence_proposal")
    return [one.state for one in told if isinstance(one, ResidenceProposalAsked)]


def an_answer(to: ResidenceProposalState, status: str = "applied", code: str | None = None) -> ResidenceAnswerState:
    return ResidenceAnswerState(
        id=to.id,
        version=to.asked,
        asked=to.asked,
        status=EffectStatus(status),
        code=code,
        answered_at="2026-03-16T02:00:00Z",
    )


async def test_of_a_merger_everybody_is_proposed_the_grid_that_is_left(
    door: Door, living: None, facts: Facts, people: list[UUID]
) -> None:
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_merger())
        assert change["proposed"] == 3
        found = await shown(client, change_id=change["id"])
    homes = (FIRST_GRID, FIRST_GRID, SECOND_GRID)
    assert found == {str(who): (home, WHOLE, "asked", None) for who, home in zip(people, homes, strict=False)}
    states = await asked(facts)
    assert {(one.person_id, one.target_version, str(one.effective_on)) for one in states} == {
        (who, 1, "2026-03-16") for who in people[:3]
    }


async def test_of_a_split_the_named_the_located_and_the_heirs(
    door: Door, living: None, arrivals: Arrivals, people: list[UUID]
) -> None:
    third = new_id()
    await arrivals.take(a_person(third, a_span(FIRST_GRID)))
    residents = [
        {"person_id": str(people[0]), "code": EAST},
        {"person_id": str(people[1]), "point": {"longitude": 111.008, "latitude": 22.905}},
    ]
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_split(heir=WEST, residents=residents))
        rows = (await client.get("/residence-proposals", params={"change_id": change["id"]})).json()["items"]
        assert {(one["person_id"], one["target"], one["rule"]) for one in rows} == {
            (str(people[0]), EAST, "named"),
            (str(people[1]), EAST, "located"),
            (str(third), WEST, "heir"),
        }
    looked = {(one.object_id, one.action) for one in door.accesses.entries}
    assert {(str(people[0]), "propose_residence"), (str(third), "list")} <= looked


async def test_of_a_split_without_an_heir_residents_are_placed_later(
    door: Door, living: None, arrivals: Arrivals, facts: Facts, people: list[UUID]
) -> None:
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_split())
        assert change["proposed"] == 0
        path = f"/grid-changes/{change['id']}/place-residents"
        body = {"residents": [{"person_id": str(people[0]), "code": WEST}]}
        placed = await client.post(path, json=body)
        assert placed.json()["proposed"] == 1, placed.text
        [state] = await asked(facts)
        await arrivals.take(an_answer(state, "refused", "unknown_grid"))
        assert await shown(client) == {str(people[0]): (FIRST_GRID, WEST, "refused", "unknown_grid")}
        other = {"residents": [{"person_id": str(people[0]), "code": EAST}]}
        assert (await client.post(path, json=other)).status_code == 200
        assert await shown(client) == {str(people[0]): (FIRST_GRID, EAST, "asked", None)}
        late = an_answer(state, "applied").model_copy(update={"version": 2})
        await arrivals.take(late)  # of the asking before
        assert (await shown(client))[str(people[0])][2] == "asked"


async def test_who_lives_elsewhere_or_is_nobody_is_refused_alike(door: Door, living: None, people: list[UUID]) -> None:
    async with door.client(TOWN_OFFICER) as client:
        for who, where, code in (
            (people[2], {"code": EAST}, "resident_not_there"),
            (people[3], {"code": EAST}, "resident_not_there"),
            (new_id(), {"code": EAST}, "resident_not_there"),
            (people[0], {"code": SECOND_GRID}, "resident_target_unknown"),
            (people[0], {"point": {"longitude": 111.015, "latitude": 22.905}}, "resident_target_unknown"),
        ):
            body = a_split(residents=[{"person_id": str(who), **where}])
            answer = await client.post("/grid-changes", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_redrawn_border_moves_whom_a_point_places_beyond_it(
    door: Door, living: None, people: list[UUID]
) -> None:
    points = ((people[0], 111.008), (people[1], 111.002))
    residents = [
        {"person_id": str(who), "point": {"longitude": longitude, "latitude": 22.905}} for who, longitude in points
    ]
    async with door.client(TOWN_OFFICER) as client:
        await changed(client, a_redrawing(residents=residents))
        assert await shown(client) == {str(people[0]): (FIRST_GRID, SECOND_GRID, "asked", None)}


async def test_answers_are_shown_once_whatever_comes_again(
    door: Door, living: None, arrivals: Arrivals, facts: Facts, people: list[UUID]
) -> None:
    async with door.client(TOWN_OFFICER) as client:
        await changed(client, a_merger())
        one, two, _ = sorted(await asked(facts), key=lambda state: state.person_id)
        answers = an_answer(one), an_answer(two, "refused", "person_deceased")
        for revision in range(3):
            await arrivals.take(*answers, revision=revision)
        found = await shown(client)
        assert [found[str(who)][2:] for who in people[:3]] == [
            ("applied", None),
            ("refused", "person_deceased"),
            ("asked", None),
        ]
        assert set(await shown(client, status="refused")) == {str(people[1])}
    told = [one for one in await facts("grid.residence_proposal") if isinstance(one, ResidenceProposalAnswered)]
    assert [fact.state.version for fact in told] == [2, 2]


async def test_an_undone_change_proposes_back_whom_it_proposed(
    door: Door, living: None, arrivals: Arrivals, facts: Facts, people: list[UUID]
) -> None:
    """Who was refused stays where they are; who is not answered yet is proposed back after that answer."""
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_merger())
        before = {state.person_id: state for state in await asked(facts)}
        await arrivals.take(an_answer(before[people[0]]), an_answer(before[people[1]], "refused", "person_missing"))
        await undone(client, change)
        back = {one.person_id: one for one in (await asked(facts))[3:]}
    assert {who: (one.origin, one.target, one.follows) for who, one in back.items()} == {
        people[0]: (WHOLE, FIRST_GRID, before[people[0]].id),
        people[2]: (WHOLE, SECOND_GRID, before[people[2]].id),
    }
    assert back[people[0]].target_version == 3, "the version by which the grid is open again"


async def test_who_is_told_late_to_live_in_an_ended_grid_is_proposed_its_heir(
    door: Door, living: None, arrivals: Arrivals, facts: Facts
) -> None:
    late = new_id()
    async with door.client(TOWN_OFFICER) as client:
        await changed(client, a_split(heir=EAST))
        for version in (1, 2):
            await arrivals.take(a_person(late, a_span(FIRST_GRID), version=version))
        assert (await shown(client))[str(late)] == (FIRST_GRID, EAST, "asked", None)
    assert [one.person_id for one in await asked(facts)].count(late) == 1


@pytest.fixture
def context_of(committed: Database, clock: FrozenClock, crypto: Crypto) -> Any:
    def context(session: Any) -> PlainContext:
        return PlainContext(session, clock, Outbox(session, owner="grid", clock=clock), crypto, AccessNotes(clock))

    return context


async def test_who_was_told_of_during_a_rebuild_is_found_by_the_schedule(
    door: Door, living: None, facts: Facts, committed: Database, context_of: Any
) -> None:
    late = new_id()
    async with door.client(TOWN_OFFICER) as client:
        await changed(client, a_split(heir=EAST))
        state = a_person(late, a_span(FIRST_GRID))
        async with committed.session() as session:
            await session.execute(
                text(
                    "INSERT INTO projected_states (slot, noun, aggregate, sequence, revision, state, area, event_time,"
                    " applied_at) VALUES (0, 'registry.person', :id, 1, 0, CAST(:state AS jsonb), :area, now(), now())"
                ),
                {"id": str(late), "state": state.model_dump_json(), "area": FIRST_GRID},
            )
            await session.commit()
        for _ in range(2):
            async with committed.session() as session:
                assert await sweep(context_of(session)) is False
                await session.commit()
        assert (await shown(client))[str(late)] == (FIRST_GRID, EAST, "asked", None)
    assert [one.person_id for one in await asked(facts)].count(late) == 1


async def test_a_grid_that_is_closed_for_one_successor_proposes_too(
    door: Door, living: None, people: list[UUID]
) -> None:
    async with door.client(TOWN_OFFICER) as client:
        body = {"closed_on": "2026-03-16", "successors": [SECOND_GRID]}
        await client.post(f"/grids/{FIRST_GRID}/close", json=body, headers={"If-Match": '"1"'})
        assert set(await shown(client)) == {str(who) for who in people[:2]}


async def test_another_village_sees_no_proposals(door: Door, living: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        await changed(client, a_merger())
    async with door.client(CLERK) as client:
        assert len(await shown(client)) == 3
    async with door.client(OTHER_CLERK) as client:
        assert await shown(client) == {}
        answer = await client.get("/residence-proposals", params={"area": VILLAGE})
        assert answer.status_code == 404


async def test_the_dead_and_those_who_left_are_not_proposed(
    door: Door, grids: None, arrivals: Arrivals, people: list[UUID]
) -> None:
    ended = a_span(FIRST_GRID, end=a_span().start)
    await arrivals.take(
        a_person(people[0], ended, status=PersonStatus.DECEASED),
        a_person(people[1], ended, status=PersonStatus.MOVED_OUT),
    )
    async with door.client(TOWN_OFFICER) as client:
        assert (await changed(client, a_merger()))["proposed"] == 0


async def test_who_was_told_late_is_proposed_back_too(
    door: Door, living: None, arrivals: Arrivals, facts: Facts
) -> None:
    late = new_id()
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_merger())
        await arrivals.take(a_person(late, a_span(SECOND_GRID)))
        assert (await shown(client))[str(late)] == (SECOND_GRID, WHOLE, "asked", None)
        await undone(client, change)
    [there, back] = [one for one in await asked(facts) if one.person_id == late]
    assert (back.origin, back.target, back.follows) == (WHOLE, SECOND_GRID, there.id)


async def test_who_undoes_waits_for_who_proposes_and_holds_nothing_meanwhile(
    door: Door, living: None, facts: Facts, committed: Database, context_of: Any
) -> None:
    """Else each would wait for the other: the one for the right to propose, the other for the rows."""
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_merger())
        [ended] = {(one["code"], one["version"]) for one in change["grids"] if one["code"] == FIRST_GRID}
        async with committed.session() as session:
            proposing = ResidenceProposalRepository(session)
            await proposing.lock()
            undoing = asyncio.create_task(undone(client, change))
            while not (await session.execute(text(WAITING))).scalar():
                await asyncio.sleep(0.01)
            await session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            assert len(await proposing.of_causes([ended])) == 2
            await session.rollback()
        assert (await undoing)["status"] == "undone"


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"  # noqa: E501
