"""Use cases of transfers (迁移申请): one village asks, the other one confirms or refuses, both books move at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import UnknownArea
from services.registry.calendar.repository import CalendarRepository
from services.registry.households.domain import HouseholdKind, Succession, book_of
from services.registry.ledgers.service import SURROUNDINGS
from services.registry.life_events.domain import Place, check_dates, is_counted
from services.registry.life_events.service import Arrival, Placement, require_places
from services.registry.persons.domain import PersonRecord, searched_number
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.transfers.domain import (
    MOVED,
    BookMissing,
    NewTransfer,
    RefusalReason,
    TransferDecided,
    TransferPolicy,
    TransferRecord,
    TransferSide,
    due_on,
    is_over,
    require_transition,
)
from services.registry.transfers.repository import TransferRepository
from services.registry.transfers.service.moving import TransferMoving
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.postings import Book
from shared.contracts.registry.transfers import (
    TransferConfirmed,
    TransferRefused,
    TransferRequested,
    TransferRestated,
    TransferState,
    TransferStatus,
    TransferWithdrawn,
)
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar

RECORD, READ = "life_event.record", "person.read"


@dataclass(frozen=True, slots=True, repr=False)
class ShownTransfer:
    """A transfer as one caller is shown it: `person` only to whom that person is shown anyway."""

    record: TransferRecord
    person: Disclosed | None


class Transfers:
    """Use cases of transfers.

    Whoever asks hears the same, in the same time, whether somebody has the number or nobody: nothing but the blind
    index is read, nobody's row is touched.
    """

    def __init__(self, context: UseCaseContext, policy: TransferPolicy, moving: TransferMoving) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._policy = policy
        self._moving = moving
        self._transfers = TransferRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._placement = Placement(context.session)

    async def request(self, principal: Principal, new: NewTransfer) -> ShownTransfer:
        """Ask for somebody by the number of a document. Raises `NotFound`, `BookMissing`, `Invalid`, `UnknownArea` …

        The question stands in the access log, at the person if there is one.
        """
        require_places(principal.scope(RECORD), new.residence, new.registration)
        day = today(self._clock)
        reported_on = new.reported_on or day
        check_dates(new.occurred_on, reported_on, day, birth_date=None)
        if new.registration is not None and not is_counted(new.registration.area):
            raise UnknownArea.at("registration.area")
        place = new.residence or new.registration
        if place is None or (new.household is not None and _place(new, new.household) is None):
            raise BookMissing.at("household")
        await self._placement.check([Arrival(new.residence, new.registration, new.occurred_on)])
        number = searched_number(new.document, today=day)
        person_id = await self._transfers.holder_of(
            str(new.document.type), self._crypto.blind(new.document.type, number)
        )
        self._access.note(
            principal,
            action="request_transfer",
            noun="registry.person",
            object_id=person_id,
            area=place.area,
            detail=Detail.EXISTENCE,
            role=principal.role_in(RECORD, place.area),
        )
        await SURROUNDINGS.hold_calendar(self._session)
        calendar = WorkingCalendar(await CalendarRepository(self._session).all())
        transfer = TransferRecord(
            id=new_id(),
            version=1,
            status=str(TransferStatus.REQUESTED),
            area=place.area,
            residence_area=new.residence.area if new.residence else None,
            residence_kind=new.residence.kind if new.residence else None,
            registration_area=new.registration.area if new.registration else None,
            household=str(new.household) if new.household else None,
            occurred_on=new.occurred_on,
            reported_on=reported_on,
            person_id=person_id,
            requested_by=principal.subject,
            requested_at=self._clock.now(),
            work_days=self._policy.work_days,
            after_limit=str(self._policy.after_limit),
            due_on=due_on(day, self._policy.work_days, calendar),
            decided_by=None,
            decided_at=None,
            reason=None,
            left_residence=None,
            left_registration=None,
            moved=0,
        )
        await self._transfers.add(transfer)
        self._outbox.add(TransferRequested(state=TransferState.model_validate(transfer)))
        return ShownTransfer(transfer, None)

    async def confirm(
        self, principal: Principal, id: UUID, *, succession: Succession | None, expected: Seen = None
    ) -> ShownTransfer:
        """Confirm, as the side that holds the person: everybody moves now, in one transaction.

        Whoever confirms answers for everybody who moves. Raises `NotFound`, `TransferDecided`, `NoSuchHousehold`,
        `BookOfAnotherPlace`, and what a move in is refused for.
        """
        found = await self._held(principal, id, TransferStatus.CONFIRMED, expected)
        family = await self._moving.family_locked(found)
        scope = principal.scope(RECORD)
        again = await self._transfers.get(id) or found  # as it is under the locks
        require_transition(again.status, TransferStatus.CONFIRMED)
        if not scope.allows_any(*family.named.areas):
            raise NotFound(id)
        if not all(scope.allows_any(*person.areas) for person in family.people):
            raise BookOfAnotherPlace(id)
        for person in family.people:
            note(self._access, principal, "confirm_transfer", person, RECORD, Detail.WRITE)
        moved = await self._moving.carry_out(again, family, scope, succession)
        confirmed = await self._decided(again, TransferStatus.CONFIRMED, principal.subject, **moved.columns)
        await self._transfers.add_moves(moved.moves)
        self._outbox.add(TransferConfirmed(state=TransferState.model_validate(confirmed)))
        return (await self._shown(principal, [confirmed]))[0]

    async def refuse(
        self, principal: Principal, id: UUID, *, reason: RefusalReason, expected: Seen = None
    ) -> ShownTransfer:
        """Refuse, as the side that holds the person: nobody moves. Raises `NotFound`, `TransferDecided`."""
        found = await self._held(principal, id, TransferStatus.REFUSED, expected)
        refused = await self._decided(found, TransferStatus.REFUSED, principal.subject, reason=str(reason))
        self._outbox.add(TransferRefused(state=TransferState.model_validate(refused)))
        return (await self._shown(principal, [refused], action="refuse_transfer"))[0]

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownTransfer:
        """Take a request back, as the side that asked. Raises `NotFound`, `TransferDecided`."""
        found = await self._transfers.get(id)
        if found is None or not principal.scope(RECORD).allows(found.area):
            raise NotFound(id)
        require_version(found, expected)
        require_transition(found.status, TransferStatus.WITHDRAWN)
        withdrawn = await self._decided(found, TransferStatus.WITHDRAWN, principal.subject)
        self._outbox.add(TransferWithdrawn(state=TransferState.model_validate(withdrawn)))
        return ShownTransfer(withdrawn, None)

    async def read(self, principal: Principal, id: UUID) -> ShownTransfer:
        """One transfer, of either side; a person who is shown is noted as looked at. Raises `NotFound`."""
        found = await self._transfers.get(id)
        if found is None:
            raise NotFound(id)
        asking = principal.scope(RECORD).allows(found.area)
        if not asking and not await self._is_held(principal, found):
            raise NotFound(id)
        return (await self._shown(principal, [found]))[0]

    async def page(
        self,
        principal: Principal,
        area: str,
        side: TransferSide,
        status: TransferStatus | None,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[ShownTransfer]:
        """Transfers that an area asked for, or that concern its persons, oldest first.

        One more than `limit`, if there is one: it is not shown, and nobody in it is noted.
        """
        scope = principal.scope(RECORD, within=area)
        found = await self._transfers.page(scope, side, status, after=after, limit=limit + 1)
        shown = await self._shown(principal, found[:limit], action="list_transfers")
        return [*shown, *(ShownTransfer(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, side: TransferSide, status: TransferStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._transfers.count(principal.scope(RECORD, within=area), side, status)

    async def _held(self, principal: Principal, id: UUID, to: TransferStatus, expected: Seen) -> TransferRecord:
        found = await self._transfers.get(id)
        if found is None or not await self._is_held(principal, found):
            raise NotFound(id)
        require_version(found, expected)
        require_transition(found.status, to)
        if is_over(found, today(self._clock)):  # the schedule has not come by yet
            raise TransferDecided(id, detail="办理期限已过，将按申请时的规则办结")
        return found

    async def _is_held(self, principal: Principal, transfer: TransferRecord) -> bool:
        """Whether the caller looks after whom it concerns; of what has moved, after a village that was left."""
        scope = principal.scope(RECORD)
        if transfer.status in MOVED:
            return scope.allows_any(*transfer.left)
        nobody = transfer.id  # asked for as well: by the time that it takes nobody learns whether there is somebody
        person = await self._persons.get(transfer.person_id or nobody)
        return person is not None and scope.allows_any(*person.areas)

    async def _decided(
        self, found: TransferRecord, to: TransferStatus, by: str | None, **changes: Any
    ) -> TransferRecord:
        moved = await self._transfers.move(found, to, decided_by=by, decided_at=self._clock.now(), **changes)
        if moved is None:
            raise TransferDecided(found.id)
        return moved

    async def _shown(
        self, principal: Principal, found: Sequence[TransferRecord], *, action: str = "read_transfer"
    ) -> Sequence[ShownTransfer]:
        """With the person, masked, if the caller is shown that person anyway; each is noted."""
        ids = {one.person_id or one.id for one in found}  # of nobody as well: see `_is_held`
        visible: Mapping[UUID, PersonRecord] = {
            one.id: one for one in await self._persons.visible(ids, principal.scope(READ))
        }
        for person in visible.values():
            note(self._access, principal, action, person, READ, Detail.MASKED)
        shown = {one: disclose(person, self._crypto, full=False) for one, person in visible.items()}
        return [ShownTransfer(one, shown.get(one.person_id or one.id)) for one in found]


def _place(new: NewTransfer, household: HouseholdKind) -> Place | None:
    """Where a household of the kind would move to."""
    return new.residence if book_of(household) is Book.RESIDENCE else new.registration


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[TransferRestated]:
    """Restated facts of the next transfers, their rows locked."""
    found = await TransferRepository(session).locked_after(UUID(after) if after else None, limit)
    return [TransferRestated(state=TransferState.model_validate(one)) for one in found]
