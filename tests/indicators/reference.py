"""The slow way to a figure: every state is looked at for every question. Written from the meanings (口径), not from the
service's rules, so that two counts can be held against each other."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from shared.clock import business_day
from shared.contracts.envelope import Span, State


class Event(NamedTuple):
    """Something that a flow counts."""

    area: str
    day: date
    amount: int = 1


Flow = Callable[[Any], Iterable[Event]]
Stock = Callable[[Any, str, date], int]


def of_noun(noun: str, states: Iterable[State]) -> list[Any]:
    return [state for state in states if state.noun == noun]


def living(spans: Iterable[Span], area: str, on: date) -> list[Span]:
    """The spans that hold on a day somewhere in the area."""
    return [
        span
        for span in spans
        if span.area.startswith(area) and span.start <= on and (span.end is None or on < span.end)
    ]


def age(birth_month: str, on: date) -> int:
    """Years completed; a birthday counts from the first day of the month that follows."""
    months = (on.year - int(birth_month[:4])) * 12 + on.month - int(birth_month[5:])
    return max(months - 1, 0) // 12


def residents(wanted: Callable[[Any, Span, date], bool]) -> Stock:
    def count(person: Any, area: str, on: date) -> int:
        return sum(wanted(person, span, on) for span in living(person.residence, area, on))

    return count


def aged(low: int, high: int = 999) -> Stock:
    return residents(lambda person, span, on: low <= age(person.birth_month, on) < high)


def registered(person: Any, area: str, on: date) -> int:
    return len(living(person.registration, area, on))


def household(one: Any, area: str, on: date) -> int:
    begun = one.area.startswith(area) and one.established_on <= on
    return int(begun and (one.dissolved_on is None or on < one.dissolved_on))


def tagged(code: str = "") -> Stock:
    def count(tag: Any, area: str, on: date) -> int:
        held = tag.started_on <= on and (tag.ended_on is None or on < tag.ended_on)
        return len(living(tag.residence, area, on)) if held and code in ("", tag.code) else 0

    return count


def booked(book: str) -> Stock:
    def count(posting: Any, area: str, on: date) -> int:
        counts = posting.book == book and posting.area.startswith(area) and posting.occurred_on <= on
        return posting.amount if counts else 0

    return count


def open_incident(incident: Any, area: str, on: date) -> int:
    if incident.filed_at is None or not incident.area.startswith(area) or business_day(incident.filed_at) > on:
        return 0
    return int(incident.closed_at is None or business_day(incident.closed_at) > on)


def seated(one: Any, begun: date, ended: date | None, area: str, on: date) -> int:
    """Whether something is there on a day in the area: in one of its times, where its seat was on that day."""
    if one.status == "withdrawn":
        return 0
    there = begun <= on and (ended is None or on < ended)
    there = there or any(stay.since <= on < stay.until for stay in one.earlier)
    seat = next((place.area for place in one.former if on < place.until), one.area)
    return int(there and seat.startswith(area))


def organised(kind: str = "") -> Stock:
    return lambda one, area, on: seated(one, one.began_on, one.ended_on, area, on) if kind in ("", one.kind) else 0


def opened(need: str = "") -> Stock:
    def count(one: Any, area: str, on: date) -> int:
        return seated(one, one.opened_on, one.closed_on, area, on) if not need or need in one.serves else 0

    return count


STOCKS: Mapping[str, tuple[str, Stock]] = {
    "POP-RES": ("registry.person", residents(lambda person, span, on: True)),
    "POP-REG": ("registry.person", registered),
    "POP-RES-MALE": ("registry.person", residents(lambda person, span, on: person.sex == "1")),
    "POP-RES-FEMALE": ("registry.person", residents(lambda person, span, on: person.sex == "2")),
    "POP-FLOATING": ("registry.person", residents(lambda person, span, on: span.kind == "floating")),
    "POP-AGE-0-14": ("registry.person", aged(0, 15)),
    "POP-AGE-15-59": ("registry.person", aged(15, 60)),
    "POP-AGE-60": ("registry.person", aged(60)),
    "POP-AGE-80": ("registry.person", aged(80)),
    "HOUSEHOLDS": ("registry.household", household),
    "LEDGER-RES": ("registry.posting", booked("residence")),
    "LEDGER-REG": ("registry.posting", booked("registration")),
    "TAG-CARE": ("registry.tag", tagged()),
    "TAG-ELDER-ALONE": ("registry.tag", tagged("elder_alone")),
    "TAG-LEFT-BEHIND-ELDER": ("registry.tag", tagged("left_behind_elder")),
    "TAG-LEFT-BEHIND-CHILD": ("registry.tag", tagged("left_behind_child")),
    "TAG-RESTRICTED": ("registry.restricted_tag", tagged()),
    "INC-OPEN": ("grid.incident", open_incident),
    "ORGANISATIONS": ("registry.organisation", organised()),
    "ORG-UNITS": ("registry.organisation", organised("resident_unit")),
    "ORG-SOCIAL": ("registry.organisation", organised("social_organisation")),
    "ORG-COLLECTIVES": ("registry.organisation", organised("collective")),
    "ORG-VOLUNTEERS": ("registry.organisation", organised("volunteer_team")),
    "FACILITIES": ("registry.facility", opened()),
    "FAC-SHOPPING": ("registry.facility", opened("shopping")),
    "FAC-FARM-SUPPLIES": ("registry.facility", opened("farm_supplies")),
    "FAC-FARM-ADVICE": ("registry.facility", opened("farm_advice")),
    "FAC-MINOR-ILLNESS": ("registry.facility", opened("minor_illness")),
    "FAC-RECREATION": ("registry.facility", opened("recreation")),
    "FAC-TRAINING-READING": ("registry.facility", opened("training_reading")),
}


def moved(kind: str, sign: int, mark: str | None = None) -> Flow:
    """Lines of the book of residents of one kind; only those with the mark, if one is named."""

    def events(posting: Any) -> Iterable[Event]:
        if posting.book == "residence" and posting.kind == kind and (mark is None or mark in posting.marks):
            yield Event(posting.area, posting.occurred_on, posting.amount * sign)

    return events


def day_of(moment: date | datetime) -> date:
    return business_day(moment) if isinstance(moment, datetime) else moment


def happened(milestone: str, wanted: Callable[[Any], bool] = lambda state: True) -> Flow:
    """A milestone on its business day."""

    def events(state: Any) -> Iterable[Event]:
        moment = getattr(state, milestone)
        if moment is not None and wanted(state):
            yield Event(state.area, day_of(moment))

    return events


def case_withdrawn(case: Any) -> bool:
    """Taken back, whether its file was archived since or not; a state of before the field says it by its status."""
    return case.status == "withdrawn" or case.withdrawn_at is not None


def case_in_time(case: Any) -> bool:
    """Closed by the end of the last day."""
    closed = case.closed_at is not None and case.due_on is not None and not case_withdrawn(case)
    return closed and business_day(case.closed_at) <= case.due_on


def incident_in_time(incident: Any) -> bool:
    """Closed by the minute of the deadline."""
    closed = incident.closed_at is not None and incident.due_at is not None and not incident.deferred
    return bool(closed and incident.closed_at <= incident.due_at)


def case_due(wanted: Callable[[Any], bool] = lambda case: True) -> Flow:
    return happened("due_on", lambda case: not case_withdrawn(case) and wanted(case))


def incident_due(wanted: Callable[[Any], bool] = lambda incident: True) -> Flow:
    return happened("due_at", lambda incident: not incident.deferred and wanted(incident))


def visit(milestone: str, wanted: Callable[[Any], bool] = lambda visit: True) -> Flow:
    return happened(milestone, lambda visit: visit.status != "cancelled" and wanted(visit))


FLOWS: Mapping[str, tuple[str, Flow]] = {
    "BIRTHS": ("registry.posting", moved("birth", 1)),
    "DEATHS": ("registry.posting", moved("death", -1)),
    "DEATHS-INFANT": ("registry.posting", moved("death", -1, "infant")),
    "DEATHS-MATERNAL": ("registry.posting", moved("death", -1, "maternal")),
    "MOVES-IN": ("registry.posting", moved("in", 1)),
    "MOVES-OUT": ("registry.posting", moved("out", -1)),
    "CASE-ACCEPTED": ("services_hall.case", happened("accepted_at")),
    "CASE-CLOSED": ("services_hall.case", happened("closed_at")),
    "CASE-CLOSED-IN-TIME": ("services_hall.case", happened("closed_at", case_in_time)),
    "INC-REPORTED": ("grid.incident", happened("reported_at", lambda one: one.source != "resident" or one.filed_at)),
    "INC-CLOSED": ("grid.incident", happened("closed_at")),
    "INC-CLOSED-IN-TIME": ("grid.incident", happened("closed_at", incident_in_time)),
    "VISIT-DUE": ("grid.visit", visit("due_on")),
    "VISIT-DONE": ("grid.visit", visit("done_on")),
    "VISIT-RESTRICTED-DUE": ("grid.restricted_visit", visit("due_on")),
    "VISIT-RESTRICTED-DONE": ("grid.restricted_visit", visit("done_on")),
}

RATIOS: Mapping[str, tuple[str, Flow, Flow]] = {
    "BIRTHS-IN-FACILITY-RATE": ("registry.posting", moved("birth", 1, "delivered_in_facility"), moved("birth", 1)),
    "BIRTHS-ATTENDED-RATE": ("registry.posting", moved("birth", 1, "attended"), moved("birth", 1)),
    "CASE-IN-TIME-RATE": ("services_hall.case", case_due(case_in_time), case_due()),
    "INC-CLOSING-RATE": ("grid.incident", incident_due(lambda one: one.closed_at is not None), incident_due()),
    "INC-IN-TIME-RATE": ("grid.incident", incident_due(incident_in_time), incident_due()),
    "VISIT-RATE": ("grid.visit", visit("due_on", lambda one: one.done_on is not None), visit("due_on")),
    "VISIT-RESTRICTED-RATE": (
        "grid.restricted_visit",
        visit("due_on", lambda one: one.done_on is not None),
        visit("due_on"),
    ),
}


def expected(states: Iterable[State], area: str, since: date, until: date) -> dict[str, tuple[int | None, ...]]:
    """(value, numerator, denominator) by code, of the newest version of every aggregate."""
    newest: dict[tuple[str, str], State] = {}
    for state in states:
        known = newest.get((state.noun, state.subject))
        if known is None or known.version < state.version:
            newest[(state.noun, state.subject)] = state

    def total(noun: str, flow: Flow) -> int:
        found = (event for state in of_noun(noun, newest.values()) for event in flow(state))
        return sum(one.amount for one in found if one.area.startswith(area) and since <= one.day <= until)

    result: dict[str, tuple[int | None, ...]] = {}
    for code, (noun, stock) in STOCKS.items():
        result[code] = (sum(stock(state, area, until) for state in of_noun(noun, newest.values())), None, None)
    for code, (noun, flow) in FLOWS.items():
        result[code] = (total(noun, flow), None, None)
    for code, (noun, part, whole) in RATIOS.items():
        result[code] = (None, total(noun, part), total(noun, whole))
    return result
