"""Columns of a person that follow from the event history (人口事项)."""

from datetime import date, datetime
from typing import Any

from services.registry.life_events.domain import EventHistory
from services.registry.persons.domain import PersonRecord, spans_of
from shared.contracts.registry.postings import Book


def columns_of(history: EventHistory, before: PersonRecord, *, now: datetime) -> dict[str, Any]:
    """The columns by name. Without any event the person keeps the areas, ended: or nobody would find them again."""
    residence, registration = history.place(Book.RESIDENCE), history.place(Book.REGISTRATION)
    columns: dict[str, Any] = {
        "status": str(history.status),
        "died_on": history.died_on,
        "merged_into": history.merged_into,
        "residence": [span.model_dump(mode="json") for span in history.spans[Book.RESIDENCE]],
        "registration": [span.model_dump(mode="json") for span in history.spans[Book.REGISTRATION]],
        "residence_area": residence.area if residence else None,
        "residence_until": residence.end if residence else None,
        "registration_area": registration.area if registration else None,
        "registration_until": registration.end if registration else None,
        "changed_at": now,
    }
    if not history.begun:
        columns |= {
            "residence_area": before.residence_area,
            "residence_until": before.residence_until or _last_start(before.residence),
            "registration_area": before.registration_area,
            "registration_until": before.registration_until or _last_start(before.registration),
        }
    return columns


def _last_start(spans: list[dict[str, Any]]) -> date | None:
    return spans_of(spans)[-1].start if spans else None
