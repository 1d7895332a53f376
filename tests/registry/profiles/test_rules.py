"""Rules of community profiles: ages by month, bands that divide everybody, and cells too small to be told."""

from datetime import date, timedelta

import pytest

from services.indicators.contributions.domain.ages import reaches
from services.registry.profiles.domain import BANDS, Born, Counts, age_on, by_age, by_sex, told
from shared.contracts.registry.facilities import DailyNeed, FacilityKind

DAY = date(2026, 3, 16)


def test_a_year_is_full_on_the_day_on_which_indicators_count_it() -> None:
    for born in (date(1946, 3, 1), date(2011, 2, 1), date(2011, 3, 1), date(2019, 12, 1)):
        for age in (1, 7, 15, 60, 80):
            entered = reaches(f"{born:%Y-%m}", age)
            assert age_on(born, entered) == age
            assert age_on(born, entered - timedelta(days=1)) == age - 1
    assert age_on(date(2026, 3, 1), DAY) == 0


def test_bands_divide_everybody() -> None:
    edges = [band for bounds in BANDS.values() for band in bounds]
    assert edges[0] == 0
    assert edges[-1] is None
    assert edges[1:-1:2] == edges[2:-1:2]
    born = [Born("1", date(year, month, 1), 2) for year in range(1920, 2027) for month in (1, 2, 3)]
    assert sum(by_age(born, DAY).values()) == 2 * len(born)
    assert by_age([Born("2", date(2019, 2, 1), 3), Born("1", date(2019, 3, 1), 1)], DAY)["0-6"] == 1
    assert by_sex([Born("2", DAY, 3), Born("1", DAY, 1), Born("2", DAY, 1)]) == {"2": 4, "1": 1}


@pytest.mark.parametrize(
    ("count", "rough"), [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (2016, 2015)]
)
def test_who_reads_no_list_is_told_no_small_count_and_no_exact_one(count: int, rough: int | None) -> None:
    assert told(count, exact=True) == count
    assert told(count, exact=False) == rough


def test_what_a_community_lacks_of_one_and_eight_and_of_the_six_needs() -> None:
    counts = Counts(facilities={"service_hall": 1, "outlet": 4, "square": 1}, needs={"shopping": 4})
    assert len(counts.lacking_facilities) == 8
    assert FacilityKind.SERVICE_HALL not in counts.lacking_facilities
    assert counts.lacking_needs == [need for need in DailyNeed if need is not DailyNeed.SHOPPING]
