"""Columns of a person that follow from the event history (人口事项)."""

from datetime import date, datetime
from typing import Any, NamedTuple

from services.registry.life_events.domain import EventHistory, is_counted
from services.registry.persons.domain import PersonRecord, spans_of
from shared.contracts.envelope import Span
from shared.contracts.registry.postings import Book


def columns_of(history: EventHistory, before: PersonRecord, *, now: datetime) -> dict[str, Any]:
    """The columns by name. Somebody of whom no event tells a place of ours keeps the areas of before, ended.

    That is so without any event, and if what is left is a registered place elsewhere: or nobody would find them again.
    """
    residence = _placed(history.place(Book.RESIDENCE))
    registration = _placed(history.place(Book.REGISTRATION))
    if not any(place.here for place in (residence, registration)):
        residence = _kept(residence, before.residence_area, before.residence_until, before.residence)
        registration = _kept(registration, before.registration_area, before.registration_until, before.registration)
    return {
        "status": str(history.status),
        "died_on": history.died_on,
        "merged_into": history.merged_into,
        "residence": [span.model_dump(mode="json") for span in history.spans[Book.RESIDENCE]],
        "registration": [span.model_dump(mode="json") for span in history.spans[Book.REGISTRATION]],
        "residence_area": residence.area,
        "residence_until": residence.until,
        "registration_area": registration.area,
        "registration_until": registration.until,
        "changed_at": now,
    }


class _Placed(NamedTuple):
    """Where a person is found by a book, and until which day they stand there."""

    area: str | None = None
    until: date | None = None

    @property
    def here(self) -> bool:
        """Whether it is a place of the county."""
        return self.area is not None and is_counted(self.area)


def _placed(span: Span | None) -> _Placed:
    return _Placed(span.area, span.end) if span else _Placed()


def _kept(place: _Placed, area: str | None, until: date | None, spans: list[dict[str, Any]]) -> _Placed:
    before = _Placed(area, until or _last_start(spans))
    return before if before.here or place.area is None else place


def _last_start(spans: list[dict[str, Any]]) -> date | None:
    return spans_of(spans)[-1].start if spans else None
