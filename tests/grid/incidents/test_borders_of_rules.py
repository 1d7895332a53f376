"""Rules of incidents at their borders: the last instant, the last day and the level that is still right."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.grid.incidents.domain.codes import IncidentLevel, OrderStatus, ReopenReason, ReworkReason
from services.grid.incidents.domain.nearness import metres_between
from services.grid.incidents.domain.refusals import (
    IncidentDeferralTooLate,
    IncidentDeferredAlready,
    IncidentLeaveUntilWrong,
    IncidentLevelWrong,
    IncidentOrderMoved,
    IncidentOrdersOpen,
)
from services.grid.incidents.domain.rules import (
    assistants,
    leave_ends,
    moved_order,
    require_deferrable,
    require_explained,
    require_finished,
    require_level,
    require_rework_reason,
)
from shared.clock import SHANGHAI
from shared.errors import NotFound, ReasonNotExpected, ReasonRequired
from tests.grid.builders import FIRST_GRID, VILLAGE

NOW = datetime(2026, 3, 16, 10, tzinfo=SHANGHAI)
TICK = timedelta(microseconds=1)


def an_order(number: int, status: OrderStatus, department: str = "water") -> dict[str, Any]:
    return {"number": number, "status": status.value, "department": department}


def test_a_deferral_is_given_up_to_the_very_deadline_and_not_after_it() -> None:
    require_deferrable(deferred=False, due_at=NOW, now=NOW)
    with pytest.raises(IncidentDeferralTooLate):
        require_deferrable(deferred=False, due_at=NOW, now=NOW + TICK)


def test_what_has_no_deadline_is_not_deferred() -> None:
    with pytest.raises(IncidentDeferralTooLate):
        require_deferrable(deferred=False, due_at=None, now=NOW)


def test_a_second_deferral_is_refused_as_such_also_after_the_deadline() -> None:
    for now in (NOW, NOW + timedelta(days=1)):
        with pytest.raises(IncidentDeferredAlready):
            require_deferrable(deferred=True, due_at=NOW, now=now)


def test_leave_lasts_to_the_last_second_of_its_day_in_the_county() -> None:
    end = leave_ends(date(2026, 3, 17), NOW)
    assert end == datetime(2026, 3, 17, 23, 59, 59, tzinfo=SHANGHAI)


def test_the_first_day_of_leave_is_tomorrow_and_the_last_a_year_from_today() -> None:
    today = NOW.date()
    for days in (1, 366):
        assert leave_ends(today + timedelta(days=days), NOW).date() == today + timedelta(days=days)
    for days in (-1, 0, 367):
        with pytest.raises(IncidentLeaveUntilWrong) as refusal:
            leave_ends(today + timedelta(days=days), NOW)
        assert [one.path for one in refusal.value.errors] == ["until"]


def test_tomorrow_is_that_of_the_county_also_late_at_night() -> None:
    """At 00:30 in Shanghai it is still the day before in UTC."""
    night = datetime(2026, 3, 17, 0, 30, tzinfo=SHANGHAI)
    with pytest.raises(IncidentLeaveUntilWrong):
        leave_ends(date(2026, 3, 17), night)
    assert leave_ends(date(2026, 3, 18), night).date() == date(2026, 3, 18)


def test_leave_that_would_end_with_the_deadline_gives_nothing_and_is_refused() -> None:
    end = datetime(2026, 3, 20, 23, 59, 59, tzinfo=SHANGHAI)
    assert leave_ends(date(2026, 3, 20), NOW, after=end - TICK) == end
    with pytest.raises(IncidentLeaveUntilWrong):
        leave_ends(date(2026, 3, 20), NOW, after=end)


def test_a_failed_check_says_why_and_a_passed_one_does_not() -> None:
    require_rework_reason(passed=True, reason=None)
    require_rework_reason(passed=False, reason=ReworkReason.STILL_DIRTY)
    with pytest.raises(ReasonRequired) as missing:
        require_rework_reason(passed=False, reason=None)
    assert [(one.path, one.code) for one in missing.value.errors] == [("reason", "missing")]
    with pytest.raises(ReasonNotExpected) as unexpected:
        require_rework_reason(passed=True, reason=ReworkReason.STILL_DIRTY)
    assert [(one.path, one.code) for one in unexpected.value.errors] == [("reason", "unexpected")]


def test_other_of_every_list_asks_for_a_note_and_a_named_reason_does_not() -> None:
    for reason in (ReworkReason.OTHER, ReopenReason.OTHER):
        require_explained(reason, "见照片")
        with pytest.raises(ReasonRequired) as refusal:
            require_explained(reason, None)
        assert [one.path for one in refusal.value.errors] == ["note"]
    require_explained(ReopenReason.CAME_BACK, None)
    require_explained(None, None)


def test_an_incident_in_a_grid_goes_to_every_level_but_the_one_that_has_it() -> None:
    for present in IncidentLevel:
        for wanted in IncidentLevel:
            if wanted is present:
                with pytest.raises(IncidentLevelWrong):
                    require_level(FIRST_GRID, present.digits, wanted)
            else:
                assert require_level(FIRST_GRID, present.digits, wanted) == wanted.digits


def test_what_lies_in_no_grid_is_the_villages_and_never_goes_to_a_grid() -> None:
    """Its office is called the grid's until somebody moves it: the village has it already."""
    for present in (IncidentLevel.GRID, IncidentLevel.VILLAGE):
        for wanted in (IncidentLevel.GRID, IncidentLevel.VILLAGE):
            with pytest.raises(IncidentLevelWrong) as refusal:
                require_level(VILLAGE, present.digits, wanted)
            assert [one.path for one in refusal.value.errors] == ["level"]
    assert require_level(VILLAGE, IncidentLevel.GRID.digits, IncidentLevel.TOWN) == 9


