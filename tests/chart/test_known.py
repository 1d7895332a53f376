"""What needs no Helm, so that who adds a setting hears of it at once."""

from tests.chart.reached import REACHED
from tests.chart.told import fields


def test_no_setting_is_forgotten() -> None:
    assert REACHED.keys() == fields().keys()
