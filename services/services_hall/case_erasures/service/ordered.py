"""Erasing that the register orders (清除): whoever is found by id, or by the number of an extract, goes with the end
of the case; the case itself stays.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.services_hall.case_erasures.repository.persons import PersonErasingRepository
from shared.erasures.service import KEPT
from shared.messaging.context import UseCaseContext


class ApplicantErasing:
    """An eraser (`shared.erasures`). Who still handles a case knows for whom: it is kept until the case has ended.

    Who was typed at a counter is found by the number that an extract of the same person had in any case here. While
    rows from before there were digests wait for theirs, nothing is erased: a number that goes first links nobody.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._persons = PersonErasingRepository(context.session)

    async def erase(self, persons: Collection[UUID]) -> Mapping[str, int]:
        """Erase these persons in cases that have ended, and where they were removed from a case."""
        await self._persons.lock_cases_of(persons)
        if not await self._persons.all_digested():
            return {"applicants": 0, KEPT: 1}
        await self._persons.know(persons)
        holders = await self._persons.holders_of(persons)
        ended = await self._persons.ended(holders)
        return {"applicants": await self._persons.erase(ended), KEPT: len(holders) - len(ended)}
