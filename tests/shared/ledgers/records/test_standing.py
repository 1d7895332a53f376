"""Where records of paper registers stand: which days must be told, which are on the way, and who may say so."""

from datetime import UTC, date, datetime

import pytest

from shared.ledgers.records.standing import Standing, lifecycle_of
from tests.shared.ledgers.builders import compiled, field, status

TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 2, tzinfo=UTC)


def a_step(verb: str, origin: str, to: str, **parts: object) -> dict[str, object]:
    return {"verb": verb, "title": verb, "from": [origin], "to": to, "permission": "record.write", **parts}


LEDGER = compiled(
    fields=[field("found_on", "date")],
    published=["found_on"],
    statuses=[
        status("listed", initial=True),
        status("told"),
        status("paused"),
        status("handed"),
        status("closed", final=True),
        status("struck", final=True),
    ],
    steps=[
        a_step("tell", "listed", "told"),
        a_step("pause", "told", "paused"),
        a_step("resume", "paused", "told"),
        a_step("hand", "told", "handed"),
        a_step("close", "handed", "closed"),
        a_step("strike", "listed", "struck"),
        a_step("back", "handed", "told"),
        a_step("reopen", "closed", "told", reopens=True, reason=True),
    ],
    clock={
        "limits": [
            {"id": "telling", "title": "t", "starts": "told", "ends": ["handed"], "amount": 3, "unit": "day"},
        ]
    },
    measures=[
        {"code": "open", "title": "o", "meaning": "m", "kind": "stock", "date": "found_on", "until": ["entered:closed"]}
    ],
)
EVERY = frozenset(LEDGER.steps)


def wrong(stands: str | None, may: frozenset[str] = EVERY, **days: str) -> list[tuple[str, str]]:
    told = Standing(stands, {name: date.fromisoformat(day) for name, day in days.items()})
    return [(one.path, one.code) for one in lifecycle_of(LEDGER).problems(told, may, today=TODAY)]


def test_a_day_that_figures_or_a_running_limit_rest_on_must_be_told() -> None:
    assert wrong("closed") == [("entered.closed", "missing")], "the stock ends with it"
    assert wrong("closed", closed="2026-03-01") == []
    assert wrong("told") == [("entered.told", "missing")], "its limit runs"
    assert wrong("paused") == [("entered.told", "missing")], "the limit began on the way and may still run"
    assert wrong("handed") == [], "the limit has ended"
    assert wrong("struck") == []
    assert wrong("listed") == []
    assert wrong(None) == []


def test_days_lie_on_one_way_in_their_order() -> None:
    assert wrong("closed", told="2026-01-02", handed="2026-01-03", closed="2026-01-03") == []
    assert wrong("closed", handed="2026-01-02", told="2026-01-03", closed="2026-01-04") == [], "it was sent back once"
    assert wrong("closed", told="2026-01-05", closed="2026-01-04") == [("entered.told", "status_not_on_the_way")]
    assert wrong("struck", told="2026-01-02") == [("status", "status_not_on_the_way")]
    assert wrong("struck", told="2026-01-02", struck="2026-01-03") == [("entered.struck", "status_not_on_the_way")]
    assert wrong("told", told="2026-01-02", closed="2026-01-01") == [("entered.closed", "status_not_entered")]
    assert wrong("handed", handed="2026-03-17") == [("entered.handed", "date_in_future")]
    assert wrong(None, told="2026-01-02") == [("status", "missing")]


@pytest.mark.parametrize(
    ("may", "answer"),
    [
        (EVERY, []),
        (EVERY - {"strike", "reopen", "pause"}, []),
        (EVERY - {"close"}, [("status", "status_not_yours")]),
        (frozenset(), [("status", "status_not_yours")]),
    ],
)
def test_who_may_not_take_the_steps_may_not_say_that_they_were_taken(
    may: frozenset[str], answer: list[tuple[str, str]]
) -> None:
    assert wrong("closed", may, closed="2026-03-01") == answer


def test_a_way_through_a_told_status_needs_its_steps() -> None:
    assert wrong("closed", EVERY - {"back", "reopen"}, handed="2026-01-02", told="2026-01-03", closed="2026-01-04") == [
        ("entered.told", "status_not_yours")
    ]


def test_what_was_entered_is_what_was_told_and_where_it_stands() -> None:
    lifecycle = lifecycle_of(LEDGER)
    told = Standing("handed", {"told": date(2026, 1, 3), "listed": date(2026, 1, 3)})
    midnight = datetime(2026, 1, 2, 16, tzinfo=UTC)
    assert lifecycle.entries(told, NOW) == [("listed", midnight), ("told", midnight), ("handed", NOW)]
    assert lifecycle.entries(Standing("closed", {"closed": date(2026, 1, 3)}), NOW) == [("closed", midnight)]
    assert lifecycle.entries(Standing(), NOW) == lifecycle.entries(None, NOW) == [("listed", NOW)]
