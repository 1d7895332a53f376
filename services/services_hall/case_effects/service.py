"""Effects of cases (办件登记事项): asked for when a case is granted, asked for once more, answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.case_effects.domain import CaseEffectNotRefused, CaseEffectStands
from services.services_hall.case_effects.models import CaseEffect
from services.services_hall.case_effects.repository import CaseEffectRepository
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.contracts.registry.persons import PersonState
from shared.contracts.services_hall.case_effects import (
    CaseEffectAnswered,
    CaseEffectAsked,
    CaseEffectRestated,
    CaseEffectState,
)
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected

ASKED, REFUSED = EffectStatus.ASKED, EffectStatus.REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a granted case asks for."""

    person_id: UUID
    kind: str
    area: str
    starts_on: date


class CaseEffects:
    """Effects, for whoever holds the lock of the case. The callers ask for permission."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._effects = CaseEffectRepository(context.session)

    async def of(self, id: UUID) -> CaseEffect | None:
        """The effect of a case as it stands; None if nothing was asked for."""
        return await self._effects.get(id)

    async def ask(self, id: UUID, wanted: Wanted) -> None:
        """Ask for what was granted. A case that was granted before, and taken back since, asks once more."""
        person = await self._goes_on(wanted.person_id)
        before = await self._effects.locked(id)
        if before is not None:
            await self._ask_again(before, person, kind=wanted.kind, area=wanted.area, starts_on=wanted.starts_on)
            return
        effect = CaseEffect(
            id=id,
            version=1,
            person_id=person,
            kind=wanted.kind,
            area=wanted.area,
            starts_on=wanted.starts_on,
            asked=1,
            status=str(ASKED),
            code=None,
            answered_at=None,
            heard=0,
        )
        self._effects.add(effect)
        self._outbox.add(CaseEffectAsked(state=CaseEffectState.model_validate(effect)))

    async def ask_again(self, id: UUID) -> None:
        """Ask for the same once more, after it was mended in the register. Raises `CaseEffectNotRefused`."""
        before = await self._effects.locked(id)
        if before is None or before.status != REFUSED:
            raise CaseEffectNotRefused(id)
        await self._ask_again(before, await self._goes_on(before.person_id))

    async def require_released(self, id: UUID) -> None:
        """Raise `CaseEffectStands` while registry is asked, or has applied what the case asked for."""
        effect = await self._effects.locked(id)
        if effect is not None and effect.status != REFUSED:
            raise CaseEffectStands(id)

    async def note(self, answer: CaseEffectAnswerState) -> CaseEffect | None:
        """Note an answer: to the last asking, and newer than the one that is known; else None, and nothing is noted.

        What was applied is told as refused once registry has taken it back.
        """
        effect = await self._effects.locked(answer.id)
        if effect is None or effect.asked != answer.asked or answer.version <= effect.heard:
            return None
        changes = {"status": str(answer.status), "code": answer.code, "answered_at": answer.answered_at}
        noted = await compare_and_set(self._session, effect, **changes, heard=answer.version)
        assert noted is not None, "the row is locked"
        self._outbox.add(CaseEffectAnswered(state=CaseEffectState.model_validate(noted)))
        return noted

    async def _ask_again(self, before: CaseEffect, person: UUID, **changes: object) -> None:
        anew = {"asked": before.asked + 1, "status": str(ASKED), "code": None, "answered_at": None}
        asked = await compare_and_set(self._session, before, person_id=person, **anew, **changes)
        assert asked is not None, "the row is locked"
        self._outbox.add(CaseEffectAsked(state=CaseEffectState.model_validate(asked)))

    async def _goes_on(self, person: UUID) -> UUID:
        """The id under which somebody stands in the register who was merged since."""
        seen: set[UUID] = set()
        while person not in seen:
            seen.add(person)
            state = await projected(self._session, PersonState, person)
            if state is None or state.merged_into is None:
                break
            person = state.merged_into
        return person


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CaseEffectRestated]:
    """Restated facts of the next effects, their rows locked."""
    rows = await CaseEffectRepository(session).locked_after(UUID(after) if after else None, limit)
    return [CaseEffectRestated(state=CaseEffectState.model_validate(one)) for one in rows]
