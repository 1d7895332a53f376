"""States of other services with valid defaults: `a_person(sex="2")` says only what matters."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.clock import SHANGHAI
from shared.contracts.envelope import Span
from shared.contracts.grid.incidents import IncidentState, IncidentStatus
from shared.contracts.grid.visits import RestrictedVisitState, VisitState, VisitStatus
from shared.contracts.registry.consents import ConsentCountState
from shared.contracts.registry.facilities import FacilityState
from shared.contracts.registry.households import HouseholdState
from shared.contracts.registry.organisations import OrganisationState
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.contracts.registry.postings import Book, PostingKind, PostingState
from shared.contracts.registry.tags import RestrictedTagState, TagState
from shared.contracts.services_hall.cases import CaseState, CaseStatus

VILLAGE = "450481114201"
OTHER_VILLAGE = "450481105201"
GRID = VILLAGE + "001"
OTHER_GRID = VILLAGE + "002"
START = date(2026, 1, 5)


def uid(number: int) -> UUID:
    """A readable id."""
    return UUID(int=(7 << 76) | (1 << 63) | number)


def at(day: date, hour: int = 9) -> datetime:
    """A moment of a business day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def a_span(area: str = GRID, start: date = START, end: date | None = None, kind: str = "registered") -> Span:
    return Span(area=area, kind=kind, start=start, end=end)


def a_person(number: int = 1, **what_matters: Any) -> PersonState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "status": PersonStatus.ACTIVE,
        "sex": "2",
        "birth_month": "1990-07",
        "residence": (a_span(),),
        "registration": (a_span(VILLAGE, kind="household"),),
    }
    return PersonState(**(valid | what_matters))


def a_tag(number: int = 1, **what_matters: Any) -> TagState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "person_id": uid(number),
        "code": "elder_alone",
        "started_on": START,
        "residence": (a_span(),),
        "sex": "2",
        "birth_month": "1945-07",
    }
    return TagState(**(valid | what_matters))


def a_restricted_tag(number: int = 1, **what_matters: Any) -> RestrictedTagState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "person_id": uid(number),
        "code": "community_correction",
        "started_on": START,
        "residence": (a_span(),),
        "sex": "1",
        "birth_month": "1985-07",
    }
    return RestrictedTagState(**(valid | what_matters))


def a_consent_count(number: int = 1, **what_matters: Any) -> ConsentCountState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "purpose": "messages",
        "status": "valid",
        "given_on": date(2026, 2, 1),
        "residence": (a_span(VILLAGE, kind="residence"),),
    }
    return ConsentCountState.model_validate(valid | what_matters)


def a_household(number: int = 1, **what_matters: Any) -> HouseholdState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "kind": "living",
        "area": GRID,
        "status": "active",
        "established_on": START,
    }
    return HouseholdState(**(valid | what_matters))


def an_organisation(number: int = 1, **what_matters: Any) -> OrganisationState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "area": GRID,
        "kind": "collective",
        "registration": "registered",
        "status": "active",
        "began_on": START,
    }
    return OrganisationState(**(valid | what_matters))


def a_facility(number: int = 1, **what_matters: Any) -> FacilityState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "area": GRID,
        "kind": "outlet",
        "serves": ("shopping", "minor_illness"),
        "status": "open",
        "opened_on": START,
    }
    return FacilityState(**(valid | what_matters))


def a_posting(number: int = 1, **what_matters: Any) -> PostingState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "person_id": uid(number),
        "book": Book.RESIDENCE,
        "kind": PostingKind.IN,
        "area": VILLAGE,
        "amount": 1,
        "occurred_on": START,
        "posted_on": START,
    }
    return PostingState(**(valid | what_matters))


def a_case(number: int = 1, **what_matters: Any) -> CaseState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "item_id": uid(99),
        "item_version": 1,
        "category": "social_assistance",
        "area": VILLAGE,
        "person_id": uid(number),
        "status": CaseStatus.ACCEPTED,
        "submitted_at": at(START),
        "received_at": at(START),
        "accepted_at": at(START),
        "due_on": date(2026, 1, 12),
    }
    return CaseState(**(valid | what_matters))


def an_incident(number: int = 1, **what_matters: Any) -> IncidentState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "area": GRID,
        "source": "patrol",
        "category": "environment",
        "severity": "normal",
        "status": IncidentStatus.FILED,
        "reported_at": at(START),
        "filed_at": at(START),
        "due_at": at(date(2026, 1, 7), 12),
    }
    return IncidentState(**(valid | what_matters))


def a_visit(number: int = 1, **what_matters: Any) -> VisitState:
    valid: dict[str, Any] = {
        "id": uid(number),
        "version": 1,
        "person_id": uid(number),
        "area": GRID,
        "due_on": date(2026, 1, 9),
        "status": VisitStatus.DUE,
    }
    return VisitState(**(valid | what_matters))


def a_restricted_visit(number: int = 1, **what_matters: Any) -> RestrictedVisitState:
    """A visit that a restricted tag asks for."""
    return RestrictedVisitState(**a_visit(number, **what_matters).model_dump())
