"""履职事项清单: whose lists there are, and on which days an entry may end."""

from datetime import date, timedelta

import pytest

from services.grid.duties.domain import DutyAreaWrong, DutyEndWrong, DutyLeadMissing, require_end, require_listed
from shared.contracts.duties import DutyKind
from tests.grid.builders import FIRST_GRID, TOWN, VILLAGE

FIRST_DAY = date(2026, 3, 1)
DAY = timedelta(days=1)


def test_a_list_is_a_towns_or_a_countys() -> None:
    for area in (TOWN, TOWN[:6]):
        require_listed(area, DutyKind.BASIC, None)
    for area in (FIRST_GRID, VILLAGE, TOWN[:4], TOWN[:2]):
        with pytest.raises(DutyAreaWrong) as refusal:
            require_listed(area, DutyKind.BASIC, None)
        assert [one.path for one in refusal.value.errors] == ["area"]


def test_only_a_shared_duty_must_name_who_leads() -> None:
    for kind in DutyKind:
        require_listed(TOWN, kind, "water")
        if kind is DutyKind.SHARED:
            with pytest.raises(DutyLeadMissing) as refusal:
                require_listed(TOWN, kind, None)
            assert [one.path for one in refusal.value.errors] == ["lead"]
        else:
            require_listed(TOWN, kind, None)


def test_an_entry_ends_on_its_first_day_at_the_earliest() -> None:
    require_end(FIRST_DAY, None, FIRST_DAY)
    require_end(FIRST_DAY, None, FIRST_DAY + DAY)
    with pytest.raises(DutyEndWrong) as refusal:
        require_end(FIRST_DAY, None, FIRST_DAY - DAY)
    assert [one.path for one in refusal.value.errors] == ["ends_on"]


def test_what_has_ended_does_not_end_again_on_any_day() -> None:
    ended = FIRST_DAY + 10 * DAY
    for on in (FIRST_DAY, ended - DAY, ended, ended + DAY):
        with pytest.raises(DutyEndWrong):
            require_end(FIRST_DAY, ended, on)
