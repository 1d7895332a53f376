"""Retention over HTTP: the dry run, its table, and runs by order of two that are carried out one by one."""

import asyncio
from itertools import product

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.retention_runs import domain
from services.registry.retention_runs.domain import TRANSITIONS, RunDecided, RunStatus, require_transition
from services.registry.retention_runs.service import runs as running
from shared.db.engine import Database
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from shared.testing.clock import FrozenClock
from tests.registry.bindings.binding import bound
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.erasures.erasing import ASKER, DECIDER, asking
from tests.registry.person_imports.conftest import Work
from tests.registry.persons.test_numbers import logged
from tests.registry.retention_runs.running import (
    DUE,
    RETENTION_EXPORTS,
    RUNS,
    due,
    entries_of,
    left,
    request,
    run_of,
    set_rule,
    step,
)
from tests.registry.steps import (
    FAR_CLERK,
    NOBODY,
    assert_not_found,
    assert_refused,
    die,
    given,
    last_event,
    move_in,
    move_out,
    person_of,
    register,
    undone,
)
from tests.shared.spreadsheets.workbooks import rows_of

UNDOCUMENTED = {"reason": "lost", "due_on": "2026-06-30"}
MOVES = {
    *(("requested", to) for to in ("ordered", "refused", "withdrawn")),
    *(("ordered", to) for to in ("done", "stopped")),
}


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    return client_of(*ASKER[:2], subject=ASKER[2])


@pytest.fixture
def decider(client_of: Client, county: None) -> AsyncClient:
    return client_of(*DECIDER[:2], subject=DECIDER[2])


def test_moves() -> None:
    for one, other in product(RunStatus, RunStatus):
        if (one, other) in MOVES:
            require_transition(one, other)
            continue
        with pytest.raises(RunDecided):
            require_transition(one, other)
    assert set(TRANSITIONS) == set(RunStatus)


async def test_the_dry_run_counts_by_village_and_rule_and_erases_nobody(
    clerk: AsyncClient, client_of: Client, committed: Database
) -> None:
    officer = client_of("town_officer", TOWN, subject="second")
    gone, late = await left(clerk, "2021-03-16"), await left(clerk, "2021-03-17")
    dead = await register(clerk, occurred_on="2010-01-01")
    given(await die(clerk, dead["id"], "2016-03-16"))
    sister = await left(officer, residence={"area": SISTER}, registration={"area": SISTER})
    living = await register(clerk)
    found = {one["person_id"]: one for one in await due(officer, TOWN)}
    assert set(found) == {gone["id"], dead["id"], sister["id"]}
    assert not {late["id"], living["id"]} & set(found)
    one = found[gone["id"]]
    assert (one["kind"], one["area"], one["ended_on"], one["kept_until"], one["held_by"]) == (
        *("moved_out", VILLAGE, "2021-03-16", "2026-03-16"),
        None,
    )
    report = given(await officer.get(f"{DUE}/report", params={"area": TOWN}))
    assert [(row["area"], row["kind"], row["years"], row["due"], row["held"]) for row in report["items"]] == [
        (VILLAGE, "deceased", 10, 1, 0),
        (VILLAGE, "moved_out", 5, 1, 0),
        (SISTER, "moved_out", 5, 1, 0),
    ]
    assert report["on"] == "2026-03-16"
    assert [one["person_id"] for one in await due(clerk, kind="deceased")] == [dead["id"]]
    assert (await person_of(clerk, gone["id"]))["name"] == "覃*英"
    noted = [entry for entry in await logged(committed, "second") if entry[0] == "list_due_erasures"]
    assert {one[1] for one in noted} == set(found)


async def test_an_entry_that_was_taken_back_is_due_after_its_year(
    clerk: AsyncClient, client_of: Client, clock: FrozenClock
) -> None:
    person = await register(clerk)
    second = client_of("town_officer", TOWN, subject="second")
    await undone(clerk, second, person["id"], await last_event(clerk, person["id"]))
    clock.advance(days=364)
    assert await due(clerk) == []
    clock.advance(days=1)
    (one,) = await due(clerk)
    assert (one["person_id"], one["kind"], one["kept_until"]) == (person["id"], "annulled", "2027-03-16")


async def test_what_is_open_holds_an_entry(clerk: AsyncClient, decider: AsyncClient) -> None:
    asked, corrected, free = [await left(clerk) for _ in range(3)]
    given(await asking(clerk, asked["id"]), 201)
    body = {"changes": {"name": "覃秀瑛"}, "reason": "entry_error"}
    path = f"/registry/v1/persons/{corrected['id']}/corrections"
    given(await clerk.post(path, json=body, headers={"if-match": "*"}), 201)
    held = {one["person_id"]: one["held_by"] for one in await due(clerk)}
    assert held == {asked["id"]: "erasure", corrected["id"]: "correction", free["id"]: None}
    made = given(await request(clerk), 201)
    assert await entries_of(clerk, made) == {free["id"]: None}


