"""Likeness: each reason counts what the table says, and no two things that twins share make one child of them."""

from dataclasses import replace
from datetime import date

import pytest

from services.registry.persons.domain.likeness import POINTS, SUSPECT, Features, Likeness, likeness

ONE = Features("覃秀英", "2", date(1978, 9, 2), "13807748000", "思孟村三组十二号", frozenset({"450481100201"}), False)
ELSEWHERE = {"phone": None, "address": None, "villages": frozenset[str]()}


@pytest.mark.parametrize(
    ("what", "reasons", "score"),
    [
        ({}, "name birth_date phone address village", 120),
        ({**ELSEWHERE}, "name birth_date", 80),
        ({**ELSEWHERE, "name": "谭秀英"}, "sound birth_date", 70),
        ({**ELSEWHERE, "birth_date": date(1978, 7, 30)}, "name lunar_birth_date", 70),
        ({**ELSEWHERE, "birth_date": date(1960, 1, 1)}, "name", 45),
        ({"birth_date": date(1960, 1, 1), "phone": None}, "name address village", 65),
        ({"birth_date": date(1960, 1, 1)}, "name phone address village", 85),
        ({**ELSEWHERE, "sex": "1"}, "name birth_date sex", 35),
        ({**ELSEWHERE, "sex": "9"}, "name birth_date", 80),
        ({"name": "覃秀芳"}, "", 0),
        ({"numbered": True}, "name birth_date phone address village", 120),
    ],
)
def test_what_two_have_in_common(what: dict[str, object], reasons: str, score: int) -> None:
    for one, other in ((ONE, replace(ONE, **what)), (replace(ONE, **what), ONE)):  # type: ignore[arg-type]  # of a table
        found = likeness(one, other)
        assert list(found) == reasons.split()
        assert sum(found.values()) == score


def test_two_numbers_say_it_themselves() -> None:
    numbered = replace(ONE, numbered=True)
    assert likeness(numbered, numbered) == {}


def test_a_lunar_birthday_that_no_solar_month_has_is_no_reason() -> None:
    thirtieth = replace(ONE, birth_date=date(1979, 3, 27))  # 1979-02-30 by the moon
    assert Likeness.LUNAR_BIRTH_DATE not in likeness(thirtieth, replace(ONE, birth_date=date(1979, 2, 28)))


def test_all_that_twins_share_is_not_enough() -> None:
    shared = (Likeness.BIRTH_DATE, Likeness.PHONE, Likeness.ADDRESS, Likeness.VILLAGE)
    assert likeness(ONE, replace(ONE, name="覃秀芳")) == {}
    assert sum(POINTS[one] for one in shared) - POINTS[Likeness.PHONE] < SUSPECT
    assert set(POINTS) == set(Likeness)


def test_a_repr_shows_nothing() -> None:
    assert "覃" not in repr(ONE)
    assert "138" not in repr(ONE)
