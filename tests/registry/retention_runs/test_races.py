"""Two who decide on a run of retention at once, and what comes of its people meanwhile: on committed connections."""

import asyncio

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from tests.grid.builders import until_it_waits
from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.erasures.erasing import ASKER, DECIDER, asking
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.person_imports.conftest import Work
from tests.registry.retention_runs.running import entries_of, left, request, run_of, step
from tests.registry.steps import given, move_in, person_of

THIRD = ("county_registrar", COUNTY)


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    return client_of(*ASKER[:2], subject=ASKER[2])


@pytest.fixture
def decider(client_of: Client, county: None) -> AsyncClient:
    return client_of(*DECIDER[:2], subject=DECIDER[2])


async def erased(client: AsyncClient, person: str) -> bool:
    name: str = (await person_of(client, person))["name"]
    return name == "已清除"


async def test_of_those_who_decide_at_once_one_does(
    clerk: AsyncClient, decider: AsyncClient, client_of: Client, do_work: Work
) -> None:
    """Ordered and refused, ordered twice, ordered and taken back: one of them, and it is carried out once or not."""
    third = client_of(*THIRD, subject="third")
    gone = await left(clerk)
    for _ in range(4):
        made = given(await request(clerk), 201)
        answers = await asyncio.gather(
            step(decider, made, "order"), step(third, made, "refuse"), step(clerk, made, "withdraw"),
            step(third, made, "order"),
        )  # fmt: skip
        assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
        (won,) = (one.json()["status"] for one in answers if one.status_code == 200)
        await do_work()
        now = await run_of(clerk, made)
        assert now["status"] == ("done" if won == "ordered" else won)
        if won == "ordered":
            assert await entries_of(clerk, made) == {gone["id"]: "erased"}
            return


async def test_two_runs_of_the_same_people_erase_each_once(
    clerk: AsyncClient, decider: AsyncClient, client_of: Client, kinds: dict[str, JobKind], committed: Database,
    events: Events,
) -> None:  # fmt: skip
    third = client_of(*THIRD, subject="third")
    gone = sorted([(await left(clerk))["id"] for _ in range(3)])
    runs = [given(await request(clerk), 201) for _ in range(2)]
    answers = await asyncio.gather(step(decider, runs[0], "order"), step(third, runs[1], "order"))
    assert [one.status_code for one in answers] == [200, 200]
    await asyncio.gather(*(run_one(committed, kinds, stop=asyncio.Event()) for _ in runs))
    outcomes = [await entries_of(clerk, one) for one in runs]
    for person in gone:
        how = [one[person] for one in outcomes]
        assert how.count("erased") == 1
        assert set(how) <= {"erased", "erased_before", "open_matter"}
    assert len(await events("registry.erasure.ordered")) == len(gone)


async def test_who_comes_back_or_of_whom_something_is_asked_meanwhile_is_kept(
    clerk: AsyncClient, decider: AsyncClient, client_of: Client, do_work: Work, events: Events
) -> None:
    back, asked, gone = [await left(clerk) for _ in range(3)]
    made = given(await request(clerk), 201)
    ordered, came, wish = await asyncio.gather(
        step(decider, made, "order"),
        move_in(clerk, back["id"], "2026-03-10", residence=VILLAGE, registration=VILLAGE),
        asking(clerk, asked["id"]),
    )
    assert (ordered.status_code, came.status_code, wish.status_code) == (200, 200, 201)
    await do_work()
    assert await entries_of(clerk, made) == {
        back["id"]: "kept_by_law",
        asked["id"]: "open_matter",
        gone["id"]: "erased",
    }
    assert (await person_of(clerk, back["id"]))["status"] == "active"
    await assert_books_agree(client_of(*THIRD), events)


async def test_what_is_stopped_while_it_is_carried_out_ends_whole(
    clerk: AsyncClient, decider: AsyncClient, client_of: Client, kinds: dict[str, JobKind], committed: Database
) -> None:
    """Who stops it waits for the entry under way, or the entry for who stops it; neither is rolled back."""
    gone = [(await left(clerk))["id"] for _ in range(4)]
    made = given(await request(clerk), 201)
    given(await step(decider, made, "order"))
    seen = await run_of(clerk, made)
    async with committed.session() as other:
        await other.execute(text("SELECT 1 FROM persons WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": min(gone)})
        work = asyncio.create_task(run_one(committed, kinds, stop=asyncio.Event()))
        await until_it_waits(work, committed)
        stopping = asyncio.create_task(step(decider, seen, "stop"))
        await asyncio.sleep(0.05)
        await other.rollback()
    answer = await stopping
    await work
    assert answer.status_code in (200, 409), answer.text
    now, outcomes = await run_of(clerk, made), await entries_of(clerk, made)
    assert now["status"] == ("stopped" if answer.status_code == 200 else "done")
    assert outcomes[min(gone)] == "erased"
    for person in gone:
        assert await erased(clerk, person) is (outcomes[person] == "erased")