async def test_what_is_open_of_an_entry_that_was_merged_into_it_holds_it_too(
    clerk: AsyncClient, client_of: Client, committed: Database
) -> None:
    """The erasure of the one erases what is kept of the other."""
    person = await left(clerk)
    double = await register(clerk, name="韦小妹", document=None, undocumented=UNDOCUMENTED)
    body = {"changes": {"name": "覃秀瑛"}, "reason": "entry_error"}
    path = f"/registry/v1/persons/{double['id']}/corrections"
    given(await clerk.post(path, json=body, headers={"if-match": "*"}), 201)
    async with committed.session() as session:
        merged = "UPDATE persons SET merged_into = :into, status = 'merged' WHERE id = :id"
        await session.execute(text(merged), {"into": person["id"], "id": double["id"]})
        await session.commit()
    assert [one["held_by"] for one in await due(clerk)] == ["correction"]
    assert_refused(await request(clerk), "retention_nothing_due")


async def test_the_rule_of_the_day_says_who_is_due(
    clerk: AsyncClient, decider: AsyncClient, clock: FrozenClock
) -> None:
    person = await left(clerk, "2020-06-01")
    given(await set_rule(decider, years=6, effective_on="2026-03-17"), 201)
    assert [one["person_id"] for one in await due(clerk)] == [person["id"]]
    clock.advance(days=1)
    assert await due(clerk) == []


async def test_a_run_that_two_order_erases_each_entry_and_tells_what_became_of_it(
    clerk: AsyncClient, decider: AsyncClient, do_work: Work, events: Events, committed: Database
) -> None:
    people = [await left(clerk) for _ in range(2)]
    back = await left(clerk)
    living = await register(clerk)
    made = given(await request(clerk), 201)
    assert (made["status"], made["requested_by"], made["outcomes"]) == ("requested", "asks", {"waiting": 3})
    await do_work()
    assert (await run_of(clerk, made))["outcomes"] == {"waiting": 3}, "nothing is erased before it is decided"
    ordered = given(await step(decider, made, "order", headers={"if-match": '"1"'}))
    assert (ordered["status"], ordered["decided_by"]) == ("ordered", "decides")
    given(await move_in(clerk, back["id"], "2026-03-02", residence=VILLAGE, registration=VILLAGE))
    await do_work()
    done = await run_of(clerk, made)
    assert (done["status"], done["outcomes"]) == ("done", {"erased": 2, "kept_by_law": 1})
    assert await entries_of(clerk, made) == {
        **{one["id"]: "erased" for one in people},
        back["id"]: "kept_by_law",
    }
    for one in people:
        assert (await person_of(clerk, one["id"]))["name"] == "已清除"
    for one in (back, living):
        assert (await person_of(clerk, one["id"]))["name"] == "覃*英"
    told = await events("registry.erasure.")
    assert [one["type"] for one in told] == ["registry.erasure.ordered"] * 2
    listed = given(await decider.get("/registry/v1/erasures", params={"area": VILLAGE}))["items"]
    assert {(one["origin"], one["ground"], one["requested_by"], one["decided_by"]) for one in listed} == {
        ("retention", "term_over", "asks", "decides")
    }
    assert await due(clerk) == []
    assert_refused(await request(clerk), "retention_nothing_due")
    noted = [entry[0] for entry in await logged(committed, "decides")]
    assert noted.count("order_retention_run") == 3


async def test_whoever_asked_does_not_decide_and_nobody_below_the_county(
    clerk: AsyncClient, client_of: Client, do_work: Work
) -> None:
    person = await left(clerk)
    registrar = client_of("county_registrar", COUNTY, subject="asks")
    made = given(await request(registrar), 201)
    for verb in ("order", "refuse"):
        assert_refused(await step(registrar, made, verb), "retention_run_four_eyes")
        assert_refused(await step(client_of("county_registrar", TOWN, subject="other"), made, verb), "forbidden")
        assert_refused(await step(clerk, made, verb), "forbidden")
    await do_work()
    assert (await person_of(clerk, person["id"]))["name"] == "覃*英"


async def test_nobody_erases_the_own_entry(clerk: AsyncClient, client_of: Client, do_work: Work) -> None:
    _, person = await bound(client_of, clerk, subject="both", occurred_on="2010-01-01")
    given(await move_out(clerk, person["id"], "2019-01-01"))
    made = given(await request(clerk), 201)
    given(await step(client_of("county_registrar", COUNTY, subject="both"), made, "order"))
    await do_work()
    assert await entries_of(clerk, made) == {person["id"]: "own_entry"}


