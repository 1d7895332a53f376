"""What an item's code and its limits must be, restated by hand."""

from itertools import product

import pytest

from services.services_hall.items.domain.codes import HandlingMode
from services.services_hall.items.domain.rules import check_item_code, check_limits
from shared.errors import Invalid
from tests.services_hall.conftest import NATIONAL


def refused(mode: HandlingMode, statutory: int, promised: int) -> list[tuple[str, str]]:
    """Path and code of each refused field; empty where the limits hold."""
    try:
        check_limits(mode, statutory, promised)
    except Invalid as error:
        return [(one.path, one.code) for one in error.errors]
    return []


@pytest.mark.parametrize("mode", HandlingMode)
def test_a_promise_is_never_longer_than_the_law(mode: HandlingMode) -> None:
    for statutory, promised in product((0, 1, 5, 20, 250), repeat=2):
        codes = [code for _, code in refused(mode, statutory, promised)]
        assert ("beyond_statutory" in codes) == (promised > statutory)


def test_what_is_handled_at_once_promises_zero_days_and_other_items_may() -> None:
    at_once = ("promised_days", "at_once_is_zero")
    assert [at_once in refused(mode, 20, 1) for mode in HandlingMode] == [True, False, False]
    assert [refused(mode, 20, 0) for mode in HandlingMode] == [[], [], []]


def test_both_faults_of_a_promise_are_told_together_and_in_chinese() -> None:
    with pytest.raises(Invalid) as told:
        check_limits(HandlingMode.AT_ONCE, 2, 3)
    assert [(error.path, error.code, error.message) for error in told.value.errors] == [
        ("promised_days", "at_once_is_zero", "马上办事项的承诺时限应为 0"),
        ("promised_days", "beyond_statutory", "承诺时限不得超过法定时限"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        NATIONAL,
        NATIONAL[:18] + "0" * 13,
        "VILLAGE-CERT-01",
        "1",
        NATIONAL[:17] + "X" + NATIONAL[18:-1],
        NATIONAL[:17] + "X" + NATIONAL[18:] + "0",
    ],
)
def test_a_valid_credit_code_before_thirteen_more_or_any_local_code_will_do(code: str) -> None:
    check_item_code(code)


@pytest.mark.parametrize("place", range(18))
def test_a_national_code_with_one_wrong_place_is_refused(place: int) -> None:
    wrong = "2" if NATIONAL[place] != "2" else "5"
    with pytest.raises(Invalid) as told:
        check_item_code(NATIONAL[:place] + wrong + NATIONAL[place + 1 :])
    assert [(error.path, error.code) for error in told.value.errors] == [("code", "credit_code")]
