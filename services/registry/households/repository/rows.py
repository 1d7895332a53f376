"""Rows of households, of their members and of their changes, column by column, and what is read of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.registry.households.domain import Change, HouseholdChangeKind, HouseholdRecord, Member, Succession


def places(household: HouseholdRecord) -> list[Mapping[str, str]]:
    return [{"area": one.area, "until": one.until.isoformat()} for one in household.former]


def member_row(household: HouseholdRecord, number: int, member: Member) -> dict[str, UUID | int | str | date | None]:
    return {
        "household_id": household.id,
        "number": number,
        "person_id": member.person_id,
        "kind": household.kind,
        "relation": member.relation,
        "since": member.since,
        "until": member.until,
    }


def change_row(change: Change) -> Mapping[str, Any]:
    return {
        "household_id": change.household_id,
        "version": change.version,
        "kind": str(change.kind),
        "person_id": change.person_id,
        "occurred_on": change.occurred_on,
        "recorded_at": change.recorded_at,
        "event_id": change.event_id,
        "members": [
            {
                "person_id": str(one.person_id),
                "relation": one.relation,
                "since": one.since.isoformat(),
                "until": one.until and one.until.isoformat(),
            }
            for one in change.members
        ],
        "succession": change.succession
        and {
            "head": str(change.succession.head),
            "relations": {str(who): what for who, what in change.succession.relations.items()},
        },
    }


def change_of(row: Row[Any]) -> Change:
    heir = row.succession
    return Change(
        household_id=row.household_id,
        version=row.version,
        kind=HouseholdChangeKind(row.kind),
        person_id=row.person_id,
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at,
        event_id=row.event_id,
        members=tuple(
            Member(
                UUID(one["person_id"]),
                one["relation"],
                date.fromisoformat(one["since"]),
                date.fromisoformat(one["until"]) if one["until"] else None,
            )
            for one in row.members
        ),
        succession=heir
        and Succession(UUID(heir["head"]), {UUID(who): what for who, what in heir["relations"].items()}),
    )