async def test_what_is_asked_for_is_taken_back_or_refused(clerk: AsyncClient, decider: AsyncClient) -> None:
    await left(clerk)
    first = given(await request(clerk), 201)
    assert_refused(await step(decider, first, "order", headers={"if-match": '"2"'}), "version_mismatch")
    assert given(await step(clerk, first, "withdraw"))["status"] == "withdrawn"
    second = given(await request(clerk, kind="moved_out"), 201)
    refused = given(await step(decider, second, "refuse"))
    assert (refused["status"], refused["refusal"]) == ("refused", "still_needed")
    for one, verb in product((first, second), ("order", "refuse", "withdraw", "stop")):
        assert_refused(await step(decider, one, verb), "retention_run_decided")
    runs = given(await clerk.get(RUNS, params={"area": VILLAGE}))["items"]
    assert [one["status"] for one in runs] == ["refused", "withdrawn"]


async def test_what_is_interrupted_goes_on_and_what_is_stopped_stays(
    clerk: AsyncClient, decider: AsyncClient, committed: Database, kinds: dict[str, JobKind], do_work: Work
) -> None:
    people = sorted([await left(clerk) for _ in range(3)], key=lambda one: one["id"])
    made = given(await request(clerk), 201)
    given(await step(decider, made, "order"))
    await _first_alone(committed, kinds)
    assert (await run_of(clerk, made))["outcomes"] == {"erased": 1, "waiting": 2}
    assert (await entries_of(clerk, made))[people[0]["id"]] == "erased"
    stopped = given(await step(decider, made, "stop"))
    assert (stopped["status"], stopped["outcomes"]) == ("stopped", {"erased": 1, "waiting": 2})
    await do_work()
    assert (await run_of(clerk, made))["outcomes"] == {"erased": 1, "waiting": 2}
    again = given(await request(clerk), 201)
    assert set(await entries_of(clerk, again)) == {one["id"] for one in people[1:]}
    given(await step(decider, again, "order"))
    await _first_alone(committed, kinds)
    await do_work()
    assert (await run_of(clerk, again))["outcomes"] == {"erased": 2}


async def _first_alone(committed: Database, kinds: dict[str, JobKind]) -> None:
    """The process ends after one step; another one may go on."""
    kind = kinds[running.KIND]
    stop = asyncio.Event()

    async def interrupted(job: object) -> None:
        steps = 0

        def check(found: object = job) -> None:
            nonlocal steps
            steps += 1
            if steps > 1:
                found.interrupt()  # type: ignore[attr-defined]
            type(found).check(found)  # type: ignore[attr-defined]

        job.check = check  # type: ignore[attr-defined]
        await kind.run(job)  # type: ignore[arg-type]

    await run_one(committed, {kind.name: JobKind(kind.name, interrupted)}, stop=stop)
    async with committed.session() as session:
        await session.execute(text("UPDATE jobs SET not_before = now()"))
        await session.commit()


async def test_it_is_asked_for_and_found_in_the_own_area_alone(
    clerk: AsyncClient, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left(clerk)
    made, far = given(await request(clerk), 201), client_of(*FAR_CLERK)
    for answer in (
        await request(far),
        await request(clerk, TOWN),
        await far.get(DUE, params={"area": VILLAGE}),
        await far.get(f"{DUE}/report", params={"area": VILLAGE}),
        await far.get(f"{RUNS}/{made['id']}"),
        await far.get(f"{RUNS}/{NOBODY}"),
        await far.get(f"{RUNS}/{made['id']}/entries"),
        await step(far, made, "withdraw"),
        await far.post(RETENTION_EXPORTS, json={"purpose": "statistics", "area": VILLAGE}),
    ):
        assert_not_found(answer)
    assert await due(far, FAR) == []
    assert_refused(await request(far, FAR), "retention_nothing_due")
    assert given(await far.get(RUNS, params={"area": FAR}))["items"] == []
    monkeypatch.setattr(running, "MOST", 0)
    assert_refused(await request(clerk), "retention_run_too_large")
    assert domain.MOST == 1_000


async def test_the_list_is_taken_out_as_a_table_with_a_watermark(clerk: AsyncClient, do_work: Work) -> None:
    gone = await left(clerk)
    asked = await left(clerk)
    given(await asking(clerk, asked["id"]), 201)
    begun = given(await clerk.post(RETENTION_EXPORTS, json={"purpose": "statistics", "area": VILLAGE}), 201)
    await do_work()
    content = await clerk.get(f"{RETENTION_EXPORTS}/{begun['id']}/content")
    assert content.status_code == 200, content.text
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(content.content)]
    (mark,) = rows[0].values()
    assert mark.startswith("导出人：村（社区）文书 asks　用途：统计　时间：2026-")
    table = {row["居民编号"]: row for row in ({rows[1][at]: cell for at, cell in one.items()} for one in rows[2:])}
    assert set(table) == {gone["id"], asked["id"]}
    one = table[gone["id"]]
    assert (one["区划代码"], one["起算事由"], one["终止日"], one["保存至"]) == (
        *(VILLAGE, "迁出"),
        *("2019-01-01", "2024-01-01"),
    )
    assert table[asked["id"]]["在办事项"] == "清除申请在办"
