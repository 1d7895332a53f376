"""Satisfaction calls: what a rating means."""

import pytest

from services.grid.satisfaction_calls.domain import require_explained
from shared.errors import ReasonRequired
from shared.reference.satisfaction import LOWEST, Satisfaction


def test_the_five_levels_are_the_standards_from_worst_to_best() -> None:
    labels = [Satisfaction(str(level)).label for level in range(1, 6)]
    assert labels == ["非常不满意", "不满意", "基本满意", "满意", "非常满意"]
    assert len(Satisfaction) == 5


def test_the_levels_that_call_themselves_dissatisfied_are_the_bad_ones() -> None:
    assert {int(one.value) for one in Satisfaction if "不满意" in one.label} == LOWEST


def test_a_bad_rating_is_refused_without_a_note_at_the_note() -> None:
    for rating in range(1, 6):
        require_explained(rating, "垃圾次日又堆满")
        if rating <= 2:
            with pytest.raises(ReasonRequired) as refusal:
                require_explained(rating, None)
            assert [(one.path, one.code) for one in refusal.value.errors] == [("note", "missing")]
        else:
            require_explained(rating, None)
