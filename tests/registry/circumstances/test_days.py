"""Days, details and ends of circumstances without a database: every boundary day, and what a life event ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registry.circumstances.domain.kinds import KINDS, CircumstanceGroup, of_group
from services.registry.circumstances.domain.rules import (
    AHEAD,
    CircumstanceDatesWrong,
    CircumstanceDetailsWrong,
    CircumstanceDoesNotFit,
    CircumstanceRecord,
    UnknownCircumstance,
    check_days,
    check_details,
    check_end,
    check_fit,
    check_verified,
    handed,
    kind_of,
    last_day,
    left_on,
)
from services.registry.persons.domain import PersonRecord
from services.registry.verifications.domain import DEFAULT_FRESHNESS
from tests.registry.builders import BOOKS_OPENED_ON, TODAY, VILLAGE

ENTRY, PERSON, SURVIVOR, MERGE, DEATH = (UUID(int=number) for number in range(1, 6))
BORN = date(1960, 5, 17)
DAY = timedelta(days=1)
BEGAN = date(2026, 2, 1)
PERMIT, MEDICAL, JOB = KINDS["residence_permit"], KINDS["medical_insurance"], KINDS["employment"]


def an_entry(**what: Any) -> CircumstanceRecord:
    """A permit that holds since February and has no end."""
    entry = CircumstanceRecord(
        id=ENTRY,
        version=3,
        person_id=PERSON,
        kind="residence_permit",
        status="valid",
        details={"basis": "study"},
        began_on=BEGAN,
        agreed_until=None,
        ended_on=None,
        ended_by=None,
        started_by=None,
        verified_on=BEGAN,
        source="list",
        steps=[{"step": "record", "verified_on": "2026-02-01", "source": "list"}],
        recorded_at=datetime(2026, 3, 16, tzinfo=UTC),
    )
    return replace(entry, **what)


def a_person(status: str = "active", **what: Any) -> PersonRecord:
    """A woman of sixty-five who lives in VILLAGE."""
    lives = [{"area": VILLAGE, "kind": "registered", "start": BOOKS_OPENED_ON.isoformat(), "end": None}]
    person = PersonRecord(
        id=PERSON,
        version=1,
        status=status,
        sex="2",
        birth_date=BORN,
        ethnic_group=None,
        died_on=None,
        document_type=None,
        name_sealed=b"",
        number_sealed=None,
        phone_sealed=None,
        address_sealed=None,
        masked_sealed=b"",
        residence=lives,
        registration=[],
        residence_area=VILLAGE,
        residence_until=None,
        registration_area=None,
        registration_until=None,
    )
    return replace(person, **what)


def wrong(check: Any, *args: Any, **named: Any) -> list[str]:
    """The fields that a check refuses."""
    try:
        check(*args, **named)
    except (CircumstanceDatesWrong, CircumstanceDetailsWrong) as refused:
        return [one.path for one in refused.errors]
    return []


@pytest.mark.parametrize(
    ("kind", "began_on", "until", "path"),
    [
        ("medical_insurance", BORN, None, None),
        ("medical_insurance", BORN - DAY, None, "began_on"),
        ("medical_insurance", TODAY, None, None),
        ("medical_insurance", TODAY + DAY, None, "began_on"),
        ("residence_permit", TODAY + AHEAD, None, None),
        ("residence_permit", TODAY + AHEAD + DAY, None, "began_on"),
        ("residence_permit", BORN - DAY, None, "began_on"),
        ("medical_insurance", BEGAN, BEGAN, None),
        ("medical_insurance", BEGAN, BEGAN - DAY, "until"),
        ("medical_insurance", BEGAN, TODAY, None),
        ("medical_insurance", BEGAN, TODAY + DAY, "until"),
        ("residence_permit", BEGAN, TODAY + DAY, None),
        ("residence_permit", BEGAN, date(2099, 1, 1), None),
        ("residence_permit", BEGAN, BEGAN - DAY, "until"),
        ("residence_permit", TODAY + AHEAD, TODAY + AHEAD - DAY, "until"),
    ],
)
def test_it_begins_between_birth_and_today_and_only_a_term_lies_ahead(
    kind: str, began_on: date, until: date | None, path: str | None
) -> None:
    refused = wrong(check_days, KINDS[kind], began_on, until, birth_date=BORN, today=TODAY)
    assert refused == ([] if path is None else [path])


def test_a_permit_is_renewed_a_quarter_ahead_and_no_earlier() -> None:
    assert timedelta(days=92) == AHEAD
    with_a_term = {code for code, kind in KINDS.items() if kind.term}
    assert with_a_term == {"residence_permit", "enrolment", "employment", "mobile_party_member"}


@pytest.mark.parametrize(("day", "path"), [(BORN - DAY, 1), (BORN, 0), (TODAY, 0), (TODAY + DAY, 1)])
def test_somebody_looked_between_birth_and_today(day: date, path: int) -> None:
    assert wrong(check_verified, day, birth_date=BORN, today=TODAY) == ["verified_on"] * path


@pytest.mark.parametrize(
    ("ended_on", "agreed_until", "refused"),
    [
        (BEGAN - DAY, None, True),
        (BEGAN, None, False),
        (TODAY, None, False),
        (TODAY + DAY, None, True),
        (TODAY, TODAY + DAY, False),
        (TODAY, TODAY, True),
        (TODAY, TODAY - DAY, True),
    ],
)
def test_an_end_is_neither_before_the_beginning_nor_ahead_nor_after_the_term(
    ended_on: date, agreed_until: date | None, refused: bool
) -> None:
    entry = an_entry(agreed_until=agreed_until)
    assert wrong(check_end, entry, ended_on, today=TODAY) == ["ended_on"] * refused


@pytest.mark.parametrize(
    ("kind", "details", "paths"),
    [
        ("unemployment_insurance", {}, []),
        ("unemployment_insurance", {"basis": "study"}, ["details"]),
        ("residence_permit", {"basis": "study"}, []),
        ("residence_permit", {}, ["details.basis"]),
        ("residence_permit", {"basis": "paying"}, ["details.basis"]),
        ("residence_permit", {"state": "study"}, ["details.basis", "details"]),
        ("pension_insurance", {"scheme": "residents", "state": "paying"}, []),
        ("pension_insurance", {"scheme": "residents"}, ["details.state"]),
        ("pension_insurance", {"scheme": "paying", "state": "residents"}, ["details.scheme", "details.state"]),
        ("pension_insurance", {"scheme": "residents", "state": "paying", "level": "10"}, ["details"]),
    ],
)
def test_every_detail_is_of_the_kind_and_of_its_list_and_all_that_is_wrong_is_told(
    kind: str, details: dict[str, str], paths: list[str]
) -> None:
    assert wrong(check_details, KINDS[kind], details) == paths


def test_a_kind_is_one_of_the_catalogue() -> None:
    assert kind_of("employment") is JOB
    with pytest.raises(UnknownCircumstance) as refused:
        kind_of("Employment")
    assert [one.path for one in refused.value.errors] == ["kind"]


@pytest.mark.parametrize(
    ("kind", "birth", "began_on", "problems"),
    [
        ("employment", date(2010, 3, 1), date(2026, 3, 1), []),
        ("employment", date(2010, 3, 2), date(2026, 3, 1), ["age_below"]),
        ("pension_insurance", date(2010, 3, 2), date(2026, 3, 1), ["age_below"]),
        ("party_membership", date(2008, 3, 1), date(2026, 3, 1), []),
        ("party_membership", date(2008, 3, 2), date(2026, 3, 1), ["age_below"]),
        ("mobile_party_member", date(2008, 3, 2), date(2026, 3, 1), ["age_below"]),
        ("family_planning", date(2008, 3, 2), date(2026, 3, 1), ["age_below"]),
        ("medical_insurance", date(2026, 2, 1), date(2026, 2, 1), []),
        ("residence_permit", BORN, BEGAN, []),
        ("residence_permit", BORN, BOOKS_OPENED_ON - DAY, ["residence"]),
    ],
)
def test_the_age_on_the_first_day_and_the_residence_decide(
    kind: str, birth: date, began_on: date, problems: list[str]
) -> None:
    found: list[tuple[str, str]] = []
    try:
        check_fit(KINDS[kind], a_person(birth_date=birth), began_on, today=TODAY)
    except CircumstanceDoesNotFit as refused:
        found = [(one.path, one.code) for one in refused.errors]
    assert found == [("kind", problem) for problem in problems]


def test_who_lives_elsewhere_by_now_gets_no_permit() -> None:
    gone = [{"area": VILLAGE, "kind": "registered", "start": "2026-01-01", "end": TODAY.isoformat()}]
    with pytest.raises(CircumstanceDoesNotFit):
        check_fit(PERMIT, a_person(residence=gone), BEGAN, today=TODAY)
    check_fit(MEDICAL, a_person(residence=gone), BEGAN, today=TODAY)


@pytest.mark.parametrize(
    ("what", "holding"),
    [
        ({}, [BEGAN, TODAY]),
        ({"agreed_until": TODAY}, [BEGAN, TODAY - DAY]),
        ({"ended_on": TODAY}, [BEGAN, TODAY - DAY]),
        ({"agreed_until": TODAY + DAY, "ended_on": TODAY}, [BEGAN, TODAY - DAY]),
        ({"ended_on": BEGAN}, []),
        ({"status": "withdrawn"}, []),
    ],
)
def test_it_holds_from_the_first_day_until_the_end(what: dict[str, Any], holding: list[date]) -> None:
    days = [BEGAN - DAY, BEGAN, TODAY - DAY, TODAY]
    held = [day for day in days if an_entry(**what).holds(day)]
    assert (held[:1], held[-1:]) == (holding[:1], holding[-1:])


OUT = {"residence_until": date(2026, 3, 5), "registration_until": None}


@pytest.mark.parametrize(
    ("person", "left"),
    [
        (a_person(), None),
        (a_person("missing"), None),
        (a_person("deceased", died_on=date(2026, 3, 8)), date(2026, 3, 8)),
        (a_person("annulled"), BEGAN),
        (a_person("merged"), TODAY),
        (a_person("moved_out"), TODAY),
        (a_person("moved_out", **OUT), date(2026, 3, 5)),
        (a_person("moved_out", **OUT | {"registration_until": date(2026, 3, 9)}), date(2026, 3, 9)),
        (a_person("moved_out", **OUT | {"registration_until": date(2026, 3, 1)}), date(2026, 3, 5)),
    ],
)
def test_the_day_on_which_somebody_was_no_more_in_the_register(person: PersonRecord, left: date | None) -> None:
    assert left_on(person, an_entry(), today=TODAY) == left


DEAD = a_person("deceased", died_on=date(2026, 3, 8))


@pytest.mark.parametrize(
    ("what", "person", "returned", "ends"),
    [
        ({}, a_person(), False, None),
        ({}, DEAD, False, date(2026, 3, 8)),
        ({"ended_on": date(2026, 3, 1)}, DEAD, False, date(2026, 3, 1)),
        ({"ended_on": date(2026, 3, 1)}, DEAD, True, date(2026, 3, 8)),
        ({"ended_on": date(2026, 3, 1)}, a_person(), True, None),
        ({"ended_on": date(2026, 3, 1)}, a_person(), False, date(2026, 3, 1)),
        ({"agreed_until": date(2026, 3, 9)}, DEAD, False, date(2026, 3, 8)),
        ({"agreed_until": date(2026, 3, 8)}, DEAD, False, None),
        ({"agreed_until": date(2026, 3, 7)}, DEAD, False, None),
        ({"began_on": date(2026, 3, 20)}, DEAD, False, date(2026, 3, 20)),
        ({}, a_person("annulled"), False, BEGAN),
    ],
)
def test_it_ends_with_its_person_unless_it_had_ended_before(
    what: dict[str, Any], person: PersonRecord, returned: bool, ends: date | None
) -> None:
    assert last_day(an_entry(**what), person, returned=returned, today=TODAY) == ends


@pytest.mark.parametrize(("began", "goes_on"), [(BEGAN, TODAY), (TODAY, TODAY), (TODAY + DAY, TODAY + DAY)])
def test_what_is_handed_to_the_survivor_is_a_new_entry_from_that_day(began: date, goes_on: date) -> None:
    entry = an_entry(began_on=began, agreed_until=date(2027, 1, 1), status="ended", ended_on=TODAY, ended_by=MERGE)
    heir = handed(entry, id=DEATH, survivor=SURVIVOR, event_id=MERGE, day=TODAY)
    assert (heir.id, heir.version, heir.person_id, heir.status) == (DEATH, 1, SURVIVOR, "valid")
    assert (heir.began_on, heir.agreed_until, heir.ended_on) == (goes_on, date(2027, 1, 1), None)
    assert (heir.ended_by, heir.started_by) == (None, MERGE)
    assert (heir.kind, heir.details, heir.steps, heir.source) == (entry.kind, entry.details, entry.steps, "list")


def test_a_look_at_a_permit_or_a_job_is_good_for_half_a_year_and_at_all_else_for_a_year() -> None:
    days = {str(group): (DEFAULT_FRESHNESS.due_on(group, BEGAN) - BEGAN).days for group in CircumstanceGroup}
    assert days == {str(group): 365 for group in CircumstanceGroup} | {"residence": 180, "employment": 180}


def test_a_group_is_looked_at_together_and_shares_no_kind_with_another() -> None:
    assert of_group(CircumstanceGroup.RESIDENCE) == ("residence_permit",)
    assert of_group(CircumstanceGroup.INSURANCE) == (
        *("pension_insurance", "medical_insurance", "unemployment_insurance"),
        *("injury_insurance", "maternity_insurance"),
    )
    assert of_group(CircumstanceGroup.EDUCATION) == ("education", "enrolment")
    assert of_group(CircumstanceGroup.POLITICAL) == ("political_status", "party_membership", "mobile_party_member")
