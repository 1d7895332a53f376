"""Blind indexes of persons for another key (换钥): each number is found under it too, and nobody has it twice."""

from uuid import UUID

from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import Digest, PersonRepository
from services.registry.persons.service.disclosures import NUMBER
from services.registry.persons.service.names import PersonNames
from shared.messaging.context import UseCaseContext
from shared.rotation.indexes import missing, opened


async def remake_numbers(context: UseCaseContext, after: str | None, limit: int) -> str | None:
    """The next persons with a number, locked. A number that a person no longer holds stays free."""
    crypto, persons = context.crypto, PersonRepository(context.session)

    def number_of(person: PersonRecord) -> str:
        assert person.number_sealed is not None, "chosen by it"
        return crypto.open(person.number_sealed, field=NUMBER, owner=person.id)

    found = await persons.numbered_after(UUID(after) if after else None, limit)
    held = await persons.digests_of([one.id for one in found])
    lacking: list[Digest] = []
    for person, number in opened(found, number_of):
        kind = person.document_type or ""
        candidates = [crypto.blind(kind, number)]
        mine = {(key.key_id, key.digest) for of, key in held.get(person.id, ()) if of == kind}
        lacking += [Digest(person.id, kind, key) for key in missing(mine, candidates)]
    await persons.add_digests(lacking)
    return str(found[-1].id) if len(found) == limit else None


async def remake_names(context: UseCaseContext, _: str | None, limit: int) -> str | None:
    """The next persons whose names lack tokens under a key in use; they need no cursor."""
    return "more" if await PersonNames(context).fill(limit) else None
