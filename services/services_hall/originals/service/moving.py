"""What every use case of custody does: lock it where the caller may act, move it, issue the receipt, announce it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.services_hall.agencies.domain import CARRIED, UNFINISHED
from services.services_hall.agencies.models import Agency
from services.services_hall.agencies.repository import AgencyRepository
from services.services_hall.documents.domain import DocumentKind
from services.services_hall.documents.service.custody import CustodyReceipts, Hand, Passing
from services.services_hall.originals.domain import (
    HOLD,
    RECEIPTED,
    RETURNED,
    STEPS,
    OriginalAgencyEnded,
    OriginalHandedToOneself,
    OriginalKind,
    OriginalNotHeld,
    OriginalStep,
    Taker,
    require_allowed,
)
from services.services_hall.originals.models import Original, OriginalVersion
from services.services_hall.originals.repository import OriginalRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.agencies import AgencyStatus
from shared.contracts.services_hall.originals import OriginalState
from shared.db.compare_and_set import Seen, require_version
from shared.db.stepped_rows import SteppedRows
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

FIXED = frozenset({"area", "former", "department", "agency_id", "case_id", "kind", "material"}) | {
    "received_at",
    "received_by",
}


class OriginalMoving:
    """The hands of the use cases that move originals."""

    def __init__(self, context: UseCaseContext, receipts: CustodyReceipts) -> None:
        self.clock = context.clock
        self.receipts = receipts
        self.agencies = AgencyRepository(context.session)
        self.originals = OriginalRepository(context.session)
        self.rows = rows_of_originals(context)
        self._access = context.access
        self._outbox = context.outbox

    async def locked(self, principal: Principal, id: UUID, expected: Seen) -> tuple[Agency, Original]:
        """The original with its agency, which nobody puts away meanwhile: the agency first, as who archives it does."""
        agency_id = await self.originals.agency_of(id)
        agency = None if agency_id is None else await self.agencies.held(agency_id)
        original = None if agency is None else await self.originals.locked(id)
        if agency is None or original is None:
            raise NotFound(id)
        scope = principal.department_scope(HOLD)
        places = [
            (original.area, original.department),
            (original.holder_area, original.holder_department),
            (original.sent_area, original.sent_department),
        ]
        if not any(scope.allows(*place) for place in places):
            raise NotFound(id)
        require_version(original, expected)
        return agency, original

    async def begin(self, principal: Principal, id: UUID, step: OriginalStep, expected: Seen) -> Original:
        agency, original = await self.locked(principal, id, expected)
        rule = require_allowed(original.status, step, id)
        scope, subject = principal.department_scope(HOLD), principal.subject
        match rule.taker:
            case Taker.HOLDER:
                if original.holder != subject:
                    raise OriginalNotHeld(id)
            case Taker.RECEIVER:
                scope.require(original.sent_area, original.sent_department)
                if original.holder == subject:
                    raise OriginalHandedToOneself(id)
            case Taker.COUNTER:
                scope.require(original.area, original.department)
        if step is OriginalStep.FIND:
            self.require_open(agency, original)
        return original

    def require_open(self, agency: Agency, original: Original) -> None:
        """Raises `OriginalAgencyEnded` once nothing more is to come of the agency that would see it returned."""
        status = AgencyStatus(agency.status)
        if status in UNFINISHED - CARRIED - {AgencyStatus.DELIVERED} or status is AgencyStatus.CALLED_BACK:
            raise OriginalAgencyEnded(original.id)

    async def move(
        self,
        principal: Principal,
        original: Original,
        step: OriginalStep,
        fact: type[Fact[OriginalState]],
        **changes: Any,
    ) -> Original:
        to, holder = STEPS[step].to, original.holder
        place = (original.holder_area, original.holder_department)
        status = {} if to is None else {"status": to}
        moved = await self.rows.move(original, step, principal.subject, **status, **changes)
        return await self.told(principal, (holder, *place), moved, step, fact)

    async def told(
        self,
        principal: Principal,
        giver: Hand | None,
        original: Original,
        step: OriginalStep,
        fact: type[Fact[OriginalState]],
    ) -> Original:
        if step in RECEIPTED:
            receiver = None if original.status == RETURNED else _hand(original)
            passing = Passing(_RECEIPTS[step], original.id, original.version, OriginalKind(original.kind).label)
            await self.receipts.issue(principal, original.case_id, passing, giver, receiver)
        self.note(principal, f"{step}_original", original, HOLD)
        self.tell(fact, original)
        return original

    def tell(self, fact: type[Fact[OriginalState]], original: Original) -> None:
        self._outbox.add(fact(state=OriginalState.model_validate(original)))

    def note(self, principal: Principal, action: str, original: Original, permission: str) -> None:
        area = original.holder_area or original.area
        self._access.note(
            principal,
            action=action,
            noun="services_hall.original",
            object_id=original.id,
            area=area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.WRITE,
            role=principal.role_in(permission, area, original.holder_department or original.department),
        )


_RECEIPTS: Mapping[OriginalStep, DocumentKind] = {
    OriginalStep.RECEIVE: DocumentKind.CUSTODY_RECEIPT,
    OriginalStep.TAKE: DocumentKind.CUSTODY_HAND_OVER,
    OriginalStep.RETURN: DocumentKind.CUSTODY_RETURN,
}


def _hand(original: Original) -> Hand:
    return original.holder, original.holder_area, original.holder_department


def places_now(original: Original, to: OriginalVersion) -> Mapping[str, str]:
    """Places of a version that an undo brings back, which lay at the counter when its area had another code."""
    former = {place["area"] for place in original.former}
    return {name: original.area for name in ("holder_area", "sent_area") if to.content[name] in former}


def rows_of_originals(context: UseCaseContext) -> SteppedRows[Original, OriginalVersion]:
    """Originals with their versions."""
    versions = OriginalVersion, OriginalVersion.original_id
    return SteppedRows(context.session, context.clock, Original, *versions, fixed=FIXED)
