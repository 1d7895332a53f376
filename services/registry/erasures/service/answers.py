"""Answers of services to erasures (清除), and what a register that was restored from a backup learns by them."""

from collections.abc import Mapping
from uuid import UUID

from services.registry.erasures.domain import (
    HERE,
    SERVICES,
    AnswerRecord,
    ErasureGround,
    ErasureOrigin,
    ErasureRecord,
)
from services.registry.erasures.repository.erasures import ErasureRepository
from services.registry.erasures.service.erasing import RegisterErasing
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from shared.auth.tokens import SYSTEM
from shared.contracts.envelope import Fact
from shared.contracts.erasure_answers import ErasureAnswerState
from shared.contracts.registry.erasures import (
    ErasureAnswered,
    ErasureCompleted,
    ErasureRecovered,
    ErasureState,
    ErasureStatus,
    ErasureWithdrawn,
)
from shared.messaging.context import UseCaseContext
from shared.observability.logging import get_logger

log = get_logger(__name__)

BY = f"{SYSTEM}erasures"
"""Who erases again after a restore."""
BATCH = 20


class ErasureAnswers:
    """Use cases of answers. An answer that comes again changes nothing."""

    def __init__(self, context: UseCaseContext, erasing: RegisterErasing) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._erasing = erasing
        self._erasures = ErasureRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def take(self, service: str, answer: ErasureAnswerState, *, late: bool = False) -> None:
        """A service says how far it is. Of an erasure that is not decided here the register was restored to before
        the decision: it is carried out again. `late`: it may have said more since; what is done stays done then.
        """
        erasure = await self._erasures.locked(answer.id)
        if erasure is None or erasure.status not in (ErasureStatus.ORDERED, ErasureStatus.DONE):
            erasure = await self._recovered(erasure, answer)
        news = await self._erasures.answer(
            AnswerRecord(answer.id, service, answer.asked_at, answer.done_at, dict(answer.counts)), late=late
        )
        if news:
            await self._told(erasure)

    async def erase_left(self) -> bool:
        """Erase in the register what a restored one could not: whoever was entered as living there has left again.

        Those who still live there hold up nobody. True if there may be more.
        """
        after: UUID | None = None
        while left := await self._erasures.left(HERE, after, BATCH):
            erased = [one for one in left if await self._erase_here(one)]
            for one in erased:
                await self._told(one)
            if erased:
                return True
            after = left[-1].id
        return False

    async def _recovered(self, erasure: ErasureRecord | None, answer: ErasureAnswerState) -> ErasureRecord:
        now = self._clock.now()
        others = {*answer.persons} if erasure is None else {*answer.persons, erasure.person_id}
        for other in await self._erasures.waiting(others, answer.id):
            # by the backup it waits: it was taken back or decided before the other one could be asked for
            withdrawn = await self._erasures.move(other, ErasureStatus.WITHDRAWN, decided_by=BY, decided_at=now)
            assert withdrawn is not None, "the row is locked"
            self._outbox.add(ErasureWithdrawn(state=ErasureState.model_validate(withdrawn)))
        decided = {"persons": list(answer.persons), "decided_by": BY, "decided_at": now}
        if erasure is None:
            erasure = ErasureRecord(
                id=answer.id,
                version=1,
                status=str(ErasureStatus.ORDERED),
                person_id=await self._who(answer),
                persons=answer.persons,
                ground=str(ErasureGround.OTHER),
                origin=str(ErasureOrigin.RESTORE),
                requested_by=BY,
                requested_at=answer.asked_at,
                decided_by=BY,
                decided_at=now,
            )
            await self._erasures.add(erasure)
        else:
            moved = await self._erasures.move(erasure, ErasureStatus.ORDERED, refusal=None, **decided)
            assert moved is not None, "the row is locked"
            erasure = moved
        log.warning("erasure_recovered", erasure=erasure.id)
        self._outbox.add(ErasureRecovered(state=ErasureState.model_validate(erasure)))
        await self._erasures.ask(erasure.id, SERVICES, now)
        await self._erase_here(erasure)
        return erasure

    async def _erase_here(self, erasure: ErasureRecord) -> bool:
        people: Mapping[UUID, PersonRecord] = await self._erasing.all_locked(erasure.persons)
        counts = await self._erasing.erase(list(people.values()), BY)
        if counts is None:
            log.warning("erasure_waits", erasure=erasure.id)
            return False
        now = self._clock.now()
        return await self._erasures.answer(AnswerRecord(erasure.id, HERE, now, now, counts))

    async def _told(self, erasure: ErasureRecord) -> None:
        """The next version: answered, or done with the last answer."""
        answers = (await self._erasures.answers([erasure.id]))[erasure.id]
        done = all(one.done_at is not None for one in answers)
        fact: type[Fact[ErasureState]] = ErasureCompleted if done else ErasureAnswered
        moved = await self._erasures.move(erasure, ErasureStatus.DONE if done else ErasureStatus.ORDERED)
        assert moved is not None, "the row is locked"
        self._outbox.add(fact(state=ErasureState.model_validate(moved)))

    async def _who(self, answer: ErasureAnswerState) -> UUID:
        """Who goes on for the others of an answer; the first of them if nobody is known here."""
        known = await self._persons.all_locked(answer.persons)
        return next((one.id for one in known.values() if one.merged_into is None), answer.persons[0])
