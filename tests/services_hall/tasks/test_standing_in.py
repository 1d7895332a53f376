"""Absences over their days: begun, handed on, come back; a substitute who is away; ended early, ended twice."""

from typing import Any

import pytest

from services.services_hall.tasks.schedules import turn
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.cases.whole import PAPERS, Whole
from tests.services_hall.conftest import NOT_FOUND, VILLAGE, fields, refusal
from tests.services_hall.tasks.hands import ANNE, BELA, HEALTH, TOWN_OFFICER, Bench, in_context

CARO = a_principal("village_clerk", VILLAGE, "clerk-caro")
A, B, C = ANNE.subject, BELA.subject, CARO.subject
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = "2026-03-16", "2026-03-17", "2026-03-18", "2026-03-20"


class Days:
    """The days go by, and the schedule turns absences on each."""

    def __init__(self, bench: Bench, turned: Any, clock: FrozenClock) -> None:
        self.bench = bench
        self._turned = turned
        self._clock = clock

    async def next(self, number: int = 1) -> None:
        for _ in range(number):
            self._clock.advance(days=1)
            await self._turned()

    async def away(self, officer: Any, substitute: str, first: str, last: str, who: Any = None) -> Any:
        body = {"officer": officer.subject, "substitute": substitute, "from_on": first, "until_on": last}
        return await self.bench.done("/absences", who or officer, **body)

    async def state(self, absence: Any) -> str:
        shown = {one["id"]: one["status"] for one in (await self.bench.get("/absences", TOWN_OFFICER))["items"]}
        return str(shown.get(absence["id"], "over"))


@pytest.fixture
async def days(bench: Bench, committed: Database, clock: FrozenClock, crypto: Crypto, whole: Whole) -> Days:
    async def turned() -> Any:
        return await in_context(committed, clock, crypto, turn)

    await bench.at_work(ANNE, BELA, CARO, TOWN_OFFICER)
    return Days(bench, turned, clock)


async def claimed(bench: Bench, whole: Whole, who: Any = ANNE) -> Any:
    case = await whole.bring("submitted")
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", who)
    return case


async def hand(bench: Bench, case: Any) -> tuple[str | None, bool]:
    task = await bench.task_of(case)
    return task["assigned_to"], task["stands_in"]


async def test_a_week_from_its_first_day_to_the_day_after_its_last(days: Days, bench: Bench, whole: Whole) -> None:
    case = await claimed(bench, whole)
    absence = await days.away(ANNE, B, TUESDAY, WEDNESDAY)
    told = [(A, False), (B, True), (B, True), (A, False), (A, False)]
    states = ["planned", "begun", "begun", "over", "over"]
    for number, (wanted, state) in enumerate(zip(told, states, strict=True)):
        assert await hand(bench, case) == wanted, number
        assert await days.state(absence) == state, number
        await days.next()


async def test_what_she_takes_on_meanwhile_is_hers(days: Days, bench: Bench, whole: Whole) -> None:
    before = await claimed(bench, whole)
    absence = await days.away(ANNE, B, MONDAY, FRIDAY)
    during = await claimed(bench, whole)
    assert await hand(bench, during) == (A, False), "who is away may still claim: it narrows nobody's right"
    of_bela = await claimed(bench, whole, BELA)
    await bench.done(f"/absences/{absence['id']}/end", ANNE)
    assert [await hand(bench, one) for one in (before, during, of_bela)] == [(A, False), (A, False), (B, False)]


async def test_a_substitute_who_is_away_too_by_then_is_given_nothing(days: Days, bench: Bench, whole: Whole) -> None:
    """Anne names Bela for Tuesday; on Monday Bela leaves for the week."""
    case = await claimed(bench, whole)
    await days.away(ANNE, B, TUESDAY, WEDNESDAY)
    await days.away(BELA, C, MONDAY, FRIDAY)
    await days.next()
    assert await hand(bench, case) == (None, False), "it is free, and lies on nobody's empty desk"


async def test_a_substitute_who_signed_off_by_then_is_given_nothing(days: Days, bench: Bench, whole: Whole) -> None:
    case = await claimed(bench, whole)
    await days.away(ANNE, B, TUESDAY, FRIDAY)
    await bench.done("/officers/sign-off", BELA)
    await days.next()
    assert await hand(bench, case) == (None, False)


async def test_what_is_handed_on_twice_comes_back_to_whose_it_was(days: Days, bench: Bench, whole: Whole) -> None:
    """Anne is away until Wednesday; Bela, who stands in, leaves on Tuesday and hands it on to Caro."""
    case, own = await claimed(bench, whole), await claimed(bench, whole, BELA)
    await days.away(ANNE, B, MONDAY, WEDNESDAY)
    await days.away(BELA, C, TUESDAY, FRIDAY)
    await days.next()
    assert [await hand(bench, one) for one in (case, own)] == [(C, True), (C, True)]
    await days.next(2)
    assert [await hand(bench, one) for one in (case, own)] == [(A, False), (C, True)], "Anne is back on Thursday"
    await days.next(2)
    assert [await hand(bench, one) for one in (case, own)] == [(A, False), (B, False)]


async def test_what_somebody_else_claimed_or_was_given_meanwhile_stays_there(
    days: Days, bench: Bench, whole: Whole
) -> None:
    given, released, moved = [await claimed(bench, whole) for _ in range(3)]
    absence = await days.away(ANNE, B, MONDAY, FRIDAY)
    await bench.done(f"/tasks/{(await bench.task_of(given))['id']}/assign", TOWN_OFFICER, officer=C)
    task = await bench.task_of(released)
    await bench.done(f"/tasks/{task['id']}/release", BELA)
    await bench.done(f"/tasks/{task['id']}/claim", CARO)
    moved = await whole.do(moved, "receive", *PAPERS, "accept")
    await bench.done(f"/absences/{absence['id']}/end", TOWN_OFFICER)
    assert [await hand(bench, one) for one in (given, released)] == [(C, False), (C, False)]
    assert await hand(bench, moved) == (None, False), "a task of another post is another task"


