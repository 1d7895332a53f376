"""Deadlines of incidents (办理时限): by the dictionary, without the time for which the clock stood still."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.dictionaries.service import Dictionaries
from services.grid.incidents.models import Incident
from shared.workdays import Pause


class IncidentDeadlines:
    """When incidents are due. The dictionary pins a version; pauses of the incident are left out."""

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries

    async def first(
        self, category: str, severity: str, since: datetime, *, treatment: str, known: datetime
    ) -> Mapping[str, Any]:
        """Of what is filed, or taken up again: the columns of its deadline by the version in force.

        If that one has the category no more: by the last one that had it at `known`, when it was reported.
        Raises `CategoryUnknown`.
        """
        due = await self._dictionaries.deadline(category, severity, since, treatment=treatment, reported=known)
        return {"dictionary_version": due.dictionary_version, "due_at": due.at, "due_provisional": due.provisional}

    async def again(self, incident: Incident, now: datetime) -> Mapping[str, Any]:
        """Of what is taken up again: as `first`; by the version it was filed by if none has its treatment any more."""
        pinned, category, severity = incident.dictionary_version, incident.category, incident.severity
        treatment, known = incident.treatment, incident.reported_at
        assert pinned is not None, "it was filed"
        try:
            return await self.first(category, severity, now, treatment=treatment, known=known)
        except CategoryUnknown:
            due = await self._dictionaries.deadline_by(pinned, category, severity, now, treatment=treatment)
            return {"dictionary_version": pinned, "due_at": due.at, "due_provisional": due.provisional}

    async def of(self, incident: Mapping[str, Any]) -> Mapping[str, Any]:
        """The columns of the deadline of an incident as it is to be; its clock starts at filing or at reopening.

        While it is suspended the deadline stays as it was: it is computed anew when its handling goes on.
        """
        since = incident["reopened_at"] or incident["filed_at"]
        if since is None:
            return {"due_at": None, "due_provisional": False}
        version, category, severity = (incident[name] for name in ("dictionary_version", "category", "severity"))
        pauses = [one for one in pauses_of(incident["pauses"]) if one.end is not None]
        due = await self._dictionaries.deadline_by(
            version, category, severity, since, treatment=incident["treatment"], pauses=pauses
        )
        return {"due_at": due.at, "due_provisional": due.provisional}


def pauses_of(listed: Sequence[Mapping[str, Any]]) -> Sequence[Pause]:
    """The pauses as an incident lists them, oldest first; the last one may last still."""
    return [
        Pause(datetime.fromisoformat(one["from"]), None if one["to"] is None else datetime.fromisoformat(one["to"]))
        for one in listed
    ]
