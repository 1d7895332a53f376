"""Reading of erasures (清除): what was asked, who decided, and how far each service is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.erasures.domain import AnswerRecord, ErasureRecord
from services.registry.erasures.repository.erasures import ErasureRepository
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.registry.erasures import ErasureRestated, ErasureState, ErasureStatus
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

REQUEST = "erasure.request"


@dataclass(frozen=True, slots=True, repr=False)
class ShownErasure:
    """An erasure as one caller is shown it. `person`: None only of the one more that ends a page."""

    record: ErasureRecord
    person: Disclosed | None
    answers: Sequence[AnswerRecord] = ()


class ErasureReads:
    """Use cases that read. Every look at an erasure is noted as a look at its person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._erasures = ErasureRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def read(self, principal: Principal, id: UUID) -> ShownErasure:
        """One erasure, for who may ask for one where the person belonged. Raises `NotFound`."""
        found = await self._erasures.get(id)
        person = None if found is None else await self._persons.get(found.person_id)
        if found is None or person is None or not principal.scope(REQUEST).allows_any(*person.areas):
            raise NotFound(id)
        note(self._access, principal, "read_erasure", person, REQUEST, Detail.MASKED)
        answers = await self._erasures.answers([id])
        return ShownErasure(found, disclose(person, self._crypto, full=False), answers.get(id, ()))

    async def page(
        self, principal: Principal, area: str, status: ErasureStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[ShownErasure]:
        """Erasures of an area's people, the newest first; each is noted as a look at the person.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        scope = principal.scope(REQUEST, within=area)
        found = await self._erasures.page(scope, status, after=after, limit=limit + 1)
        people = {one.id: one for one in await self._persons.visible({one.person_id for one in found}, scope)}
        answers = await self._erasures.answers([one.id for one in found[:limit]])
        shown: list[ShownErasure] = []
        for one in found[:limit]:
            person = people[one.person_id]
            note(self._access, principal, "list_erasures", person, REQUEST, Detail.MASKED)
            shown.append(ShownErasure(one, disclose(person, self._crypto, full=False), answers.get(one.id, ())))
        return [*shown, *(ShownErasure(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, status: ErasureStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._erasures.count(principal.scope(REQUEST, within=area), status)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ErasureRestated]:
    """Restated facts of the next erasures, their rows locked."""
    found = await ErasureRepository(session).locked_after(UUID(after) if after else None, limit)
    return [ErasureRestated(state=ErasureState.model_validate(one)) for one in found]
