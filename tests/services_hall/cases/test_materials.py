"""Materials of a case: checked off one by one, told once as missing, promised for later; what silence and time do."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.services_hall.features import FEATURES
from shared.auth.access_log import AccessNotes
from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.services_hall.case_steps import CaseExpired
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.services_hall.cases.whole import PAPERS, Whole
from tests.services_hall.conftest import COUNTY_OFFICER, Facts, refusal


def deferred(until: str) -> tuple[str, dict[str, Any]]:
    return "check-material", {"number": 2, "status": "deferred", "promised_on": until}


def paths(answer: Any) -> list[str]:
    return [one["path"] for one in answer.json()["errors"]]


async def by_time(database: Database, clock: FrozenClock, crypto: Crypto) -> None:
    """What the schedule does."""
    (schedule,) = (one for one in schedules_of(FEATURES) if one.name == "case_limits")
    async with database.session() as session:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        await schedule.run(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await session.commit()


async def test_a_case_is_accepted_once_each_required_material_is_there_and_no_other_is_waited_for(
    whole: Whole,
) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive")
    answer = await whole.ask(case, "accept")
    assert refusal(answer)[:2] == (409, "materials_outstanding")
    assert paths(answer) == ["materials.1", "materials.2"]
    case = await whole.do(case, PAPERS[0], ("check-material", {"number": 2, "status": "faulty"}))
    answer = await whole.ask(case, "accept")
    assert paths(answer) == ["materials.2"]
    case = await whole.do(case, PAPERS[1], "accept")
    standing = (await whole.read(case))["materials"]
    assert [(one["name"], one["status"]) for one in standing] == [
        ("居民身份证", "given"), ("收入证明", "given"), ("近期照片", "missing"),
    ]  # fmt: skip


WRONG: list[tuple[dict[str, Any], tuple[int, str], str]] = [
    ({"number": 4, "status": "given"}, (422, "material_unknown"), "number"),
    ({"number": 1, "status": "deferred", "promised_on": "2026-03-20"}, (409, "material_not_deferrable"), "number"),
    ({"number": 2, "status": "deferred"}, (422, "promise_wrong"), "promised_on"),
    ({"number": 2, "status": "given", "promised_on": "2026-03-20"}, (422, "promise_wrong"), "promised_on"),
    ({"number": 2, "status": "deferred", "promised_on": "2026-03-15"}, (422, "promise_wrong"), "promised_on"),
]


async def test_what_is_said_of_a_material_fits_the_item(whole: Whole) -> None:
    case = await whole.bring("received")
    for body, refused, path in WRONG:
        answer = await whole.ask(case, "check-material", **body)
        assert (refusal(answer)[:2], paths(answer)) == (refused, [path]), body
    assert (await whole.ask(case, "check-material", number=2, status="deferred", promised_on="2026-03-16")).is_success


async def test_what_is_missing_is_told_once_in_full_and_supplied_in_full(whole: Whole) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive")
    partial: dict[str, Any] = {"materials": [{"number": 2, "problem": "not_submitted"}], "until": "2026-04-30"}
    answer = await whole.ask(case, "notify", **partial)
    assert (refusal(answer)[:2], paths(answer)) == ((422, "notice_incomplete"), ["materials.1"])
    unknown: dict[str, Any] = {"materials": [{"number": 9, "problem": "not_submitted"}], "until": "2026-04-30"}
    assert paths(await whole.ask(case, "notify", **unknown)) == ["materials.0.number"]
    both = [{"number": 1, "problem": "illegible"}, {"number": 2, "problem": "not_submitted"}]
    for until in ("2026-03-16", "2026-06-15"):
        answer = await whole.ask(case, "notify", materials=both, until=until)
        assert refusal(answer)[:2] == (422, "notice_until_wrong"), until
    case = await whole.do(case, ("notify", {"materials": both, "until": "2026-06-14"}))
    assert (case["status"], case["notified_at"], case["supply_until"]) == (
        "supplement", "2026-03-16T10:00:00+08:00", "2026-06-14",
    )  # fmt: skip
    shown = await whole.read(case)
    assert shown["notice"] == both
    assert [one["status"] for one in shown["materials"]] == ["faulty", "missing", "missing"]
    assert paths(await whole.ask(case, "supply")) == ["materials.1", "materials.2"]
    case = await whole.do(case, *PAPERS, "supply")
    assert (case["status"], case["supplied_at"]) == ("received", "2026-03-16T10:00:00+08:00")
    answer = await whole.ask(case, "notify", materials=both, until="2026-06-14")
    assert refusal(answer)[:2] == (409, "notice_given_already")
    assert (await whole.do(case, "accept"))["status"] == "accepted"


async def test_a_material_that_the_notice_named_is_supplied_even_if_the_item_does_not_require_it(whole: Whole) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive", *PAPERS)
    case = await whole.do(
        case, ("notify", {"materials": [{"number": 3, "problem": "illegible"}], "until": "2026-03-31"})
    )
    assert paths(await whole.ask(case, "supply")) == ["materials.3"]
    assert (await whole.do(case, ("check-material", {"number": 3, "status": "given"}), "supply"))["supplied_at"]


@pytest.mark.parametrize(("days", "told"), [(7, True), (8, False)])
async def test_nobody_is_told_or_refused_after_five_working_days_and_it_counts_as_accepted_since_its_receipt(
    whole: Whole, clock: FrozenClock, days: int, told: bool
) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive")  # Monday the 16th: the 23rd is the fifth day
    clock.advance(days=days)
    both = [{"number": 1, "problem": "not_submitted"}, {"number": 2, "problem": "not_submitted"}]
    if told:
        assert (await whole.do(case, ("notify", {"materials": both, "until": "2026-04-30"})))["status"] == "supplement"
        return
    for verb, body in (("notify", {"materials": both, "until": "2026-04-30"}), ("refuse", {"reason": "barred"})):
        assert refusal(await whole.ask(case, verb, **body))[:2] == (409, "case_deemed_accepted")
    case = await whole.do(case, "accept")
    assert (case["accepted_at"], case["deemed"], case["due_on"]) == ("2026-03-16T10:00:00+08:00", True, "2026-03-30")


async def test_time_accepts_what_nobody_looked_at_and_ends_what_nobody_supplied_or_submitted(
    whole: Whole, clock: FrozenClock, crypto: Crypto, committed: Database, facts: Facts
) -> None:
    draft, lying, told = await whole.bring("draft"), await whole.bring("received"), await whole.bring("supplement")
    clock.advance(days=7)
    await by_time(committed, clock, crypto)
    assert [(await whole.read(one))["status"] for one in (draft, lying, told)] == ["draft", "received", "supplement"]
    clock.advance(days=1)
    await by_time(committed, clock, crypto)
    accepted = await whole.read(lying)
    assert (accepted["status"], accepted["accepted_at"]) == ("accepted", "2026-03-16T10:00:00+08:00")
    assert (accepted["deemed"], accepted["due_on"]) == (True, "2026-03-30")
    assert (accepted["steps"][-1]["step"], accepted["steps"][-1]["actor"]) == ("accept", "system:limits")
    assert refusal(await whole.ask(accepted, "undo"))[:2] == (409, "case_nothing_to_undo")
    clock.set(datetime(2026, 4, 15, 10, 0, 1, tzinfo=SHANGHAI))  # 30 days and a second
    await by_time(committed, clock, crypto)
    assert [(await whole.read(one))["status"] for one in (draft, told)] == ["expired", "supplement"]
    clock.set(datetime(2026, 4, 30, 23, 59, tzinfo=SHANGHAI))
    await by_time(committed, clock, crypto)
    assert (await whole.read(told))["status"] == "supplement"
    clock.advance(minutes=1)
    await by_time(committed, clock, crypto)
    await by_time(committed, clock, crypto)
    ended = await whole.read(told)
    assert (ended["status"], ended["due_on"], ended["expired_at"]) == ("expired", None, "2026-05-01T00:00:00+08:00")
    assert sum(isinstance(fact, CaseExpired) for fact in await facts("services_hall.case")) == 2
    assert (await whole.do(ended, "archive"))["status"] == "archived"


async def test_what_was_supplied_late_is_judged_from_its_supply(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.bring("supplement")
    clock.advance(days=20)
    case = await whole.do(case, PAPERS[1], "supply")
    accepted = await whole.do(case, "accept")
    assert (accepted["deemed"], accepted["accepted_at"]) == (False, "2026-04-05T10:00:00+08:00")


async def test_a_promised_material_lets_the_case_be_accepted_and_nothing_be_granted_before_it_comes(
    whole: Whole, clock: FrozenClock
) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive", PAPERS[0], deferred("2026-03-31"))
    assert (case["deferred"], case["promised_on"]) == (1, "2026-03-31")
    answer = await whole.ask(case, "accept")  # due on the 30th
    assert (refusal(answer)[:2], paths(answer)) == ((409, "promise_too_late"), ["materials.2"])
    case = await whole.do(case, deferred("2026-03-18"), "accept", "begin-review", "take", "pass", "take")
    assert refusal(await whole.ask(case, "check-material", **deferred("2026-03-31")[1]))[:2] == (
        409, "promise_too_late",
    )  # fmt: skip
    answer = await whole.ask(case, "decide", granted=True)
    assert (refusal(answer)[:2], paths(answer)) == ((409, "materials_outstanding"), ["materials.2"])
    broken: dict[str, Any] = {"granted": False, "reason": "promise_broken"}
    clock.set(datetime(2026, 3, 18, 23, tzinfo=SHANGHAI))
    assert refusal(await whole.ask(case, "decide", **broken))[:2] == (409, "promise_not_broken")
    assert await whole.listed(COUNTY_OFFICER, desk="promises_broken") == []
    clock.advance(hours=1)
    assert await whole.listed(COUNTY_OFFICER, desk="promises_broken") == [case["id"]]
    denied = await whole.do(case, ("decide", broken))
    assert (denied["granted"], denied["review_until"], denied["suit_until"]) == (False, "2026-05-18", "2026-09-19")
    assert await whole.listed(COUNTY_OFFICER, desk="promises_broken") == [denied["id"]]  # until it is closed
    case = await whole.do(denied, "undo", PAPERS[1])
    assert (case["deferred"], case["promised_on"], case["review_until"]) == (0, None, None)
    assert await whole.listed(COUNTY_OFFICER, desk="promises_broken") == []
    assert (await whole.do(case, ("decide", {"granted": True})))["granted"] is True


async def test_a_refusal_tells_the_remedies_and_where_to_apply_instead(whole: Whole) -> None:
    case = await whole.bring("received")
    wrong: dict[str, Any] = {"reason": "barred", "competent_department": "public_security"}
    assert refusal(await whole.ask(case, "refuse", **wrong))[:2] == (422, "competent_not_expected")
    refused = await whole.do(case, "refuse")
    assert (refused["review_until"], refused["suit_until"]) == ("2026-05-15", "2026-09-16")
    assert (refused["competent_department"], refused["due_on"]) == ("public_security", None)


async def test_a_draft_has_no_number_until_it_is_submitted_and_pins_its_version(whole: Whole, facts: Facts) -> None:
    draft = await whole.bring("draft")
    assert (draft["number"], draft["submitted_at"], draft["status"]) == (None, None, "draft")
    case = await whole.do(draft, PAPERS[0], "submit")
    assert (case["number"], case["submitted_at"]) == ("WHOLE-01202603160001", "2026-03-16T10:00:00+08:00")
    assert [fact.type.rsplit(".", 1)[1] for fact in await facts(subject=case["id"])] == [
        "drafted", "revised", "submitted",
    ]  # fmt: skip
    assert (await whole.do(await whole.bring("draft"), "withdraw"))["status"] == "withdrawn"


async def test_an_amended_calendar_moves_the_days_within_which_somebody_is_told(
    whole: Whole, clock: FrozenClock, arrivals: Any, crypto: Crypto, committed: Database
) -> None:
    case = await whole.bring("received")
    holidays = tuple(datetime(2026, 3, 17, tzinfo=SHANGHAI).date() + timedelta(days=n) for n in range(4))
    year = CalendarState(
        id="2026", version=2, year=2026, holidays=holidays, working_weekends=(), provisional=False, source="notice"
    )
    await arrivals.take(year)
    clock.advance(days=8)
    await by_time(committed, clock, crypto)
    assert (await whole.read(case))["status"] == "received"


async def test_a_refusal_sends_to_a_department_that_there_is(whole: Whole) -> None:
    case = await whole.bring("received")
    answer = await whole.ask(case, "refuse", reason="not_in_authority", competent_department="nobody")
    assert (refusal(answer)[:2], paths(answer)) == ((422, "code_unlisted"), ["competent_department"])


async def test_a_notice_names_each_material_once_and_a_mark_says_where(whole: Whole) -> None:
    twice = [{"number": 2, "problem": "not_submitted"}, {"number": 2, "problem": "illegible"}]
    answer = await whole.ask(await whole.bring("received"), "notify", materials=twice, until="2026-04-30")
    assert refusal(answer)[:2] == (422, "invalid_request")
    answer = await whole.ask(await whole.bring("in_review"), "send-back", to_step=0, marks=[{"problem": "illegible"}])
    assert refusal(answer)[:2] == (422, "invalid_request")


async def test_what_was_promised_is_waited_for_also_where_silence_accepted(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive", deferred("2026-03-27"))
    clock.advance(days=8)
    case = await whole.do(case, "accept", "begin-review", "take", "pass", "take")
    assert case["deemed"] is True
    answer = await whole.ask(case, "decide", granted=True)
    assert (refusal(answer)[:2], paths(answer)) == ((409, "materials_outstanding"), ["materials.2"])
    assert (await whole.do(case, PAPERS[1], "decide"))["granted"] is True  # the first is not asked for any more
