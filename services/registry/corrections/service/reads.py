"""Reading of requests for corrections (更正申请), with what stands before and after each, masked by role."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.corrections.domain import CorrectionRecord
from services.registry.corrections.repository import CorrectionRepository
from services.registry.corrections.service.values import Difference, differences
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.correcting import CORRECT
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.registry.corrections import CorrectionRestated, CorrectionState, CorrectionStatus
from shared.crypto.service import Crypto
from shared.errors import Forbidden, NotFound, PurposeRequired
from shared.messaging.context import UseCaseContext

FULL = "person.full"
BEFORE, AFTER, NOTE, ANSWER = "correction.before", "correction.after", "correction.note", "correction.answer"
"""Names under which values and texts are sealed."""


@dataclass(frozen=True, slots=True, repr=False)
class ShownCorrection:
    """A request as one caller is shown it. `differences`, `note`, `answer`: of a single one. The repr shows nothing.

    `outdated`: it waits, and the person has changed since it was asked for.
    """

    record: CorrectionRecord
    person: Disclosed | None
    outdated: bool = False
    differences: Sequence[Difference] | None = None
    note: str | None = None
    answer: str | None = None


def show(crypto: Crypto, found: CorrectionRecord, person: PersonRecord, *, full: bool = False) -> ShownCorrection:
    """A single request, with values and texts."""

    def opened(sealed: bytes, name: str) -> str:
        return crypto.open(sealed, field=name, owner=found.id)

    changes = None
    if found.before_sealed:  # else it was erased with the person
        before, after = opened(found.before_sealed, BEFORE), opened(found.after_sealed, AFTER)
        changes = differences(before, after, village=person.village_names, full=full)
    return ShownCorrection(
        found,
        disclose(person, crypto, full=full),
        is_outdated(found, person),
        changes,
        None if found.note_sealed is None else opened(found.note_sealed, NOTE),
        None if found.answer_sealed is None else opened(found.answer_sealed, ANSWER),
    )


class CorrectionReads:
    """Use cases that read. Every look at a request is noted as a look at its person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._corrections = CorrectionRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def read(self, principal: Principal, id: UUID, *, full: bool, purpose: Purpose | None) -> ShownCorrection:
        """One request with what stands before and after it, masked; or in full for a purpose, with `person.full`.

        Raises `NotFound`, `Forbidden` if the person may be seen masked only, `PurposeRequired`.
        """
        found = await self._corrections.get(id)
        person = None if found is None else await self._persons.get(found.person_id)
        if found is None or person is None or not principal.scope(CORRECT).allows_any(*person.areas):
            raise NotFound(id)
        if full and not principal.scope(CORRECT, FULL).allows_any(*person.areas):
            raise Forbidden(id)
        if full and purpose is None:
            raise PurposeRequired.at("query.purpose", subject=id)
        permission, detail = (FULL, Detail.FULL) if full else (CORRECT, Detail.MASKED)
        note(self._access, principal, "read_correction", person, permission, detail, purpose=purpose)
        return show(self._crypto, found, person, full=full)

    async def page(
        self, principal: Principal, area: str, status: CorrectionStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[ShownCorrection]:
        """Requests for an area's people, oldest first, without values; each is noted as a look at the person.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        scope = principal.scope(CORRECT, within=area)
        found = await self._corrections.page(scope, status, after=after, limit=limit + 1)
        people = {one.id: one for one in await self._persons.visible({one.person_id for one in found}, scope)}
        shown: list[ShownCorrection] = []
        for one in found[:limit]:
            person = people.get(one.person_id)
            if person is None:  # moved away at this moment
                continue
            note(self._access, principal, "list_corrections", person, CORRECT, Detail.MASKED)
            shown.append(ShownCorrection(one, disclose(person, self._crypto, full=False), is_outdated(one, person)))
        return [*shown, *(ShownCorrection(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, status: CorrectionStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._corrections.count(principal.scope(CORRECT, within=area), status)


def is_outdated(correction: CorrectionRecord, person: PersonRecord) -> bool:
    """Whether the person has changed since it was asked for, and it waits."""
    return correction.status == CorrectionStatus.REQUESTED and person.version != correction.person_version


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CorrectionRestated]:
    """Restated facts of the next requests, their rows locked."""
    found = await CorrectionRepository(session).locked_after(UUID(after) if after else None, limit)
    return [CorrectionRestated(state=CorrectionState.model_validate(one)) for one in found]
