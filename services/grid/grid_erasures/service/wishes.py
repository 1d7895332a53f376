"""Erasing without a run: by the progress code of whoever reported, and by the register's order."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.grid.grid_erasures.domain import require_free
from services.grid.grid_erasures.repository.holdings import GridHoldings
from services.grid.incidents.repository import IncidentRepository
from services.grid.public_reports.domain import digest_of
from services.grid.public_reports.repository import PublicReportRepository
from services.grid.public_reports.service.deciding import FILED_BY
from services.grid.retentions.service import GridRetentions
from shared.clock import today
from shared.erasures.service import KEPT
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class PublicErasing:
    """What somebody who reported without a login may have erased: their own words and number, by the code alone."""

    def __init__(self, context: UseCaseContext, retentions: GridRetentions) -> None:
        self._clock = context.clock
        self._retentions = retentions
        self._reports = PublicReportRepository(context.session)
        self._incidents = IncidentRepository(context.session)
        self._holdings = GridHoldings(context.session)

    async def erase(self, code: str) -> None:
        """清除: once it has ended, also in the incident that was filed of it. Asked again it finds nothing more.

        Raises `NotFound`, the same for what may be no code at all, and `PublicReportErasureHeld`.
        """
        report = await self._reports.by_code(digest_of(code), lock=True)
        if report is None:
            raise NotFound
        mine = [report.id]
        incident = None if report.incident_id is None else await self._incidents.get(report.incident_id)
        if incident is not None and incident.reporter == f"{FILED_BY}{report.id}":
            mine.append(incident.id)
        await self._holdings.lock(mine)
        sealed = await self._holdings.sealed(mine)
        standing = await self._holdings.standing(mine, await self._retentions.today(), today(self._clock))
        require_free(any(one not in standing or standing[one].held_by is not None for one in sealed))
        await self._holdings.erase(mine)


class PetitionerErasing:
    """An eraser (`shared.erasures`): petitions registered under a person's id, once they have ended."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._retentions = GridRetentions(context)
        self._holdings = GridHoldings(context.session)

    async def erase(self, persons: Collection[UUID]) -> Mapping[str, int]:
        """Erase what these petitioned for. What goes on is kept until it has ended."""
        held = await self._holdings.petitions_of(persons)
        ended = await self._holdings.standing(held, await self._retentions.today(), today(self._clock))
        return {"petitions": await self._holdings.erase(list(ended)), KEPT: len(held) - len(ended)}
