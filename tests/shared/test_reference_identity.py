"""Identity numbers: the vectors of the standard and of the field, then properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.identity import (
    MESSAGES,
    Family,
    Problem,
    Warned,
    check_character,
    check_number,
    completed_years,
    county_codes,
    normalise,
    upgrade,
)

TODAY = date(2026, 11, 22)


def with_check(first17: str) -> str:
    return first17 + check_character(first17)


@pytest.mark.parametrize(
    ("number", "family", "birth_date", "sex"),
    [
        ("45048119900307019X", Family.CITIZEN, date(1990, 3, 7), "1"),
        ("321083197812162119", Family.CITIZEN, date(1978, 12, 16), "1"),
        ("932682198501010017", Family.FOREIGNER, date(1985, 1, 1), "1"),
        (with_check("81000019900307002"), Family.PERMIT, date(1990, 3, 7), "2"),
        (with_check("82000019600307003"), Family.PERMIT, date(1960, 3, 7), "1"),
        (with_check("83000020200307004"), Family.PERMIT, date(2020, 3, 7), "2"),
    ],
)
def test_a_right_number_tells_family_birth_date_and_sex(
    number: str, family: Family, birth_date: date, sex: str
) -> None:
    checked = check_number(number, on=TODAY)
    assert (checked.number, checked.problems, checked.valid) == (number, (), True)
    assert (checked.family, checked.birth_date, checked.sex) == (family, birth_date, sex)
    abolished = number.startswith("321083")  # a county-level city that is another today
    assert checked.warnings == ((Warned.ADDRESS_NOT_IN_TABLE,) if abolished else ())


def test_fifteen_digits_are_upgraded() -> None:
    assert upgrade("610104620927690") == "610104196209276908"
    checked = check_number("610104620927690", on=TODAY)
    assert (checked.number, checked.birth_date, checked.problems) == ("610104196209276908", date(1962, 9, 27), ())


def test_the_sample_of_a_readme_fails_by_its_checksum_alone() -> None:
    assert check_number("911124198108030028", on=TODAY).problems == (Problem.CHECKSUM,)


@pytest.mark.parametrize("county", ["450481", "431024", "370303", "430223"])
@pytest.mark.parametrize("year", [1930, 1960, 1990, 2020])
def test_adults_of_the_pilot_counties_pass_whatever_their_birth_year(county: str, year: int) -> None:
    assert check_number(with_check(f"{county}{year}0307019"), on=TODAY).problems == ()


@pytest.mark.parametrize(
    "written",
    [
        "45048119900307019x",
        "  45048119900307019X\n",
        "４５０４８１１９９００３０７０１９Ｘ",
        "450481 19900307 019X",
        "450481\u200b19900307\ufeff019X",
        "'45048119900307019X",
        "\u2018 45048119900307019X",
        "450481\u300019900307\u00a0019x",
    ],
)
def test_however_it_was_typed_it_is_one_number(written: str) -> None:
    assert normalise(written) == "45048119900307019X"
    assert check_number(written, on=TODAY).valid


@pytest.mark.parametrize(
    ("number", "problems"),
    [
        ("", [Problem.LENGTH]),
        ("4504811990030701", [Problem.LENGTH]),
        ("0004811990030701A", [Problem.LENGTH, Problem.CHARSET, Problem.UNKNOWN_PROVINCE]),
        ("4504811990030701AX", [Problem.CHARSET]),
        ("45048119900307X19X", [Problem.CHARSET]),
        ("٤٥٠٤٨١١٩٩٠٠٣٠٧٠١٩X", [Problem.CHARSET]),  # NFKC leaves Arabic digits: only ASCII ones count
        ("61010462092769X", [Problem.CHARSET]),
        ("610104621327690", [Problem.IMPOSSIBLE_DATE]),
        (with_check("00048119900307019"), [Problem.UNKNOWN_PROVINCE]),
        (with_check("16048119900307019"), [Problem.UNKNOWN_PROVINCE]),
        (with_check("91668219850101001"), [Problem.UNKNOWN_PROVINCE]),  # province 16 of a foreigner's number
        (with_check("45048119900230019"), [Problem.IMPOSSIBLE_DATE]),
        (with_check("45048119000229019"), [Problem.IMPOSSIBLE_DATE]),
        (with_check("45048100000101019"), [Problem.IMPOSSIBLE_DATE]),
        (with_check("45048120261123019"), [Problem.FUTURE_DATE]),
        (with_check("45048120990101019"), [Problem.FUTURE_DATE]),
        ("450481199003070190", [Problem.CHECKSUM]),
        ("160481199013070190", [Problem.UNKNOWN_PROVINCE, Problem.IMPOSSIBLE_DATE, Problem.CHECKSUM]),
        ("16048120990101A190", [Problem.CHARSET, Problem.UNKNOWN_PROVINCE, Problem.FUTURE_DATE]),
        ("900104620927690", [Problem.UNKNOWN_PROVINCE]),  # 15 digits are a citizen's, never a foreigner's
    ],
)
def test_all_problems_that_apply_are_reported_in_order(number: str, problems: list[Problem]) -> None:
    assert list(check_number(number, on=TODAY).problems) == problems


def test_somebody_born_today_is_not_of_the_future() -> None:
    assert check_number(with_check("45048120261122019"), on=TODAY).valid


@pytest.mark.parametrize(
    ("number", "warnings"),
    [
        (with_check("45242319900307019"), [Warned.ADDRESS_NOT_IN_TABLE]),  # 岑溪县 before it was a city
        (with_check("45048118951121019"), [Warned.AGE_OVER_130]),
        (with_check("45048118951123019"), []),  # 130 years and not a day more
        (with_check("45048119900307000"), [Warned.SEQUENCE_000]),
        (
            with_check("45242318000307000"),
            [Warned.ADDRESS_NOT_IN_TABLE, Warned.AGE_OVER_130, Warned.SEQUENCE_000],
        ),
    ],
)
def test_the_unusual_is_a_warning_and_valid(number: str, warnings: list[Warned]) -> None:
    checked = check_number(number, on=TODAY)
    assert checked.valid
    assert list(checked.warnings) == warnings


def test_every_problem_and_warning_has_a_chinese_sentence() -> None:
    assert set(MESSAGES) == set(Problem) | set(Warned)


def test_a_checked_number_shows_no_digit_in_its_repr() -> None:
    assert not any(character.isdigit() for character in repr(check_number("45048119900307019X", on=TODAY)))


def test_the_table_of_today_knows_the_pilot_counties_and_not_the_abolished() -> None:
    assert {"450481", "431024", "370303", "430223", "441900"} <= county_codes()
    assert "452423" not in county_codes()
    assert 2800 < len(county_codes()) < 3000


def test_a_birthday_on_leap_day_is_kept_on_the_first_of_march() -> None:
    assert completed_years(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert completed_years(date(2000, 2, 29), date(2026, 3, 1)) == 26


birth_dates = st.dates(date(1900, 1, 1), TODAY)
numbers = st.builds(
    lambda county, born, sequence: with_check(f"{county}{born:%Y%m%d}{sequence:03d}"),
    st.sampled_from(sorted(county_codes())),
    birth_dates,
    st.integers(1, 999),
)


@given(numbers)
def test_every_well_made_number_is_valid_without_warning(number: str) -> None:
    checked = check_number(number, on=TODAY)
    assert (checked.problems, checked.warnings) == ((), ())
    assert checked.birth_date is not None
    assert f"{checked.birth_date:%Y%m%d}" == number[6:14]


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: str, place: int, step: int) -> None:
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert Problem.CHECKSUM in check_number(wrong, on=TODAY).problems


@given(numbers, st.integers(0, 16))
def test_two_neighbours_swapped_never_pass(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not check_number(swapped, on=TODAY).valid


@given(numbers)
def test_the_check_character_agrees_with_iso_7064(number: str) -> None:
    assert sum((10 if c == "X" else int(c)) * pow(2, 17 - i, 11) for i, c in enumerate(number)) % 11 == 1


@given(st.text(max_size=24))
def test_normalising_twice_changes_nothing_and_no_text_breaks_the_check(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    checked = check_number(text, on=TODAY)
    assert list(checked.problems) == [problem for problem in Problem if problem in checked.problems]


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_the_old_and_the_new_form_are_one_person(born: date, sequence: int) -> None:
    old = f"450481{born:%y%m%d}{sequence:03d}"
    assert check_number(old, on=TODAY).number == with_check(f"450481{born:%Y%m%d}{sequence:03d}")


@given(st.dates(TODAY + timedelta(days=1), date(2199, 12, 31)))
def test_no_birth_date_lies_in_the_future(born: date) -> None:
    assert check_number(with_check(f"450481{born:%Y%m%d}011"), on=TODAY).problems == (Problem.FUTURE_DATE,)
