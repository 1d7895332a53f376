"""Use cases of extracts (身份摘要): what one purpose needs of a person, sealed for one audience, place and use."""

from collections.abc import Callable, Mapping
from uuid import UUID

from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.crypto.extracts import ExtractWriter, SealedExtract
from shared.errors import FieldError, Invalid, NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.named_code import NamedCode

PERMISSION = "person.extract"


class Audience(NamedCode):
    """Service for which an extract is sealed."""

    SERVICES_HALL = "services_hall", "一站式代办"


_NEEDED: Mapping[tuple[Audience, Purpose], Mapping[str, Callable[[Disclosed], str | None]]] = {
    (Audience.SERVICES_HALL, Purpose.CASE_HANDLING): {
        "name": lambda person: person.name,
        "document_type": lambda person: person.record.document_type,
        "document_number": lambda person: person.number,
        "phone": lambda person: person.phone,
    },
}
"""What an audience needs of a person for a purpose, and is told; for other purposes there is no extract."""


def require_extract(audience: Audience, purpose: Purpose) -> Mapping[str, Callable[[Disclosed], str | None]]:
    """What an audience is told of a person for the purpose. Raises `Invalid` if there is no extract for it."""
    needed = _NEEDED.get((audience, purpose))
    if needed is None:
        raise Invalid(errors=[FieldError("purpose", "no_extract", "此用途不能签发身份摘要")])
    return needed


class Extracts:
    """Use cases of extracts. `writer` is None for callers that seal none."""

    def __init__(self, context: UseCaseContext, writer: ExtractWriter | None) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._writer = writer

    async def sign(
        self, principal: Principal, id: UUID, *, audience: Audience, purpose: Purpose, place: str
    ) -> SealedExtract:
        """Seal an extract for a counter in `place`. The caller cannot read it; the disclosure is in the access log.

        Raises `Invalid` for a purpose that needs none, `NotFound` for a person or a place outside the caller's scope.
        """
        require_extract(audience, purpose)
        scope = principal.scope(PERMISSION)
        scope.require(place)
        record = await self._persons.get(id)
        if record is None or not scope.allows_any(*record.areas):
            note_nothing(self._access, principal, f"extract_for_{audience}", id, purpose)
            raise NotFound(id)
        note(self._access, principal, f"extract_for_{audience}", record, PERMISSION, Detail.FULL, purpose=purpose)
        return self.seal(record, audience, purpose, place)

    def seal(self, record: PersonRecord, audience: Audience, purpose: Purpose, place: str) -> SealedExtract:
        """Seal what the purpose needs, for whoever has asked for scope and noted it. Raises `Invalid` as `sign`."""
        if self._writer is None:
            raise RuntimeError("no keys to seal extracts were handed in")
        needed, person = require_extract(audience, purpose), disclose(record, self._crypto, full=True)
        return self._writer.write(
            person_id=record.id,
            fields={name: told(person) for name, told in needed.items()},
            audience=str(audience),
            purpose=str(purpose),
            place=place,
            now=self._clock.now(),
        )
