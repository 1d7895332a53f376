"""Use cases of custody (原件保管): received, handed over and taken, returned, lost, told, found; one holder always."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.services_hall.agencies.domain import CARRIED
from services.services_hall.agencies.models import Agency
from services.services_hall.cases.domain.codes import Recipient
from services.services_hall.cases.domain.refusals import MaterialUnknown
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.documents.service.custody import CustodyReceipts
from services.services_hall.items.repository import ItemRepository
from services.services_hall.originals.domain import (
    ANNULLED,
    HELD,
    HOLD,
    MOST_ORIGINALS,
    RECEIPTED,
    SUPERVISE,
    OriginalAgencyEnded,
    OriginalDatesWrong,
    OriginalKind,
    OriginalNothingToUndo,
    OriginalPlaceWrong,
    OriginalStep,
    OriginalsTooMany,
    OriginalTransitionError,
)
from services.services_hall.originals.models import Original
from services.services_hall.originals.service.moving import OriginalMoving, places_now
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.registry.areas import AreaState
from shared.contracts.services_hall.agencies import AgencyStatus
from shared.contracts.services_hall.originals import (
    OriginalAnnulled,
    OriginalDeclined,
    OriginalFound,
    OriginalLossTold,
    OriginalLost,
    OriginalReceived,
    OriginalReturned,
    OriginalSent,
    OriginalTaken,
    OriginalUndone,
)
from shared.db.compare_and_set import Seen
from shared.errors import CodeUnlisted, Forbidden, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected
from shared.reference.areas import COUNTY_DIGITS

NOBODY: Mapping[str, Any] = {"holder": None, "holder_area": None, "holder_department": None}
NOWHERE: Mapping[str, Any] = {"sent_area": None, "sent_department": None}


class OriginalCustody:
    """Use cases of who has originals in hand. `departments`: the county's, by code.

    Each step takes `expected`, the version that the caller saw (None: any), and raises `NotFound`, `VersionMismatch`,
    `OriginalTransitionError`, `OriginalNotHeld`, `OriginalHandedToOneself`.
    """

    def __init__(self, context: UseCaseContext, departments: Mapping[str, str], receipts: CustodyReceipts) -> None:
        self._session = context.session
        self._clock = context.clock
        self._departments = departments
        self._moving = OriginalMoving(context, receipts)
        self._rows = self._moving.rows
        self._receipts = receipts
        self._originals = self._moving.originals
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)

    async def receive(
        self, principal: Principal, agency_id: UUID, kind: OriginalKind, material: int | None
    ) -> Original:
        """收讫: the applicant gives it out of hand, against a receipt; the caller answers for it.

        Raises `NotFound`, `OriginalAgencyEnded`, `OriginalsTooMany`, `MaterialUnknown`.
        """
        agency = await self._moving.agencies.locked(agency_id)
        if agency is None or not principal.department_scope(HOLD).allows(agency.area, agency.department):
            raise NotFound.at("agency_id", subject=agency_id)
        if AgencyStatus(agency.status) not in CARRIED:
            raise OriginalAgencyEnded(agency_id)
        if await self._originals.many_of(agency_id) >= MOST_ORIGINALS:
            raise OriginalsTooMany(agency_id)
        await self._require_material(agency, material)
        original = Original(
            id=new_id(),
            version=1,
            status=HELD,
            area=agency.area,
            former=agency.former,
            department=agency.department,
            agency_id=agency_id,
            case_id=agency.case_id,
            kind=kind,
            material=material,
            holder=principal.subject,
            holder_area=agency.area,
            holder_department=agency.department,
            hand_overs=0,
            received_at=self._clock.now(),
            received_by=principal.subject,
        )
        await self._rows.enter(original, OriginalStep.RECEIVE, principal.subject)
        return await self._moving.told(principal, None, original, OriginalStep.RECEIVE, OriginalReceived)

    async def hand_over(
        self, principal: Principal, id: UUID, *, area: str, department: str | None, expected: Seen = None
    ) -> Original:
        """移交: its holder hands it over to an office, and answers for it until somebody there takes it.

        Raises `OriginalPlaceWrong`, `CodeUnlisted`.
        """
        original = await self._moving.begin(principal, id, OriginalStep.HAND_OVER, expected)
        to = department or original.holder_department
        if to not in self._departments:
            raise CodeUnlisted.at("to_department")
        state = await projected(self._session, AreaState, area)
        same = area[:COUNTY_DIGITS] == original.area[:COUNTY_DIGITS] and len(area) >= COUNTY_DIGITS
        if not same or state is None or not state.is_valid_on(today(self._clock)):
            raise OriginalPlaceWrong.at("to_area")
        sent = {"sent_area": area, "sent_department": to}
        return await self._moving.move(principal, original, OriginalStep.HAND_OVER, OriginalSent, **sent)

    async def take(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Original:
        """签收: somebody of that office answers for it from now on, against a receipt."""
        original = await self._moving.begin(principal, id, OriginalStep.TAKE, expected)
        held = {
            "holder": principal.subject,
            "holder_area": original.sent_area,
            "holder_department": original.sent_department,
            "hand_overs": original.hand_overs + 1,
        }
        return await self._moving.move(principal, original, OriginalStep.TAKE, OriginalTaken, **held, **NOWHERE)

    async def decline(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Original:
        """拒收: it stays with its holder."""
        original = await self._moving.begin(principal, id, OriginalStep.DECLINE, expected)
        return await self._moving.move(principal, original, OriginalStep.DECLINE, OriginalDeclined, **NOWHERE)

    async def give_back(
        self, principal: Principal, id: UUID, *, on: date, recipient: Recipient, expected: Seen = None
    ) -> Original:
        """归还: the applicant has it again, against a receipt. Raises `OriginalDatesWrong`."""
        original = await self._moving.begin(principal, id, OriginalStep.RETURN, expected)
        self._require_day(original, on, "returned_on")
        given = {"returned_on": on, "recipient": recipient, **NOBODY}
        return await self._moving.move(principal, original, OriginalStep.RETURN, OriginalReturned, **given)

    async def lose(self, principal: Principal, id: UUID, *, on: date, expected: Seen = None) -> Original:
        """登记遗失: its holder cannot find it, and answers for it on. Raises `OriginalDatesWrong`."""
        original = await self._moving.begin(principal, id, OriginalStep.LOSE, expected)
        self._require_day(original, on, "lost_on")
        return await self._moving.move(principal, original, OriginalStep.LOSE, OriginalLost, lost_on=on, **NOWHERE)

    async def tell_loss(self, principal: Principal, id: UUID, *, on: date, expected: Seen = None) -> Original:
        """告知遗失: the applicant knows. Raises `OriginalDatesWrong`."""
        original = await self._moving.begin(principal, id, OriginalStep.TELL_LOSS, expected)
        if original.told_on is not None:
            raise OriginalTransitionError(id)
        if original.lost_on is None or not original.lost_on <= on <= today(self._clock):
            raise OriginalDatesWrong.at("told_on")
        return await self._moving.move(principal, original, OriginalStep.TELL_LOSS, OriginalLossTold, told_on=on)

    async def find(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Original:
        """找回: what was lost is in its holder's hands again. Raises `OriginalAgencyEnded` after the archive."""
        original = await self._moving.begin(principal, id, OriginalStep.FIND, expected)
        found = {"lost_on": None, "told_on": None}
        return await self._moving.move(principal, original, OriginalStep.FIND, OriginalFound, **found)

    async def annul(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Original:
        """作废: it was never received; nobody but who entered it has had it."""
        original = await self._moving.begin(principal, id, OriginalStep.ANNUL, expected)
        if original.hand_overs:
            raise OriginalTransitionError(id)
        await self._receipts.void(id, 1, principal.subject)
        return await self._moving.move(principal, original, OriginalStep.ANNUL, OriginalAnnulled, **NOBODY)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> Original:
        """撤销上一步, by whose step it was, or who supervises there; the receipt of that step holds no more.

        Raises `OriginalNothingToUndo`, `Forbidden`, `OriginalAgencyEnded` for what was returned before the archive.
        """
        agency, original = await self._moving.locked(principal, id, expected)
        now, to = await self._rows.version(original), await self._rows.before(original)
        if to is None or now.last is None or now.last_version is None:
            raise OriginalNothingToUndo(id)
        oversees = principal.department_scope(SUPERVISE).allows(original.area, original.department)
        if now.last_by != principal.subject and not oversees:
            raise Forbidden
        self._moving.require_open(agency, original)
        if OriginalStep(now.last) in RECEIPTED:
            await self._receipts.void(id, now.last_version, principal.subject)
        if original.status == ANNULLED:
            await self._receipts.restore(id, 1)
        places = places_now(original, to)
        moved = await self._rows.go_back(original, to, OriginalStep.UNDO, principal.subject, **places)
        self._moving.note(principal, "undo_original", moved, HOLD)
        self._moving.tell(OriginalUndone, moved)
        return moved

    async def _require_material(self, agency: Agency, material: int | None) -> None:
        if material is None:
            return
        case = await self._cases.get(agency.case_id)
        version = None if case is None else await self._items.version(case.item_id, case.item_version)
        assert version is not None, "by the foreign keys"
        if material > len(version.materials):
            raise MaterialUnknown.at("material")

    def _require_day(self, original: Original, on: date, field: str) -> None:
        if not business_day(original.received_at) <= on <= today(self._clock):
            raise OriginalDatesWrong.at(field)