async def test_one_that_is_planned_is_withdrawn_and_moves_nothing(days: Days, bench: Bench, whole: Whole) -> None:
    case = await claimed(bench, whole)
    absence = await days.away(ANNE, B, TUESDAY, FRIDAY, who=TOWN_OFFICER)
    withdrawn = await bench.done(f"/absences/{absence['id']}/end", ANNE, version=1)
    assert (withdrawn["status"], withdrawn["ended_by"], withdrawn["set_by"]) == (
        "withdrawn",
        A,
        TOWN_OFFICER.subject,
    )
    await days.next(3)
    assert await hand(bench, case) == (A, False)
    answer = await bench.ask(f"/absences/{absence['id']}/end", ANNE)
    assert refusal(answer) == (409, "absence_over", "该离岗安排已结束或已撤回")
    await days.away(ANNE, B, "2026-03-19", "2026-03-19")
    assert await hand(bench, case) == (B, True)


async def test_one_that_the_schedule_ended_is_not_ended_again(days: Days, bench: Bench, whole: Whole) -> None:
    case = await claimed(bench, whole)
    absence = await days.away(ANNE, B, MONDAY, MONDAY)
    await days.next()
    answer = await bench.ask(f"/absences/{absence['id']}/end", ANNE)
    assert refusal(answer)[1] == "absence_over"
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/release", ANNE)
    await days.next()
    assert await hand(bench, case) == (None, False), "it comes back once"


async def test_nobody_ends_what_another_has_changed_meanwhile(days: Days, bench: Bench) -> None:
    absence = await days.away(ANNE, B, TUESDAY, FRIDAY)
    await days.next()
    answer = await bench.ask(f"/absences/{absence['id']}/end", ANNE, version=1)
    assert refusal(answer)[:2] == (412, "version_mismatch")
    assert await days.state(absence) == "begun"


async def test_a_schedule_that_was_late_ends_what_it_never_began(
    days: Days, bench: Bench, whole: Whole, clock: FrozenClock
) -> None:
    case = await claimed(bench, whole)
    absence = await days.away(ANNE, B, TUESDAY, WEDNESDAY)
    clock.advance(days=10)
    await days.next()
    await days.next()
    assert await days.state(absence) == "over"
    assert await hand(bench, case) == (A, False)


async def test_a_decision_is_handed_to_who_decides_and_what_is_below_to_who_handles(
    days: Days, bench: Bench, whole: Whole
) -> None:
    """One officer, two tasks: the substitute decides nothing, but handles at the village."""
    decision = await whole.do(await whole.bring("in_review"), "pass")
    window = await whole.bring("submitted")
    for case in (decision, window):
        await bench.done(f"/tasks/{(await bench.task_of(case, TOWN_OFFICER))['id']}/claim", TOWN_OFFICER)
    await days.away(TOWN_OFFICER, B, MONDAY, FRIDAY)
    assert await hand(bench, window) == (B, True)
    assert await hand(bench, decision) == (None, False)


async def test_who_may_send_whom_away(days: Days, bench: Bench) -> None:
    body = {"officer": A, "substitute": B, "from_on": MONDAY, "until_on": FRIDAY}
    health = a_principal("department_officer", "450481", "health-chief", "health")
    for who in (health, CARO, a_principal("town_officer", "450481113")):
        assert refusal(await bench.ask("/absences", who, **body)) == NOT_FOUND, who
    for who in (a_principal("auditor", "450481"), a_principal("agent", VILLAGE)):
        assert refusal(await bench.ask("/absences", who, **body))[0] == 403, who
    unknown = {**body, "officer": "never-signed-on"}
    assert refusal(await bench.ask("/absences", TOWN_OFFICER, **unknown)) == NOT_FOUND, "no oracle"
    both = type(ANNE)("both", (*ANNE.grants, *HEALTH.grants))
    await bench.at_work(both)
    assert refusal(await bench.ask("/absences", TOWN_OFFICER, **{**body, "officer": "both"})) == NOT_FOUND
    made = await bench.done("/absences", TOWN_OFFICER, **body)
    assert [one["id"] for one in (await bench.get("/absences", TOWN_OFFICER))["items"]] == [made["id"]]
    assert (await bench.get("/absences", health))["items"] == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"officer": ""}, ("officer", "string_pattern_mismatch")),
        ({"officer": "张三"}, ("officer", "string_pattern_mismatch")),
        ({"substitute": None}, ("substitute", "string_type")),
        ({"substitute": "45048119900307019X"}, ("substitute", "plain_identifier")),
        ({"from_on": "tomorrow"}, ("from_on", None)),
        ({"until_on": 20260320}, ("until_on", None)),
        ({"reason": "ill"}, ("body", "extra_forbidden")),
    ],
)
async def test_a_wrong_absence_is_told_at_its_field(
    bench: Bench, door: Door, changes: Any, wrong: tuple[str, str | None]
) -> None:
    body = {"officer": A, "substitute": B, "from_on": MONDAY, "until_on": FRIDAY, **changes}
    answer = await bench.ask("/absences", ANNE, **body)
    [(path, code)] = fields(answer)
    assert (path, wrong[1] or code) == (wrong[0], code)
    assert "45048119900307019X" not in answer.text
    assert (await bench.get("/absences", ANNE))["items"] == []
