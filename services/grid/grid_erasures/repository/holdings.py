"""What grid keeps sealed of persons in entries that have ended: found, locked and erased without opening it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grid_erasures.repository.entries import entries
from services.grid.incidents.models import Incident, IncidentRequest, IncidentStep
from services.grid.petitions.models import Petition, PetitionVersion
from services.grid.public_reports.models import PublicReport
from services.grid.retentions.domain import GridRetentionKind
from services.grid.satisfaction_calls.models import SatisfactionCall
from shared.db.erasing import erasing, holds
from shared.retentions.rules import RetentionRule, ended_by, later
from shared.retentions.run_service import Wanted
from shared.retentions.runs import Count, Entry

Rules = Mapping[GridRetentionKind, RetentionRule]
HOLDERS: Sequence[Any] = (PublicReport, Petition, Incident, SatisfactionCall)
"""Nouns of which entries are erased, in the order in which their rows are locked."""
PARTS: Sequence[tuple[Any, Any]] = (
    *((noun, noun.id) for noun in HOLDERS),
    (PetitionVersion, PetitionVersion.petition_id),
    (IncidentStep, IncidentStep.incident_id),
    (IncidentRequest, IncidentRequest.incident_id),
)
"""Where something is sealed of them, with the column that names the entry."""


class GridHoldings:
    """Public reports, petitions, incidents and satisfaction calls. Rows, codes, days and places stay."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(
        self, wanted: Wanted[GridRetentionKind], *, after: UUID | None, limit: int, held_too: bool = True
    ) -> Sequence[Entry]:
        """Entries that may be erased on a day, by holder, with what is open of each."""
        found = entries(wanted.day)
        statement = select(found).where(_due(found.c, wanted)).order_by(found.c.holder).limit(limit)
        if after is not None:
            statement = statement.where(found.c.holder > after)
        if not held_too:
            statement = statement.where(found.c.held_by.is_(None))
        return [_entry(row, wanted.rules) for row in await self._session.execute(statement)]

    async def count(self, wanted: Wanted[GridRetentionKind]) -> Sequence[Count]:
        """How many `due` lists, by kind, and how many of them are held."""
        found = entries(wanted.day)
        held = func.count(found.c.held_by).label("held")
        statement = select(found.c.kind, func.count().label("due"), held).where(_due(found.c, wanted))
        rows = await self._session.execute(statement.group_by(found.c.kind).order_by(found.c.kind))
        return [Count(row.kind, wanted.rules[GridRetentionKind(row.kind)].years, row.due, row.held) for row in rows]

    async def standing(self, holders: Collection[UUID], rules: Rules, day: date) -> Mapping[UUID, Entry]:
        """Those of these of which something is sealed and that have ended."""
        found = entries(day)
        rows = await self._session.execute(select(found).where(found.c.holder.in_(holders)))
        return {row.holder: _entry(row, rules) for row in rows}

    async def sealed(self, holders: Collection[UUID]) -> Collection[UUID]:
        """Those of these of which anything is sealed."""
        found: set[UUID] = set()
        for part, key in PARTS:
            statement = select(key).where(key.in_(holders), holds(part))
            found.update(await self._session.scalars(statement))
        return found

    async def lock(self, holders: Collection[UUID]) -> None:
        """Lock these and the incidents that go on for them, by noun and id: none of them moves meanwhile."""
        for noun in HOLDERS:
            chosen = noun.id.in_(holders)
            if noun is Incident:
                of = select(PublicReport.incident_id).where(PublicReport.id.in_(holders))
                called = select(SatisfactionCall.incident_id).where(SatisfactionCall.id.in_(holders))
                chosen = or_(chosen, noun.id.in_(of), noun.id.in_(called))
            await self._session.execute(select(noun.id).where(chosen).order_by(noun.id).with_for_update())

    async def erase(self, holders: Collection[UUID]) -> int:
        """Nothing sealed stays of these, nor of their history. How many held something."""
        erased: set[UUID] = set()
        for part, key in PARTS:
            rows = await self._session.execute(erasing(part.__table__, key.in_(holders)))
            erased.update(row._mapping[key.name] for row in rows)
        return len(erased)

    async def petitions_of(self, persons: Collection[UUID]) -> Collection[UUID]:
        """Petitions that were registered under the id of one of these persons and hold something, locked by id."""
        mine = select(Petition.id).where(Petition.person_id.in_(persons)).order_by(Petition.id).with_for_update()
        return await self.sealed(list(await self._session.scalars(mine)))


def _due(entry: Any, wanted: Wanted[GridRetentionKind]) -> ColumnElement[bool]:
    """The one predicate of list, counts and runs."""
    here = wanted.scope.where(entry.area)
    if wanted.holder is not None:
        return and_(here, entry.holder == wanted.holder)
    kinds = [one for one in GridRetentionKind if wanted.kind in (None, one)]
    over = [
        and_(entry.kind == str(one), entry.ended_on <= ended_by(wanted.day, wanted.rules[one].years)) for one in kinds
    ]
    return and_(here, or_(*over))


def _entry(row: Any, rules: Rules) -> Entry:
    years = rules[GridRetentionKind(row.kind)].years
    return Entry(row.holder, row.area, row.kind, row.ended_on, later(row.ended_on, years), row.held_by)
