"""What each state counts, where and from which day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.contributions.domain import CONTRIBUTIONS, Contribution, contributions_of
from services.indicators.contributions.domain.ages import BANDS, reaches
from services.indicators.contributions.domain.base import contributes
from services.indicators.contributions.domain.ledger_postings import NOUNS as POSTINGS
from services.indicators.contributions.domain.records import NOUNS as RECORDS
from shared.contracts.envelope import State
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book, PostingKind
from shared.contracts.services_hall.cases import CaseStatus
from tests.indicators.county import an_area
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    START,
    VILLAGE,
    a_case,
    a_facility,
    a_household,
    a_person,
    a_posting,
    a_restricted_tag,
    a_restricted_visit,
    a_span,
    a_tag,
    a_visit,
    an_incident,
    an_organisation,
    at,
)


def stock(contributions: Iterable[Contribution], measure: str, on: date, dimension: str = "", area: str = "") -> int:
    """The sum up to a day, as a reader would take it."""
    return sum(
        one.amount
        for one in contributions
        if one.measure == measure and one.dimension == dimension and one.day <= on and one.area.startswith(area)
    )


def test_a_resident_counts_from_the_day_of_arrival() -> None:
    counted = list(contributions_of(a_person()))
    assert stock(counted, "POP-RES", date(2026, 1, 4)) == 0
    assert stock(counted, "POP-RES", START) == 1
    assert stock(counted, "POP-RES", START, "sex:2") == 1
    assert stock(counted, "POP-RES", START, "sex:1") == 0
    assert stock(counted, "POP-REG", START, area=VILLAGE) == 1


def test_a_move_takes_the_resident_from_one_village_to_the_other_on_the_same_day() -> None:
    moved = date(2026, 3, 1)
    spans = (a_span(end=moved), a_span(OTHER_VILLAGE, moved))
    counted = list(contributions_of(a_person(residence=spans)))
    assert [stock(counted, "POP-RES", moved, area=area) for area in (VILLAGE, OTHER_VILLAGE, "450481")] == [0, 1, 1]
    assert stock(counted, "POP-RES", date(2026, 2, 28), area=VILLAGE) == 1


def test_who_is_registered_elsewhere_in_the_country_counts_in_no_book_of_ours() -> None:
    counted = list(contributions_of(a_person(registration=(a_span("450422103"),))))
    assert {one.measure for one in counted} == {"POP-RES"}


def test_a_merged_duplicate_counts_up_to_its_merge_as_in_the_ledger() -> None:
    merged = date(2026, 3, 1)
    counted = list(contributions_of(a_person(status=PersonStatus.MERGED, residence=(a_span(end=merged),))))
    assert [stock(counted, "POP-RES", day) for day in (date(2026, 2, 28), merged)] == [1, 0]


@pytest.mark.parametrize(
    ("month", "age", "day"),
    [("1966-11", 60, date(2026, 12, 1)), ("1966-12", 60, date(2027, 1, 1)), ("2026-02", 0, date(2026, 2, 1))],
)
def test_an_age_is_reached_on_the_first_day_of_the_following_month(month: str, age: int, day: date) -> None:
    assert reaches(month, age) == day


def test_a_birthday_moves_a_resident_to_the_next_band_without_any_event() -> None:
    counted = list(contributions_of(a_person(birth_month="1966-11")))
    before, after = date(2026, 11, 30), date(2026, 12, 1)
    assert [stock(counted, "POP-RES", before, f"age:{band}") for band in ("15-59", "60+")] == [1, 0]
    assert [stock(counted, "POP-RES", after, f"age:{band}") for band in ("15-59", "60+")] == [0, 1]


@given(st.dates(date(1920, 1, 1), date(2025, 12, 31)), st.dates(START, date(2080, 1, 1)))
def test_everybody_is_in_exactly_one_of_the_dividing_bands(born: date, on: date) -> None:
    counted = list(contributions_of(a_person(birth_month=f"{born:%Y-%m}")))
    assert sum(stock(counted, "POP-RES", on, f"age:{band.name}") for band in BANDS[:3]) == 1
    assert stock(counted, "POP-RES", on, "age:80+") <= stock(counted, "POP-RES", on, "age:65+")


def test_a_tag_counts_where_the_person_lives_while_it_holds() -> None:
    tag = a_tag(
        ended_on=date(2026, 6, 1), residence=(a_span(end=date(2026, 2, 1)), a_span(OTHER_GRID, date(2026, 2, 1)))
    )
    counted = list(contributions_of(tag))
    assert stock(counted, "TAG-CARE", date(2026, 1, 31), "tag:elder_alone", GRID) == 1
    assert stock(counted, "TAG-CARE", date(2026, 2, 1), "tag:elder_alone", OTHER_GRID) == 1
    assert stock(counted, "TAG-CARE", date(2026, 6, 1)) == 0


def test_a_household_counts_from_founding_to_dissolution() -> None:
    counted = list(contributions_of(a_household(dissolved_on=date(2026, 4, 1))))
    assert [stock(counted, "HOUSEHOLDS", day) for day in (START, date(2026, 3, 31), date(2026, 4, 1))] == [1, 1, 0]


def test_a_household_counts_where_it_was_on_each_day() -> None:
    """A change of areas rewrites nothing: yesterday it counted in the old village."""
    changed = date(2026, 3, 1)
    counted = list(contributions_of(a_household(former=[{"area": OTHER_GRID, "until": changed}])))
    days = (START, date(2026, 2, 28), changed)
    assert [stock(counted, "HOUSEHOLDS", day, "", OTHER_GRID) for day in days] == [1, 1, 0]
    assert [stock(counted, "HOUSEHOLDS", day, "", GRID) for day in days] == [0, 0, 1]
    founded_later = list(contributions_of(a_household(former=[{"area": OTHER_GRID, "until": START}])))
    assert [stock(founded_later, "HOUSEHOLDS", START, "", where) for where in (OTHER_GRID, GRID)] == [0, 1]


@pytest.mark.parametrize(
    ("kind", "amount", "measure"),
    [
        (PostingKind.IN, 1, "MOVES-IN"),
        (PostingKind.OUT, -1, "MOVES-OUT"),
        (PostingKind.BIRTH, 1, "BIRTHS"),
        (PostingKind.DEATH, -1, "DEATHS"),
    ],
)
def test_a_flow_counts_up_and_its_reversal_takes_it_back(kind: PostingKind, amount: int, measure: str) -> None:
    entered = list(contributions_of(a_posting(kind=kind, amount=amount)))
    reversed_ = list(contributions_of(a_posting(kind=kind, amount=-amount)))
    assert stock(entered, measure, START) == 1
    assert stock(entered, "LEDGER-RES", START) == amount
    assert stock([*entered, *reversed_], measure, START) == 0


@pytest.mark.parametrize(
    "kind", [PostingKind.OPENING, PostingKind.BOUNDARY_IN, PostingKind.MERGED, PostingKind.CORRECTION]
)
def test_what_is_no_migration_moves_the_ledger_only(kind: PostingKind) -> None:
    assert {one.measure for one in contributions_of(a_posting(kind=kind))} == {"LEDGER-RES"}


def test_a_case_closed_in_time_is_counted_among_the_due() -> None:
    case = a_case(status=CaseStatus.CLOSED, closed_at=at(date(2026, 1, 8)))
    counted = Counter((one.measure, one.day) for one in contributions_of(case) if not one.dimension)
    due, closed = date(2026, 1, 12), date(2026, 1, 8)
    assert counted == {
        ("CASE-ACCEPTED", START): 1,
        ("CASE-CLOSED", closed): 1,
        ("CASE-CLOSED-IN-TIME", closed): 1,
        ("CASE-DUE", due): 1,
        ("CASE-CLOSED-OF-DUE", due): 1,
        ("CASE-IN-TIME-OF-DUE", due): 1,
    }


def test_a_case_closed_on_the_evening_of_its_last_day_is_in_time_and_on_the_next_morning_is_not() -> None:
    def in_time(closed: date, hour: int) -> int:
        case = a_case(status=CaseStatus.CLOSED, closed_at=at(closed, hour))
        return stock(contributions_of(case), "CASE-IN-TIME-OF-DUE", date(2026, 12, 31))

    assert in_time(date(2026, 1, 12), 23) == 1
    assert in_time(date(2026, 1, 13), 0) == 0


def test_a_withdrawn_case_is_not_due() -> None:
    measures = {one.measure for one in contributions_of(a_case(status=CaseStatus.WITHDRAWN))}
    assert measures == {"CASE-ACCEPTED"}
    archived = a_case(status=CaseStatus.ARCHIVED, withdrawn_at=at(START))
    assert {one.measure for one in contributions_of(archived)} == {"CASE-ACCEPTED"}


def test_a_case_that_was_archived_counts_as_it_did_and_one_that_stands_still_is_not_due() -> None:
    closed = a_case(status=CaseStatus.CLOSED, closed_at=at(START))
    archived = closed.model_copy(update={"status": CaseStatus.ARCHIVED, "archived_at": at(START)})
    assert list(contributions_of(archived)) == list(contributions_of(closed)) != []
    still = a_case(status=CaseStatus.SPECIAL, due_on=None, paused_at=at(START))
    assert {one.measure for one in contributions_of(still)} == {"CASE-ACCEPTED"}


def test_an_incident_is_due_by_its_deadline_and_in_time_to_the_minute() -> None:
    late = an_incident(status=IncidentStatus.CLOSED, closed_at=at(date(2026, 1, 7), 13))
    counted = list(contributions_of(late))
    end = date(2026, 12, 31)
    assert [
        stock(counted, measure, end) for measure in ("INC-DUE", "INC-CLOSED-OF-DUE", "INC-IN-TIME-OF-DUE", "INC-OPEN")
    ] == [
        1,
        1,
        0,
        0,
    ]


def test_a_deferred_incident_is_not_among_the_due() -> None:
    counted = list(contributions_of(an_incident(deferred=True)))
    assert stock(counted, "INC-DUE", date(2026, 12, 31)) == 0
    assert stock(counted, "INC-OPEN", date(2026, 12, 31)) == 1


def test_a_visit_done_counts_among_the_due_and_a_cancelled_one_does_not() -> None:
    done = list(contributions_of(a_visit(status=VisitStatus.DONE, done_on=date(2026, 1, 8), finding="normal")))
    end = date(2026, 12, 31)
    assert [stock(done, measure, end) for measure in ("VISIT-DUE", "VISIT-DONE", "VISIT-DONE-OF-DUE")] == [1, 1, 1]
    assert list(contributions_of(a_visit(status=VisitStatus.CANCELLED))) == []


def test_a_visit_that_a_restricted_tag_asks_for_counts_in_measures_of_its_own() -> None:
    done = a_restricted_visit(status=VisitStatus.DONE, done_on=date(2026, 1, 8), finding="normal")
    measures = {one.measure for one in contributions_of(done)}
    assert measures == {f"VISIT-RESTRICTED-{what}" for what in ("DUE", "DONE", "DONE-OF-DUE", "IN-TIME-OF-DUE")}
    assert list(contributions_of(a_restricted_visit(status=VisitStatus.CANCELLED))) == []


def test_an_organisation_and_a_facility_count_in_each_time_where_they_were() -> None:
    ended, again, moved = date(2026, 2, 1), date(2026, 4, 1), date(2026, 5, 1)
    days = (START, date(2026, 1, 31), ended, date(2026, 3, 31), again, date(2026, 4, 30), moved)
    earlier, former = [{"since": START, "until": ended}], [{"area": OTHER_GRID, "until": moved}]
    organisation = an_organisation(began_on=again, earlier=earlier, former=former)
    facility = a_facility(opened_on=again, earlier=earlier, former=former)
    for measure, state, dimensions in (
        ("ORGANISATIONS", organisation, ("", "kind:collective")),
        ("FACILITIES", facility, ("", "kind:outlet", "serves:shopping", "serves:minor_illness")),
    ):
        counted = list(contributions_of(state))
        assert {one.dimension for one in counted} == set(dimensions)
        for dimension in dimensions:
            assert [stock(counted, measure, day, dimension, OTHER_GRID) for day in days] == [1, 1, 0, 0, 1, 1, 0]
            assert [stock(counted, measure, day, dimension, GRID) for day in days] == [0, 0, 0, 0, 0, 0, 1]


def test_what_ended_counts_until_its_day_and_what_was_withdrawn_never() -> None:
    day = date(2026, 2, 1)
    for measure, ended, withdrawn in (
        ("ORGANISATIONS", an_organisation(status="ended", ended_on=day), an_organisation(status="withdrawn")),
        ("FACILITIES", a_facility(status="closed", closed_on=day), a_facility(status="withdrawn")),
    ):
        counted = list(contributions_of(ended))
        assert [stock(counted, measure, on, "", GRID) for on in (START, date(2026, 1, 31), day)] == [1, 1, 0]
        assert list(contributions_of(withdrawn)) == []


def test_every_followed_noun_that_counts_has_its_function() -> None:
    assert set(CONTRIBUTIONS) == {
        "registry.person",
        "registry.posting",
        "registry.household",
        "registry.organisation",
        "registry.facility",
        "registry.tag",
        "registry.restricted_tag",
        "services_hall.case",
        "grid.incident",
        "grid.visit",
        "grid.restricted_visit",
        *RECORDS,
        *POSTINGS,
    }


DUE = date(2026, 1, 7)


def whole(state: State) -> Counter[tuple[str, str, date]]:
    """All that a state counts, by measure, dimension and day."""
    amounts: Counter[tuple[str, str, date]] = Counter()
    for one in contributions_of(state):
        amounts[(one.measure, one.dimension, one.day)] += one.amount
    return amounts


def test_an_incident_that_was_only_reported_is_neither_open_nor_due() -> None:
    assert whole(an_incident(filed_at=None, due_at=None)) == {("INC-REPORTED", "", START): 1}
    rejected = an_incident(filed_at=None, due_at=None, closed_at=at(DUE), status=IncidentStatus.CLOSED)
    assert whole(rejected) == {("INC-REPORTED", "", START): 1, ("INC-CLOSED", "", DUE): 1}


def test_what_the_public_reports_is_in_no_figure_before_it_is_filed() -> None:
    for status in (IncidentStatus.REPORTED, IncidentStatus.REJECTED):
        assert whole(an_incident(source="resident", filed_at=None, due_at=None, status=status)) == {}
    filed = whole(an_incident(source="resident"))
    assert filed == whole(an_incident())
    assert filed["INC-REPORTED", "", START] == 1, "by the day of the report, once it counts"


def test_a_merged_incident_was_reported_and_counts_for_nothing_else() -> None:
    merged = an_incident(status=IncidentStatus.MERGED, merged_into=an_incident(2).id)
    assert whole(merged) == {("INC-REPORTED", "", START): 1}
    assert whole(an_incident(status=IncidentStatus.MERGED, source="resident", filed_at=None, due_at=None)) == {}


def test_a_suspended_incident_is_open_and_not_among_the_due() -> None:
    running, standing = whole(an_incident()), whole(an_incident(status=IncidentStatus.SUSPENDED))
    assert {key for key in running if key not in standing} == {("INC-DUE", "", DUE)}
    assert standing.items() <= running.items()


@pytest.mark.parametrize("status", [IncidentStatus.VERIFIED, IncidentStatus.HANDLING])
def test_the_statuses_between_count_as_those_beside_them(status: IncidentStatus) -> None:
    before = status is IncidentStatus.VERIFIED
    times: dict[str, Any] = {"filed_at": None, "due_at": None} if before else {}
    beside = IncidentStatus.REPORTED if before else IncidentStatus.ACCEPTED
    assert whole(an_incident(status=status, **times)) == whole(an_incident(status=beside, **times))


def test_an_incident_handled_on_the_spot_was_closed_in_time() -> None:
    counted = whole(an_incident(status=IncidentStatus.CLOSED, on_spot=True, closed_at=at(START)))
    assert {name for name, _, _ in counted} >= {"INC-CLOSED-OF-DUE", "INC-IN-TIME-OF-DUE", "INC-CLOSED-IN-TIME"}


def test_an_incident_closed_at_its_very_deadline_is_in_time() -> None:
    closed = date(2026, 1, 6)
    assert whole(an_incident(closed_at=at(closed), due_at=at(closed))) == {
        ("INC-REPORTED", "", START): 1,
        ("INC-FILED", "", START): 1,
        ("INC-FILED", "category:environment", START): 1,
        ("INC-OPEN", "", START): 1,
        ("INC-OPEN", "", closed): -1,
        ("INC-CLOSED", "", closed): 1,
        ("INC-CLOSED-IN-TIME", "", closed): 1,
        ("INC-DUE", "", closed): 1,
        ("INC-CLOSED-OF-DUE", "", closed): 1,
        ("INC-IN-TIME-OF-DUE", "", closed): 1,
    }


@pytest.mark.parametrize(("done", "in_time"), [(date(2026, 1, 9), 1), (date(2026, 1, 10), 0)])
def test_a_visit_paid_on_its_last_day_is_in_time_and_on_the_next_is_not(done: date, in_time: int) -> None:
    due = date(2026, 1, 9)
    paid = whole(a_visit(status=VisitStatus.DONE, done_on=done))
    assert paid[("VISIT-IN-TIME-OF-DUE", "", due)] == in_time
    assert (paid[("VISIT-DONE-OF-DUE", "", due)], paid[("VISIT-DONE", "", done)]) == (1, 1)


def test_a_case_is_counted_by_category_and_a_submitted_one_not_at_all() -> None:
    assert whole(a_case(status=CaseStatus.SUBMITTED, accepted_at=None, due_on=None)) == {}
    assert whole(a_case(category="housing"))[("CASE-ACCEPTED", "category:housing", START)] == 1


@pytest.mark.parametrize(("book", "measure"), [(Book.RESIDENCE, "LEDGER-RES"), (Book.REGISTRATION, "LEDGER-REG")])
def test_each_book_of_the_ledger_is_a_stock_and_flows_are_those_of_residence(book: Book, measure: str) -> None:
    counted = whole(a_posting(book=book, kind=PostingKind.BIRTH))
    births = {("BIRTHS", "", START): 1} if book is Book.RESIDENCE else {}
    assert counted == {(measure, "", START): 1, **births}


def test_a_household_is_counted_by_kind_as_well() -> None:
    ended = date(2026, 4, 1)
    assert whole(a_household(kind="legal", dissolved_on=ended)) == {
        ("HOUSEHOLDS", dimension, day): amount
        for dimension in ("", "kind:legal")
        for day, amount in ((START, 1), (ended, -1))
    }


@pytest.mark.parametrize(
    ("tag", "measure"), [(a_tag(), "TAG-CARE"), (a_restricted_tag(code="elder_alone"), "TAG-RESTRICTED")]
)
def test_the_two_families_of_tags_are_two_measures(tag: State, measure: str) -> None:
    assert whole(tag) == {(measure, dimension, START): 1 for dimension in ("", "tag:elder_alone")}


def test_a_tag_counts_while_the_person_lives_there_and_it_holds_and_not_before_or_after_either() -> None:
    lived = (a_span(start=date(2026, 1, 10), end=date(2026, 2, 10)), a_span(OTHER_GRID, date(2026, 3, 1)))
    tag = a_tag(started_on=date(2026, 2, 1), ended_on=date(2026, 3, 15), residence=lived)
    days = [day for measure, dimension, day in sorted(whole(tag), key=lambda key: key[2]) if not dimension]
    assert days == [date(2026, 2, 1), date(2026, 2, 10), date(2026, 3, 1), date(2026, 3, 15)]
    outside = a_tag(started_on=date(2026, 2, 10), ended_on=date(2026, 3, 1), residence=lived)
    assert whole(outside) == {}


def test_a_noun_without_a_function_and_no_state_at_all_count_nothing() -> None:
    assert list(contributions_of(None)) == []
    assert list(contributions_of(an_area(VILLAGE))) == []


def test_a_noun_has_one_function() -> None:
    with pytest.raises(AssertionError, match=r"grid\.visit"):
        contributes("grid.visit")(lambda state: iter(()))
