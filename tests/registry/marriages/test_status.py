"""Marital status, days, sexes and ages of marriages without a database: every case of GB/T 2261.2 that we tell."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registry.marriages.domain import (
    Ended,
    MarriageDatesWrong,
    MarriageOfSameSex,
    MarriageRecord,
    MarriageUnderAge,
    OutsideSpouse,
    check_spouses,
    ended,
    marital_status,
    tidied,
)
from services.registry.marriages.service.steps import check_days
from services.registry.persons.domain import PersonRecord
from shared.contracts.registry.marriages import MarriageStatus
from shared.errors import Invalid
from tests.registry.builders import TODAY, VILLAGE

SHE, HE, ANOTHER = (UUID(int=number) for number in range(1, 4))
DAY = timedelta(days=1)
FIRST, PARTED, AGAIN = date(2010, 5, 1), date(2015, 5, 1), date(2018, 5, 1)
DIED = date(2020, 5, 1)


def a_marriage(married_on: date = FIRST, spouse: UUID | None = HE, status: str = "married", **what: Any) -> Any:
    """Hers with somebody; without a spouse in the register it is with an outside one."""
    marriage = MarriageRecord(
        id=UUID(int=married_on.toordinal()),
        version=1,
        status=status,
        area=VILLAGE,
        person_id=SHE,
        spouse_id=spouse,
        outside_sealed=None if spouse else b"sealed",
        married_on=married_on,
        divorced_on=None,
        outside_died_on=None,
        ended_on=None,
    )
    return replace(marriage, **what)


def a_person(died_on: date | None = None) -> PersonRecord:
    """Her, or him: who has died is told apart by the day alone."""
    return PersonRecord(
        id=SHE,
        version=1,
        status="active" if died_on is None else "deceased",
        sex="2",
        birth_date=date(1985, 5, 17),
        ethnic_group=None,
        died_on=died_on,
        document_type=None,
        name_sealed=b"",
        number_sealed=None,
        phone_sealed=None,
        address_sealed=None,
        masked_sealed=b"",
        residence=[],
        registration=[],
        residence_area=VILLAGE,
        residence_until=None,
        registration_area=None,
        registration_until=None,
    )


def divorced(married_on: date = FIRST, spouse: UUID | None = HE, on: date = PARTED) -> Any:
    return a_marriage(married_on, spouse, "divorced", divorced_on=on, ended_on=on)


def widowed(married_on: date = FIRST, spouse: UUID | None = HE, on: date = DIED) -> Any:
    return a_marriage(married_on, spouse, "widowed", ended_on=on)


WITHDRAWN = a_marriage(date(2012, 1, 1), ANOTHER, "withdrawn")


@pytest.mark.parametrize(
    ("died_on", "marriages", "status"),
    [
        (None, [], "90"),
        (None, [WITHDRAWN], "90"),
        (None, [a_marriage()], "20"),
        (None, [a_marriage(spouse=None)], "20"),
        (None, [WITHDRAWN, a_marriage(AGAIN)], "20"),
        (None, [divorced()], "40"),
        (None, [divorced(), a_marriage(AGAIN, ANOTHER)], "22"),
        (None, [divorced(), a_marriage(AGAIN, HE)], "23"),
        (None, [divorced(), a_marriage(AGAIN, None)], "22"),
        (None, [divorced(spouse=None), a_marriage(AGAIN, None)], "22"),
        (None, [widowed(on=PARTED), a_marriage(AGAIN, ANOTHER)], "22"),
        (None, [a_marriage(AGAIN, HE), divorced()], "23"),
        (None, [divorced(AGAIN, ANOTHER, DIED), a_marriage(date(2021, 1, 1), HE), divorced()], "23"),
        (None, [divorced(), a_marriage(AGAIN, ANOTHER, "withdrawn")], "40"),
        (None, [widowed()], "30"),
        (None, [widowed(), divorced(date(2021, 1, 1), ANOTHER, date(2022, 1, 1))], "40"),
        (DIED, [a_marriage()], "20"),
        (DIED, [widowed()], "20"),
        (DIED + DAY, [widowed()], "30"),
        (DIED, [divorced()], "40"),
        (DIED, [divorced(), widowed(AGAIN, ANOTHER)], "22"),
        (DIED, [divorced(), widowed(AGAIN, HE)], "23"),
    ],
)
def test_marital_status_is_that_of_the_last_marriage_that_stands(
    died_on: date | None, marriages: list[MarriageRecord], status: str
) -> None:
    assert marital_status(a_person(died_on), marriages) == status


def test_the_same_two_marry_again_whoever_was_named_first() -> None:
    hers = divorced()
    his = replace(a_marriage(AGAIN), person_id=HE, spouse_id=SHE)
    assert marital_status(a_person(), [hers, his]) == "23"


@pytest.mark.parametrize(
    ("what", "deaths", "end"),
    [
        ({"outside_died_on": DIED}, {}, Ended(MarriageStatus.WIDOWED, DIED)),
        ({"outside_died_on": DIED}, {SHE: PARTED}, Ended(MarriageStatus.WIDOWED, PARTED)),
        ({"outside_died_on": PARTED}, {SHE: DIED}, Ended(MarriageStatus.WIDOWED, PARTED)),
        ({"outside_died_on": FIRST}, {}, Ended(MarriageStatus.WIDOWED, FIRST)),
        ({"outside_died_on": FIRST - DAY}, {}, None),
        ({"outside_died_on": PARTED, "divorced_on": PARTED}, {}, Ended(MarriageStatus.DIVORCED, PARTED)),
        ({"outside_died_on": PARTED - DAY, "divorced_on": PARTED}, {}, None),
        ({}, {HE: DIED}, Ended(MarriageStatus.MARRIED, None)),
    ],
)
def test_the_death_of_an_outside_spouse_ends_a_marriage_as_any_other(
    what: dict[str, Any], deaths: dict[UUID, date | None], end: Ended | None
) -> None:
    assert ended(a_marriage(spouse=None, **what), deaths) == end


def test_who_is_in_the_register_is_asked_after_deaths() -> None:
    assert (a_marriage().people, a_marriage().outside) == ([SHE, HE], False)
    assert (a_marriage(spouse=None).people, a_marriage(spouse=None).outside) == ([SHE], True)


GROWN, YOUNG_MAN, YOUNG_WOMAN = date(1985, 5, 17), date(2000, 3, 7), date(2002, 3, 7)
WEDDING = date(2022, 3, 7)


@pytest.mark.parametrize(
    ("one", "other", "day", "refused"),
    [
        (("1", GROWN), ("2", GROWN), WEDDING, []),
        (("1", GROWN), ("1", GROWN), WEDDING, ["spouse"]),
        (("2", GROWN), ("2", GROWN), WEDDING, ["spouse"]),
        (("0", GROWN), ("0", GROWN), WEDDING, []),
        (("9", GROWN), ("9", GROWN), WEDDING, []),
        (("1", GROWN), ("9", GROWN), WEDDING, []),
        (("1", YOUNG_MAN), ("2", YOUNG_WOMAN), WEDDING, []),
        (("1", YOUNG_MAN), ("2", YOUNG_WOMAN), WEDDING - DAY, ["person_id", "spouse"]),
        (("1", YOUNG_MAN + DAY), ("2", YOUNG_WOMAN), WEDDING, ["person_id"]),
        (("1", YOUNG_MAN), ("2", YOUNG_WOMAN + DAY), WEDDING, ["spouse"]),
        (("2", YOUNG_MAN), ("1", YOUNG_WOMAN), WEDDING, ["spouse"]),
        (("0", YOUNG_WOMAN), ("1", GROWN), WEDDING, []),
        (("0", YOUNG_WOMAN + DAY), ("1", GROWN), WEDDING, ["person_id"]),
    ],
)
def test_a_man_and_a_woman_of_age_marry_and_each_who_is_not_is_named(
    one: tuple[str, date], other: tuple[str, date], day: date, refused: list[str]
) -> None:
    code = "marriage_same_sex" if one[0] == other[0] else "marriage_under_age"
    found: list[tuple[str, str]] = []
    try:
        check_spouses(one, other, day, "spouse")
    except (MarriageOfSameSex, MarriageUnderAge) as error:
        found = [(each.path, each.code) for each in error.errors]
    assert found == [(path, code) for path in refused]


@pytest.mark.parametrize(
    ("day", "households_on", "since", "told"),
    [
        (TODAY, None, None, TODAY),
        (TODAY + DAY, None, None, "on"),
        (TODAY - DAY, TODAY, None, TODAY),
        (TODAY, TODAY - DAY, None, "households_on"),
        (TODAY, TODAY + DAY, None, "households_on"),
        (TODAY, TODAY, None, TODAY),
        (TODAY, None, TODAY, TODAY),
        (TODAY - DAY, None, TODAY, "on"),
        (TODAY - DAY, TODAY, TODAY, "on"),
    ],
)
def test_households_change_from_the_day_of_the_step_until_today(
    day: date, households_on: date | None, since: date | None, told: date | str
) -> None:
    found: date | str
    try:
        found = check_days(TODAY, day, households_on, "on", since=since)
    except MarriageDatesWrong as refused:
        (found,) = [one.path for one in refused.errors]
    assert found == told


def test_an_outside_spouse_is_kept_in_one_form_and_named_in_no_repr() -> None:
    spouse = OutsideSpouse(" 阿依古丽.买买提 ", "2", GROWN)
    assert tidied(spouse) == OutsideSpouse("阿依古丽·买买提", "2", GROWN)
    with pytest.raises(Invalid) as refused:
        tidied(replace(spouse, name="梁?"))
    assert {one.path for one in refused.value.errors} == {"spouse.name"}
    assert "买买提" not in repr(spouse)
    assert VILLAGE not in repr(a_marriage())
