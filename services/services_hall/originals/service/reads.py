"""Reads of originals (原件保管): chain of custody, lists and counts, receipts; what is out; following; restatement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.repository import CaseRepository
from services.services_hall.documents.models import CaseDocument
from services.services_hall.documents.service.custody import CustodyReceipts
from services.services_hall.originals.domain import HOLD, READ, OriginalDesk, OriginalFilter, OriginalStep
from services.services_hall.originals.models import Original, OriginalVersion
from services.services_hall.originals.repository import OriginalRepository
from services.services_hall.originals.service.moving import rows_of_originals
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.services_hall.originals import (
    OriginalBoundaryChanged,
    OriginalRestated,
    OriginalState,
    OriginalStatus,
)
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

LINKS = 200
"""Versions of one original that are shown: each is a step of somebody's hand."""


@dataclass(frozen=True)
class CustodyChain:
    """An original with its versions, the first one first, and the receipts of those that have one, by version."""

    original: Original
    links: Sequence[OriginalVersion]
    receipts: dict[int, CaseDocument]


class OriginalReads:
    """Use cases that change nothing."""

    def __init__(self, context: UseCaseContext, receipts: CustodyReceipts) -> None:
        self._access = context.access
        self._receipts = receipts
        self._originals = OriginalRepository(context.session)
        self._rows = rows_of_originals(context)

    async def read(self, principal: Principal, id: UUID) -> CustodyChain:
        """An original in scope with its chain of custody; the look is noted. Raises `NotFound`."""
        original = await self._found(principal, id, READ)
        self._note(principal, "read_original", original, READ, Detail.MASKED)
        links = await self._rows.history.page(id, after=0, limit=LINKS)
        return CustodyChain(original, links, {one.step: one for one in await self._receipts.of(id)})

    async def page(
        self,
        principal: Principal,
        area: str | None,
        wanted: tuple[OriginalStatus | None, UUID | None, OriginalDesk | None],
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Original]:
        """Originals in scope by id, each that is shown noted; one more than `limit` if there is one."""
        scope = principal.department_scope(READ, within=area)
        rows = await self._originals.page(
            scope, OriginalFilter(principal.subject, *wanted), after=after, limit=limit + 1
        )
        for original in rows[:limit]:
            self._note(principal, "list_originals", original, READ, Detail.EXISTENCE)
        return rows

    async def count(
        self,
        principal: Principal,
        area: str | None,
        wanted: tuple[OriginalStatus | None, UUID | None, OriginalDesk | None],
    ) -> int:
        """How many the list has in all: the same predicate."""
        scope = principal.department_scope(READ, within=area)
        return await self._originals.count(scope, OriginalFilter(principal.subject, *wanted))

    async def receipt(self, principal: Principal, id: UUID, version: int) -> bytes:
        """The receipt of a step as PDF, with the applicant's name, by who may have the original in hand; noted in full.

        Raises `NotFound`, `DocumentErased`, `GlyphMissing`.
        """
        original = await self._found(principal, id, HOLD)
        self._note(principal, "fetch_receipt", original, HOLD, Detail.FULL)
        return await self._receipts.fetch(id, version)

    async def _found(self, principal: Principal, id: UUID, permission: str) -> Original:
        scope = principal.department_scope(permission)
        original = await self._originals.get(id, scope)
        places = () if original is None else _places(original)
        if original is None or not any(scope.allows(*place) for place in places):
            raise NotFound(id)
        return original

    def _note(self, principal: Principal, action: str, original: Original, permission: str, detail: Detail) -> None:
        roles = (principal.role_in(permission, *place) for place in _places(original))
        self._access.note(
            principal,
            action=action,
            noun="services_hall.original",
            object_id=original.id,
            area=original.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=next(filter(None, roles), None),
        )


class OriginalsOut:
    """Who has which originals (`Custody`); what goes along with a case whose counter moves (`CaseFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._cases = CaseRepository(context.session)
        self._originals = OriginalRepository(context.session)
        self._rows = rows_of_originals(context)

    async def is_outstanding(self, agency: UUID) -> bool:
        """Whether an original of an agency was neither returned, nor lost and the applicant told."""
        return await self._originals.is_outstanding(agency)

    async def is_held(self, account: str, area: str, *, ever: bool) -> bool:
        """Whether a login answers for originals of a village; `ever`: or received one."""
        return await self._originals.is_held(account, area, ever=ever)

    async def relocated(self, case: UUID, origin: str, to: str) -> None:
        """The counter of a case got another area: its originals, and those that lie there, lie at the new one."""
        found = await self._cases.get(case)
        assert found is not None, "it was moved a moment ago"
        for one in await self._originals.of_case_locked(case, origin):
            places = {name: to for name in ("holder_area", "sent_area") if getattr(one, name) == origin}
            moved = await self._rows.follow(one, OriginalStep.BOUNDARY, area=to, former=found.former, **places)
            self._outbox.add(OriginalBoundaryChanged(state=OriginalState.model_validate(moved)))


def _places(original: Original) -> tuple[tuple[str | None, str | None], ...]:
    return (
        (original.area, original.department),
        (original.holder_area, original.holder_department),
        (original.sent_area, original.sent_department),
    )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[OriginalRestated]:
    """Restated facts of the next originals, their rows locked."""
    rows = await OriginalRepository(session).locked_after(UUID(after) if after else None, limit)
    return [OriginalRestated(state=OriginalState.model_validate(one)) for one in rows]
