"""Answers to granted cases (办件登记答复): what the hall asks for changes the register, or is refused with a code."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.benefits.service.granting import BenefitGranting
from services.registry.case_effect_answers.domain import EFFECT_REVERSED, LISTED
from services.registry.case_effect_answers.models import CaseEffectAnswer
from services.registry.case_effect_answers.service.residences import ResidenceEffects
from services.registry.life_events.domain import PersonMerged
from services.registry.movements.service.recording import LifeEventRecording
from services.registry.persons.domain import PersonChange, PersonRecord, require_kept
from services.registry.persons.repository.persons import PersonRepository
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.residence_answers.domain import ResidentUnknown
from shared.auth.access_log import Detail, SystemActor
from shared.contracts.county.lists import ListKind
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.envelope import Fact
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.contracts.services_hall.case_effects import CaseEffectState
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.effects import EffectApplying, EffectRepository, answer_of
from shared.reference.areas import village_of

ACTOR = SystemActor("services_hall.case_effects")


class CaseEffectAnswers(EffectApplying[CaseEffectState, CaseEffectAnswer]):
    """Use cases of answers to what granted cases ask for."""

    request = CaseEffectState
    answers = CaseEffectAnswerState.noun

    def __init__(self, context: UseCaseContext, recording: LifeEventRecording) -> None:
        super().__init__(context, CaseEffectAnswer)
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._residences = ResidenceEffects(context, recording)
        self._granting = BenefitGranting(context)

    def order(self, request: CaseEffectState) -> Any:
        """By person: locks are taken in the order of persons."""
        return request.person_id, request.id

    async def apply(self, request: CaseEffectState) -> None:
        """The person gets what was granted, by the rules of what it is (`ResidenceEffects`, `BenefitGranting`).

        Raises `ResidentUnknown`, `PersonErased`, `PersonMerged`, and as these; for a benefit `BookOfAnotherPlace` of
        who neither lives nor is registered in the village that is named.
        """
        person = await self._persons.locked(request.person_id)
        if person is None:
            raise ResidentUnknown(request.person_id)
        require_kept(person)
        if person.merged_into is not None:
            raise PersonMerged(person.id)
        answer = await self._answers.of(request.id)
        assert answer is not None, "it was taken"
        listed = LISTED.get(request.kind)
        if listed is None:
            event_id = await self._residences.entering[request.kind](person, request)
            answer.event_id, answer.benefit_id = event_id, None
        else:
            benefit_id = await self._grant(person, listed, request)
            answer.event_id, answer.benefit_id = None, benefit_id
        self._access.note(
            ACTOR,
            action="apply_case_effect",
            noun="registry.person",
            object_id=person.id,
            area=person.area,
            detail=Detail.WRITE,
        )
        await self._session.flush()

    async def _grant(self, person: PersonRecord, kind: ListKind, request: CaseEffectState) -> UUID:
        village = village_of(request.area)
        if village not in {village_of(one) for one in person.areas if one is not None}:
            raise BookOfAnotherPlace(person.id)
        return await self._granting.grant(person, kind, area=request.area, case_id=request.id, since=request.starts_on)


class CaseEffectFollowing:
    """A follower of persons and of benefits: what a granted case had brought is taken back, or gets another day."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._answers = EffectRepository(context.session, CaseEffectAnswer)

    async def follow(self, change: PersonChange) -> None:
        """What was told as applied is told as refused by `effect_reversed` once its life event stands no more."""
        if change.without is None:
            return
        for answer in await self._that_stand_by(change.without):
            if change.by is None:
                await self._reversed(answer)
                continue
            answer.event_id = change.by
            await self._session.flush()

    async def benefit_taken_back(self, id: UUID) -> None:
        """The same of a benefit that never was (`BenefitFollower`)."""
        for answer in await self._that_stand_by(id):
            await self._reversed(answer)

    async def _that_stand_by(self, id: UUID) -> Sequence[CaseEffectAnswer]:
        by = or_(CaseEffectAnswer.event_id == id, CaseEffectAnswer.benefit_id == id)
        return (await self._session.scalars(select(CaseEffectAnswer).where(by).with_for_update())).all()

    async def _reversed(self, answer: CaseEffectAnswer) -> None:
        status = str(EffectStatus.REFUSED)
        now, nothing = self._clock.now(), {"event_id": None, "benefit_id": None}
        told = await self._answers.answer(answer, status=status, code=EFFECT_REVERSED, answered_at=now, **nothing)
        self._outbox.add(answer_of(CaseEffectAnswerState.noun, status, told))


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next answers, their rows locked."""
    rows = await EffectRepository(session, CaseEffectAnswer).locked_after(UUID(after) if after else None, limit)
    return [answer_of(CaseEffectAnswerState.noun, "restated", one) for one in rows]
