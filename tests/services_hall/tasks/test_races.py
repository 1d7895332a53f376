"""Two at once at worklists: a step and a claim, an absence and a claim, two absences, a batch and a claim."""

from asyncio import gather

from sqlalchemy import text

from services.services_hall.tasks.schedules import turn
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import COUNTY_OFFICER, VILLAGE
from tests.services_hall.tasks.hands import ANNE, BELA, TOWN_OFFICER, Bench, in_context

WEEK = {"officer": "clerk-anne", "substitute": "clerk-bela", "from_on": "2026-03-16", "until_on": "2026-03-20"}


async def test_a_step_and_a_claim_leave_one_task_that_is_true(whole: Whole, bench: Bench) -> None:
    case = await whole.do(await whole.bring("in_review"), "pass")
    task = await bench.task_of(case)
    taken, claimed = await gather(whole.ask(case, "take"), bench.ask(f"/tasks/{task['id']}/claim", TOWN_OFFICER))
    assert taken.status_code == 200
    assert claimed.status_code in (200, 404)
    [now] = [one for one in await bench.listed() if one["case_id"] == case["id"]]
    assert (now["area"], now["assigned_to"]) == ("450481", None), "it waits elsewhere, and is free there"


async def test_two_who_send_somebody_away_do_it_once(whole: Whole, bench: Bench) -> None:
    await bench.at_work(ANNE, BELA)
    case = await whole.bring("submitted")
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", ANNE)
    answers = await gather(*(bench.ask("/absences", who, **WEEK) for who in (ANNE, TOWN_OFFICER)))
    assert sorted(one.status_code for one in answers) == [201, 409]
    assert (await bench.task_of(case))["assigned_to"] == "clerk-bela"


async def test_two_workers_that_turn_absences_turn_each_once(
    whole: Whole, bench: Bench, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    await bench.at_work(ANNE, BELA)
    case = await whole.bring("submitted")
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", ANNE)
    await bench.done("/absences", ANNE, **{**WEEK, "from_on": "2026-03-17"})
    clock.advance(days=1)
    await gather(*(in_context(committed, clock, crypto, turn) for _ in range(3)))
    task = await bench.task_of(case)
    assert (task["assigned_to"], task["stands_in"], task["version"]) == ("clerk-bela", True, 3)


async def test_a_sign_on_from_two_windows_keeps_each_post_once(bench: Bench, committed: Database) -> None:
    await gather(*(bench.ask("/officers/sign-on", ANNE) for _ in range(4)))
    async with committed.session() as session:
        kept = await session.scalar(text("SELECT count(*) FROM officer_posts WHERE officer = 'clerk-anne'"))
    assert kept == 1


async def test_an_officer_of_several_posts_is_at_work_at_each(bench: Bench) -> None:
    both = type(ANNE)("both", (*ANNE.grants, *a_principal("department_officer", "450481", None, "health").grants))
    posts = (await bench.done("/officers/sign-on", both))["items"]
    assert [(one["role"], one["area"], one["department"]) for one in posts] == [
        ("department_officer", "450481", "health"),
        ("village_clerk", VILLAGE, None),
    ]
    again = (await bench.done("/officers/sign-on", a_principal("village_clerk", VILLAGE, "both")))["items"]
    assert [one["role"] for one in again] == ["village_clerk"], "what the token holds no more is forgotten"


async def test_who_holds_no_post_at_a_counter_signs_on_nowhere(bench: Bench) -> None:
    for role in ("agent", "auditor", "resident", "county_registrar"):
        answer = await bench.ask("/officers/sign-on", a_principal(role, "450481", "nobody"))
        assert answer.status_code == 403, role
    shown = (await bench.get("/officers", COUNTY_OFFICER, area=VILLAGE, department="civil_affairs"))["items"]
    assert shown == []


async def test_of_two_assignments_of_what_was_seen_one_holds(whole: Whole, bench: Bench) -> None:
    await bench.at_work(ANNE, BELA)
    task = await bench.task_of(await whole.bring("submitted"))
    path = f"/tasks/{task['id']}/assign"
    answers = await gather(*(bench.ask(path, TOWN_OFFICER, officer=one.subject, version=1) for one in (ANNE, BELA)))
    assert sorted(one.status_code for one in answers) == [200, 412]
    won = next(one.json()["assigned_to"] for one in answers if one.status_code == 200)
    assert [one["assigned_to"] for one in await bench.listed()] == [won]
