"""Rules of matching: what each criterion says, the score, and when somebody may be suggested at all."""

from datetime import date
from typing import Any

import pytest

from services.registry.job_matches.domain.matches import (
    JobBearing,
    JobCriterion,
    Match,
    Promise,
    in_common,
    is_adult_enough,
    is_open,
    weigh,
)
from tests.registry.builders import FAR, SISTER, VILLAGE

TODAY = date(2026, 3, 16)
FITS, PARTLY, UNKNOWN = JobBearing.FITS, JobBearing.PARTLY, JobBearing.UNKNOWN
AGAINST, NOT_COUNTED = JobBearing.AGAINST, JobBearing.NOT_COUNTED


def weighed(
    seeker: dict[str, Any], vacancy: dict[str, Any], *, born: date | None = None, place: str = VILLAGE
) -> Match:
    return weigh(seeker, VILLAGE, born, {"kind": "cleaning", **vacancy}, place, today=TODAY)


def bearing(match: Match, criterion: JobCriterion) -> JobBearing:
    [found] = [one.bearing for one in match.criteria if one.criterion is criterion]
    return found


@pytest.mark.parametrize(
    ("criterion", "seeker", "vacancy", "expected"),
    [
        ("kind", {"wanted": "cleaning"}, {}, FITS),
        ("kind", {"wanted": "any"}, {}, FITS),
        ("kind", {"wanted": "factory", "skills": ["cleaning"]}, {}, PARTLY),
        ("kind", {}, {}, UNKNOWN),
        ("kind", {"wanted": "factory"}, {}, AGAINST),
        ("wage", {"wage_from": 200000}, {"wage_from": 200000}, FITS),
        ("wage", {"wage_from": 200001}, {"wage_from": 200000, "wage_to": 200001}, PARTLY),
        ("wage", {"wage_from": 200001}, {"wage_to": 200000}, AGAINST),
        ("wage", {}, {"wage_from": 1}, UNKNOWN),
        ("wage", {"wage_from": 1}, {}, UNKNOWN),
        ("education", {}, {}, FITS),
        ("education", {}, {"education": "none"}, FITS),
        ("education", {}, {"education": "junior"}, UNKNOWN),
        ("education", {"education": "senior"}, {"education": "junior"}, FITS),
        ("education", {"education": "primary"}, {"education": "junior"}, AGAINST),
        ("hours", {"hours": "any"}, {"hours": "night"}, FITS),
        ("hours", {"hours": "half_day"}, {"hours": "flexible"}, FITS),
        ("hours", {"hours": "half_day"}, {"hours": "night"}, AGAINST),
        ("hours", {}, {"hours": "night"}, UNKNOWN),
        ("training", {}, {"training_needed": True}, AGAINST),
        ("training", {"trained_on": "2026-03-01"}, {"training_needed": True}, FITS),
        ("training", {}, {"training_needed": False}, FITS),
    ],
)
def test_each_criterion_says_how_it_bears(
    criterion: str, seeker: dict[str, Any], vacancy: dict[str, Any], expected: JobBearing
) -> None:
    assert bearing(weighed(seeker, vacancy), JobCriterion(criterion)) is expected


@pytest.mark.parametrize(
    ("born", "vacancy", "expected"),
    [
        (date(1960, 3, 16), {}, FITS),
        (date(1960, 3, 16), {"age_to": 50}, NOT_COUNTED),
        (None, {"age_to": 50}, NOT_COUNTED),
        (None, {"age_to": 50, "age_ground": "statute"}, UNKNOWN),
        (date(1976, 3, 16), {"age_to": 50, "age_ground": "public_benefit"}, FITS),
        (date(1975, 3, 16), {"age_to": 50, "age_ground": "public_benefit"}, AGAINST),
        (date(2008, 3, 17), {"age_from": 18, "age_ground": "statute"}, AGAINST),
        (date(2008, 3, 16), {"age_from": 18, "age_ground": "statute"}, FITS),
        (date(2010, 3, 17), {}, AGAINST),
        (date(2010, 3, 16), {}, FITS),
    ],
)
def test_an_age_is_compared_with_bounds_that_name_their_ground_and_never_below_sixteen(
    born: date | None, vacancy: dict[str, Any], expected: JobBearing
) -> None:
    assert bearing(weighed({}, vacancy, born=born), JobCriterion.AGE) is expected
    assert is_adult_enough(born, TODAY) is (born is None or born <= date(2010, 3, 16))


@pytest.mark.parametrize(
    ("place", "reach", "expected", "common"),
    [
        (VILLAGE, None, FITS, 12),
        (SISTER, None, PARTLY, 9),
        (FAR, None, UNKNOWN, 6),
        (SISTER, "village", AGAINST, 9),
        (FAR, "town", AGAINST, 6),
        (FAR, "county", PARTLY, 6),
        ("440100001201", "county", AGAINST, 0),
        ("440100001201", "any", PARTLY, 0),
    ],
)
def test_the_way_to_work_is_measured_by_the_tree(
    place: str, reach: str | None, expected: JobBearing, common: int
) -> None:
    assert bearing(weighed({"reach": reach}, {}, place=place), JobCriterion.DISTANCE) is expected
    assert in_common(VILLAGE, place) == common


def test_a_score_is_the_sum_of_its_criteria_out_of_one_hundred() -> None:
    best = weighed(
        {"wanted": "cleaning", "wage_from": 200000, "education": "junior", "hours": "any"},
        {"wage_from": 220000, "education": "junior", "hours": "shifts"},
    )
    assert (best.score, best.suitable) == (100, True)
    worse = weighed(
        {"wanted": "factory", "wage_from": 300000, "education": "primary", "hours": "night"},
        {"wage_to": 220000, "education": "junior", "hours": "shifts"},
        place=SISTER,
    )
    assert (worse.score, worse.suitable) == (12, False)
    assert sum(one.of for one in best.criteria) == 100
    unsaid = weighed({}, {})
    assert (unsaid.score, unsaid.suitable) == (20 + 20 + 7 + 15 + 5, True)


@pytest.mark.parametrize(
    ("status", "vacancy", "expected"),
    [
        ("open", {"posts": 2, "taken": 1}, True),
        ("open", {"posts": 2, "taken": 2}, False),
        ("open", {"posts": 2, "closes_on": "2026-03-16"}, True),
        ("open", {"posts": 2, "closes_on": "2026-03-15"}, False),
        ("filled", {"posts": 2}, False),
    ],
)
def test_a_vacancy_is_open_until_its_posts_are_taken_or_its_last_day_is_over(
    status: str, vacancy: dict[str, Any], expected: bool
) -> None:
    assert is_open(status, vacancy, today=TODAY) is expected


@pytest.mark.parametrize(
    ("within", "declined", "expected"), [(True, 2, False), (True, 3, True), (False, 3, False), (True, 4, True)]
)
def test_a_promise_is_exhausted_by_suitable_offers_that_were_declined(
    within: bool, declined: int, expected: bool
) -> None:
    promise = Promise(within=within, settled=False, offers=5, suitable=5, declined=declined, promised=3)
    assert promise.is_exhausted is expected
