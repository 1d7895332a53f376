"""Rules of effects: what an answer of registry says to a clerk, and where place and day come from."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from services.services_hall.case_effects.domain import NOT_OF_REGISTER, REFUSALS, EffectDay, EffectPlace, told
from services.services_hall.cases.service.registering import planned
from shared.contracts.effect_answers import EffectStatus
from tests.services_hall.conftest import OTHER_VILLAGE, VILLAGE

GRID, TOWN = f"{VILLAGE}001", "450481114"


@pytest.mark.parametrize("status", [None, *(str(one) for one in EffectStatus)])
@pytest.mark.parametrize("code", [None, "person_deceased", "something_new"])
def test_a_clerk_reads_a_reason_where_something_was_refused_and_nowhere_else(
    status: str | None, code: str | None
) -> None:
    found = told(status, code)
    if status != "refused" or code is None:
        assert found is None
    elif code == "person_deceased":
        assert found == REFUSALS[code]
    else:
        assert found is not None
        assert code in found.reason, "a code that came later is named, so that somebody can look for it"
        assert "底册管理人员" in found.advice


def test_every_reason_and_every_advice_is_a_chinese_sentence_of_its_own() -> None:
    for code, said in {**REFUSALS, "": NOT_OF_REGISTER}.items():
        for text in said:
            assert "一" <= text[0] <= "龥", code
            assert not text.endswith(("。", "；", "，")), code
            assert not any(sign in text for sign in "{}_"), code
    reasons = [said.reason for said in REFUSALS.values()]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("code", [one for one, said in REFUSALS.items() if "再次提请登记" in said.advice])
def test_who_is_told_to_ask_again_is_told_what_to_mend_first_or_what_becomes_of_it(code: str) -> None:
    advice = REFUSALS[code].advice
    assert advice != "再次提请登记"
    assert "先" in advice or "将按" in advice or "可再次" in advice or "请再次" in advice


PLACES: list[tuple[str, str, str | None, str | None]] = [
    ("counter", VILLAGE, None, VILLAGE),
    ("counter", VILLAGE, GRID, GRID),
    ("counter", VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE),
    ("counter", GRID, None, GRID),
    ("counter", TOWN, None, None),
    ("counter", TOWN, VILLAGE, VILLAGE),
    ("counter", "450481", None, None),
    ("entered", VILLAGE, None, None),
    ("entered", VILLAGE, GRID, GRID),
    ("entered", TOWN, None, None),
]


@pytest.mark.parametrize(("place_from", "counter", "entered", "expected"), PLACES)
def test_a_place_is_the_village_of_the_counter_unless_one_is_entered(
    place_from: str, counter: str, entered: str | None, expected: str | None
) -> None:
    case: Any = SimpleNamespace(area=counter, effect_area=entered, effect_on=None)
    assert planned(case, {"place_from": place_from, "day_from": "decision"}) == (expected, None)


@pytest.mark.parametrize("day_from", EffectDay)
@pytest.mark.parametrize("entered", [None, date(2026, 3, 1)])
def test_a_day_is_certain_before_the_decision_only_if_it_was_entered(day_from: EffectDay, entered: date | None) -> None:
    case: Any = SimpleNamespace(area=VILLAGE, effect_area=None, effect_on=entered)
    assert planned(case, {"place_from": EffectPlace.COUNTER, "day_from": day_from}) == (VILLAGE, entered)
