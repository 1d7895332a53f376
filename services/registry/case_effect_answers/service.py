"""Answers to granted cases (办件登记答复): what the hall asks for becomes a life event, or is refused with a code."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.case_effect_answers.domain import EFFECT_REVERSED
from services.registry.case_effect_answers.models import CaseEffectAnswer
from services.registry.life_events.domain import LifeEventKind, PersonMerged, Place, is_counted
from services.registry.life_events.service import Arrival, Placement
from services.registry.movements.service.recording import Happening, LifeEventRecording
from services.registry.persons.domain import PersonChange, require_kept, spans_of
from services.registry.persons.repository.persons import PersonRepository
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.residence_answers.domain import ResidentUnknown
from shared.auth.access_log import Detail, SystemActor
from shared.auth.scope import Scope
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.envelope import Fact
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.contracts.registry.persons import PersonMovedIn
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
        self._placement = Placement(context.session)
        self._recording = recording

    def order(self, request: CaseEffectState) -> Any:
        """By person: locks are taken in the order of persons."""
        return request.person_id, request.id

    async def apply(self, request: CaseEffectState) -> None:
        """居住登记: the person moves in, in the book of the village that is named and in no other.

        Raises `ResidentUnknown`, `PersonErased`, `PersonMerged`, what a move-in is refused for by its place, its day
        and the history of the person, and `BookOfAnotherPlace` for who lives in another village of the county on that
        day or after it: they leave it by a transfer, to which that village agrees. Raises `NotYet` for a grid that has
        not arrived here.
        """
        person = await self._persons.locked(request.person_id)
        if person is None:
            raise ResidentUnknown(request.person_id)
        require_kept(person)
        if person.merged_into is not None:
            raise PersonMerged(person.id)
        village, place = village_of(request.area), Place(request.area, None)
        for span in spans_of(person.residence):
            other = is_counted(span.area) and village_of(span.area) != village
            if other and (span.end is None or span.end > request.starts_on):
                raise BookOfAnotherPlace(person.id)
        await self._placement.check([Arrival(place, None, request.starts_on, "area")])
        told = Happening(LifeEventKind.MOVE_IN, request.starts_on, None, PersonMovedIn, residence=place)
        _, event_id = await self._recording.record(person, told, scope=Scope((village,)))
        self._access.note(
            ACTOR,
            action="apply_case_effect",
            noun="registry.person",
            object_id=person.id,
            area=person.area,
            detail=Detail.WRITE,
        )
        answer = await self._answers.of(request.id)
        assert answer is not None, "it was taken"
        answer.event_id = event_id
        await self._session.flush()


class CaseEffectFollowing:
    """A follower of persons: a life event that a granted case had brought is taken back, or gets another day."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._answers = EffectRepository(context.session, CaseEffectAnswer)

    async def follow(self, change: PersonChange) -> None:
        """What was told as applied is told as refused by `effect_reversed` once its life event stands no more."""
        if change.without is None:
            return
        statement = select(CaseEffectAnswer).where(CaseEffectAnswer.event_id == change.without).with_for_update()
        for answer in (await self._session.scalars(statement)).all():
            if change.by is not None:
                answer.event_id = change.by
                await self._session.flush()
                continue
            status = str(EffectStatus.REFUSED)
            told = await self._answers.answer(
                answer, status=status, code=EFFECT_REVERSED, answered_at=self._clock.now(), event_id=None
            )
            self._outbox.add(answer_of(CaseEffectAnswerState.noun, status, told))


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next answers, their rows locked."""
    rows = await EffectRepository(session, CaseEffectAnswer).locked_after(UUID(after) if after else None, limit)
    return [answer_of(CaseEffectAnswerState.noun, "restated", one) for one in rows]
