"""A dry run: what would become of live records under a draft. Nothing is changed, no value is told."""

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from shared.errors import FieldError, Invalid
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.definitions.mappings import Values, moved, moved_status
from shared.ledgers.grammar.mapping import Mapping


@dataclass(frozen=True, repr=False)
class Held:
    """A record as it stands, opened. The repr shows nothing of it."""

    id: UUID
    status: str
    values: Lookup[str, Any]


class Holdings(Protocol):
    """What stands in the ledgers of a service."""

    async def holds_any(self, code: str) -> bool:
        """Whether any record, live or not, stands in the ledger."""
        ...

    async def search_by(self, code: str, fields: Collection[str], *, opens_on: date | None) -> None:
        """These become search fields of records that are there: on a day, or (None) when they are moved."""
        ...

    async def live(self, code: str, *, after: UUID | None, limit: int) -> Sequence[Held]:
        """The next live records of a ledger by id."""
        ...


@dataclass(frozen=True)
class Broken:
    """A record that does not fit: its id, and where."""

    id: UUID
    errors: Sequence[FieldError]


@dataclass(frozen=True)
class Tried:
    """What a dry run saw. `last`: id of the last record, None if there was none."""

    examined: int
    broken: Sequence[Broken]
    last: UUID | None


def tried(held: Sequence[Held], mapping: Mapping | None, new: Ledger, *, today: date) -> Tried:
    """Each record as the new version would have it."""
    steps = mapping or Mapping()
    broken = [Broken(one.id, errors) for one in held if (errors := misfits(one, steps, new, today=today))]
    return Tried(len(held), broken, held[-1].id if held else None)


def misfits(one: Held, mapping: Mapping, new: Ledger, *, today: date) -> list[FieldError]:
    """Why a record is none of the new version; empty if it is one."""
    status = moved_status(mapping, one.status)
    return fitted(new, status, moved(mapping, new, one.values), today=today)[1]


def fitted(new: Ledger, status: str, values: Lookup[str, Any], *, today: date) -> tuple[Values, list[FieldError]]:
    """Values as a version takes them, with what is computed; or what is wrong with them there."""
    if status not in new.statuses:
        return {}, [FieldError("status", "unknown_status", "新版本没有这个状态")]
    own = {name: value for name, value in values.items() if name in new.fields or name in new.rows}
    try:
        taken = new.accept(own, today=today, held=own)
    except Invalid as refused:
        return {}, list(refused.errors)
    problems, computed = new.judged(taken, status, today=today)
    return ({}, problems) if problems else ({**taken, **computed}, [])