def test_one_closure_waits_for_every_order_that_is_neither_finished_nor_gone() -> None:
    ended = [OrderStatus.FINISHED, OrderStatus.RETURNED, OrderStatus.WITHDRAWN]
    orders = [an_order(number, status) for number, status in enumerate(ended, 1)]
    require_finished([])
    require_finished(orders)
    for status in (OrderStatus.ORDERED, OrderStatus.TAKEN):
        with pytest.raises(IncidentOrdersOpen):
            require_finished([*orders, an_order(9, status)])


def test_a_department_assists_from_its_order_on_and_no_more_once_it_went_back() -> None:
    seen = {status for status in OrderStatus if assistants([an_order(1, status)]) == {"water"}}
    assert seen == {OrderStatus.ORDERED, OrderStatus.TAKEN, OrderStatus.FINISHED}


def test_a_department_with_one_order_back_and_a_new_one_assists() -> None:
    orders = [
        an_order(1, OrderStatus.RETURNED),
        an_order(2, OrderStatus.ORDERED),
        an_order(3, OrderStatus.TAKEN, "fire"),
    ]
    assert assistants(orders) == {"water", "fire"}


def test_moving_one_order_leaves_the_others_and_what_was_read_before() -> None:
    orders = [an_order(1, OrderStatus.ORDERED), an_order(2, OrderStatus.ORDERED, "fire")]
    moved = moved_order(orders, 2, OrderStatus.TAKEN, taken_at="2026-03-16T10:00:00+08:00")
    assert moved[0] == an_order(1, OrderStatus.ORDERED)
    assert moved[1] == {**an_order(2, OrderStatus.TAKEN, "fire"), "taken_at": "2026-03-16T10:00:00+08:00"}
    assert orders[1] == an_order(2, OrderStatus.ORDERED, "fire")


def test_an_order_moves_only_forward_and_no_order_is_not_found() -> None:
    orders = [an_order(1, OrderStatus.TAKEN), an_order(2, OrderStatus.WITHDRAWN)]
    for number, to in ((1, OrderStatus.ORDERED), (1, OrderStatus.TAKEN), (2, OrderStatus.TAKEN)):
        with pytest.raises(IncidentOrderMoved):
            moved_order(orders, number, to)
    with pytest.raises(NotFound):
        moved_order(orders, 3, OrderStatus.TAKEN)


def test_between_two_of_which_one_has_no_whole_point_there_is_no_distance() -> None:
    here = SimpleNamespace(longitude=110.9, latitude=22.9)
    for longitude, latitude in ((None, None), (110.9, None), (None, 22.9)):
        partial = SimpleNamespace(longitude=longitude, latitude=latitude)
        assert metres_between(here, partial) is None
        assert metres_between(partial, here) is None
    assert metres_between(here, here) == 0
