"""Deadlines of incidents (办理时限): by the dictionary, without the time for which the clock stood still."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.dictionaries.repository import DictionaryRepository
from services.grid.dictionaries.service import Dictionaries, shifts_of
from shared.contracts.registry.calendar import CalendarState
from shared.messaging.projection.states import projected_all
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, end_of_limit


class IncidentDeadlines:
    """When incidents are due. The dictionary pins a version; pauses of the incident are left out."""

    def __init__(self, session: AsyncSession, dictionaries: Dictionaries) -> None:
        self._session = session
        self._terms = DictionaryRepository(session)
        self._dictionaries = dictionaries

    async def first(self, category: str, severity: str, since: datetime, *, known: datetime) -> Mapping[str, Any]:
        """Of what is filed, or taken up again: the columns of its deadline by the version in force.

        If that one has the category no more: by the version that was in force at `known`, when it was reported.
        Raises `CategoryUnknown`.
        """
        try:
            due = await self._dictionaries.deadline(category, severity, since)
        except CategoryUnknown:
            then = await self._dictionaries.deadline(category, severity, known)
            due = await self._dictionaries.deadline_by(then.dictionary_version, category, severity, since)
        return {"dictionary_version": due.dictionary_version, "due_at": due.at, "due_provisional": due.provisional}

    async def of(self, incident: Mapping[str, Any]) -> Mapping[str, Any]:
        """The columns of the deadline of an incident as it is to be; its clock starts at filing or at reopening.

        While it is suspended the deadline stays as it was: it is computed anew when its handling goes on.
        """
        since = incident["reopened_at"] or incident["filed_at"]
        if since is None:
            return {"due_at": None, "due_provisional": False}
        version, category, severity = (incident[name] for name in ("dictionary_version", "category", "severity"))
        pauses = [one for one in pauses_of(incident["pauses"]) if one.end is not None]
        if not pauses:
            due = await self._dictionaries.deadline_by(version, category, severity, since)
            return {"due_at": due.at, "due_provisional": due.provisional}
        dictionary, limit = await self._terms.version(version), await self._terms.limit(version, category, severity)
        assert limit is not None, "the version was pinned with it"
        calendar, shifts = WorkingCalendar(await projected_all(self._session, CalendarState)), shifts_of(dictionary)
        unit = ClockUnit(limit.unit)
        end = end_of_limit(since, limit.amount, unit, pauses, calendar, shifts=shifts, work_day_ends=shifts[-1].end)
        assert end is not None, "every pause has ended"
        return {"due_at": end[0], "due_provisional": end[1]}


def pauses_of(listed: Sequence[Mapping[str, Any]]) -> Sequence[Pause]:
    """The pauses as an incident lists them, oldest first; the last one may last still."""
    return [
        Pause(datetime.fromisoformat(one["from"]), None if one["to"] is None else datetime.fromisoformat(one["to"]))
        for one in listed
    ]


def file_by(reported: datetime, hours: int) -> datetime:
    """Until when what was reported is filed or rejected."""
    return reported + timedelta(hours=hours)
