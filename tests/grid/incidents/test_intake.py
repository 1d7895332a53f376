"""Each source says whether people stand behind it, and whether its account reports for others."""

import pytest

from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.intake import INTAKE, OF_PEOPLE, who_reported
from shared.ids import new_id

FOR_THEMSELVES = {"patrol", "resident", "visit"}


def test_every_source_says_both() -> None:
    assert set(INTAKE) == set(Source)
    assert {one.value for one in Source if not INTAKE[one].for_others} == FOR_THEMSELVES


def test_people_are_called_back_and_offices_and_devices_are_not() -> None:
    assert {one.value for one in OF_PEOPLE} == {"resident", "public", "hotline_12345"}


@pytest.mark.parametrize("source", Source)
def test_who_stands_behind_two_reports_of_one_account(source: Source) -> None:
    """Of whoever reports for themselves it is one person; of a hotline, one for each report."""
    one, other = (who_reported(source, "an-account", new_id()) for _ in range(2))
    assert (one == other) is (source.value in FOR_THEMSELVES)
