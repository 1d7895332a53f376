"""Petitions (信访) as they are received: registered, withdrawn, and asked to be reviewed by whoever petitions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.grid.petitions.domain.codes import PetitionForm, PetitionMatter, PetitionStep, PetitionWithdrawal
from services.grid.petitions.domain.refusals import PetitionPersonWrong, PetitionReceptionWrong
from services.grid.petitions.domain.rules import (
    REGISTER,
    PetitionLimits,
    require_day,
    require_in_time,
    require_level,
)
from services.grid.petitions.models import Petition
from services.grid.petitions.service.moving import PetitionMoving
from services.grid.receptions.domain import ReceptionStatus
from services.grid.receptions.service import Receptions
from shared.auth.principal import Principal
from shared.contracts.grid.petitions import (
    PetitionFinalReviewAsked,
    PetitionRegistered,
    PetitionReviewAsked,
    PetitionState,
    PetitionStatus,
    PetitionWithdrawn,
)
from shared.contracts.registry.persons import PersonState
from shared.db.compare_and_set import Seen
from shared.erasures.known import erased_persons
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_many


@dataclass(frozen=True)
class NewPetition:
    """What somebody petitions for, as it is entered. `level`: digits of the office that is to answer."""

    area: str
    level: int
    form: PetitionForm
    matter: PetitionMatter
    people: int
    registered_on: date
    name: str
    claim: str
    phone: str | None = None
    address: str | None = None
    reception_id: UUID | None = None
    person_id: UUID | None = None


class PetitionRegistering:
    """Use cases of the office that receives petitioners; steps raise as `PetitionMoving.begin`."""

    def __init__(
        self, context: UseCaseContext, moving: PetitionMoving, receptions: Receptions, limits: PetitionLimits
    ) -> None:
        self._outbox = context.outbox
        self._moving = moving
        self._receptions = receptions
        self._limits = limits

    async def register(self, principal: Principal, new: NewPetition) -> Petition:
        """登记: received on a day; from then the law's days for acceptance run.

        Raises `NotFound` outside the caller's areas, `PetitionLevelWrong`, `PetitionDateWrong`,
        `PetitionReceptionWrong`, `PetitionPersonWrong`.
        """
        require_level(new.area, new.level)
        principal.department_scope(REGISTER).require(new.area[: new.level], None)
        today = self._moving.today
        require_day(new.registered_on, "registered_on", since=date(today.year - 1, 1, 1), today=today)
        await self._require_reception(new)
        await self._require_person(new.person_id)
        petition_id, seal = new_id(), self._moving.crypto.seal
        owner = str(petition_id)
        petition = Petition(
            id=petition_id,
            version=1,
            area=new.area,
            former=[],
            level=new.level,
            form=new.form.value,
            matter=new.matter.value,
            people=new.people,
            reception_id=new.reception_id,
            person_id=new.person_id,
            name=seal(new.name, field="petition.name", owner=owner),
            phone=None if new.phone is None else seal(new.phone, field="petition.phone", owner=owner),
            address=None if new.address is None else seal(new.address, field="petition.address", owner=owner),
            claim=seal(new.claim, field="petition.claim", owner=owner),
            status=PetitionStatus.REGISTERED,
            registered_on=new.registered_on,
            extended=False,
            reopenings=0,
        )
        await self._moving.petitions.add(petition)
        await self._moving.record(principal.subject, petition, PetitionStep.REGISTER, None, None, None)
        self._outbox.add(PetitionRegistered(state=PetitionState.model_validate(petition)))
        return petition

    async def withdraw(
        self, principal: Principal, id: UUID, reason: PetitionWithdrawal, note: str | None, *, expected: Seen = None
    ) -> Petition:
        """撤回: the petitioner takes it back, or it was registered by mistake."""
        seen = await self._moving.begin(principal, id, PetitionStep.WITHDRAW, expected)
        changes = {"status": PetitionStatus.WITHDRAWN}
        step = PetitionStep.WITHDRAW
        return await self._moving.move(principal, seen, step, PetitionWithdrawn, reason=reason, note=note, **changes)

    async def ask_review(
        self, principal: Principal, id: UUID, asked_on: date, note: str | None, *, expected: Seen = None
    ) -> Petition:
        """申请复查: within the law's days after the answer was delivered.

        Raises `PetitionDateWrong`, `PetitionTooLate`.
        """
        seen = await self._moving.begin(principal, id, PetitionStep.ASK_REVIEW, expected)
        self._require_asked(seen, asked_on)
        return await self._moving.move(
            principal,
            seen,
            PetitionStep.ASK_REVIEW,
            PetitionReviewAsked,
            note=note,
            status=PetitionStatus.UNDER_REVIEW,
            review_asked_on=asked_on,
        )

    async def ask_final_review(
        self, principal: Principal, id: UUID, asked_on: date, note: str | None, *, expected: Seen = None
    ) -> Petition:
        """申请复核: within the law's days after the review was delivered. Raises as `ask_review`."""
        seen = await self._moving.begin(principal, id, PetitionStep.ASK_FINAL_REVIEW, expected)
        self._require_asked(seen, asked_on)
        return await self._moving.move(
            principal,
            seen,
            PetitionStep.ASK_FINAL_REVIEW,
            PetitionFinalReviewAsked,
            note=note,
            status=PetitionStatus.UNDER_FINAL_REVIEW,
            final_asked_on=asked_on,
        )

    def _require_asked(self, petition: Petition, asked_on: date) -> None:
        assert petition.told_on is not None, "it was answered"
        require_day(asked_on, "asked_on", since=petition.told_on, today=self._moving.today)
        require_in_time(asked_on, petition.act_by)

    async def _require_person(self, person_id: UUID | None) -> None:
        if person_id is None:
            return
        session, key = self._moving.session, str(person_id)
        known = await projected_many(session, PersonState, [key])
        if key not in known or await erased_persons(session, [key]):
            raise PetitionPersonWrong.at("person_id")

    async def _require_reception(self, new: NewPetition) -> None:
        if (new.form is PetitionForm.RECEPTION) != (new.reception_id is not None):
            raise PetitionReceptionWrong.at("reception_id")
        if new.reception_id is None:
            return
        reception = await self._receptions.of(new.reception_id)
        office = new.area[: new.level]
        if reception is None or reception.area != office or reception.status == ReceptionStatus.CANCELLED:
            raise PetitionReceptionWrong.at("reception_id")
        if reception.received_on != new.registered_on:
            raise PetitionReceptionWrong.at("registered_on")
