"""Access log as seen from a person: who looked, what for (个人信息保护法 45)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.registry.accesses.repository import AccessRecord, AccessRepository
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import TELLING_OF_RESTRICTED_TAGS, note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

PERMISSION = "person.accesses"


class Accesses:
    """The part of the access log that concerns one person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._accesses = AccessRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def of_person(
        self, principal: Principal, id: UUID, *, after: tuple[datetime, str, int, int] | None, limit: int
    ) -> Sequence[AccessRecord]:
        """Access log of a person, the newest entry first. This look is noted too. Raises `NotFound`.

        What was done about restricted tags is shown as it is to whom restricted tags are. An auditor sees who looked,
        when and what for, told as of any tag; the others see nothing of it: they would learn that there are some.
        """
        person = await self._persons.get(id)
        if person is None or not principal.scope(PERMISSION).allows_any(*person.areas):
            note_nothing(self._access, principal, "read_accesses", id)
            raise NotFound(id)
        note(self._access, principal, "read_accesses", person, PERMISSION, Detail.MASKED)
        knows = principal.scope("tag.restricted").allows_any(*person.areas)
        audits = principal.scope(PERMISSION, "access.restricted").allows_any(*person.areas)
        without = () if knows or audits else tuple(TELLING_OF_RESTRICTED_TAGS)
        records = await self._accesses.page(id, without=without, after=after, limit=limit)
        return records if knows else [untold(one) for one in records]


def untold(record: AccessRecord) -> AccessRecord:
    """The line without saying whether the tag was a restricted one."""
    return replace(record, action=TELLING_OF_RESTRICTED_TAGS.get(record.action, record.action))
