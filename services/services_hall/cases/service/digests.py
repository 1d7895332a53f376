"""Digests of numbers of persons in cases (盲索引): by them alone is somebody found who was typed at a counter."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.services_hall.cases.models import Applicant, CaseParty
from services.services_hall.cases.repository import CaseRepository
from shared.crypto.service import Crypto
from shared.messaging.context import UseCaseContext
from shared.rotation.indexes import opened

KIND = "case_person.number"
APPLICANTS, PARTIES = "applicants", "parties"
"""First word of a cursor of `remake`: whose rows come next."""


def number_of(fields: Mapping[str, Any]) -> str | None:
    """What is blinded of somebody: the number with its type, in canonical form; None without a number."""
    type_, number = fields.get("document_type"), fields.get("document_number")
    return f"{type_}:{number}" if type_ and number else None


def digests_of(
    crypto: Crypto, fields: Mapping[str, Any], *, holder: UUID, case_id: UUID, person_id: UUID | None
) -> list[dict[str, Any]]:
    """Rows of digests of somebody, one for each index key in use; none without a number."""
    number = number_of(fields)
    keys = [] if number is None else crypto.blind(KIND, number)
    whose = {"holder": holder, "case_id": case_id, "person_id": person_id}
    return [{"key_id": key.key_id, "digest": key.digest, **whose} for key in keys]


class PersonDigests:
    """Digests that are made again: for rows from before there were any, and for another index key."""

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._cases = CaseRepository(context.session)

    async def fill(self, limit: int) -> bool:
        """Of the next rows that have none. True: there may be more. What cannot be opened is left to a rotation."""
        found = await self._cases.undigested(limit)
        await self._make([one for one in found if isinstance(one, Applicant)])
        await self._make([one for one in found if isinstance(one, CaseParty)])
        for one in found:
            one.digested = True
        return len(found) == limit

    async def remake(self, after: str | None, limit: int) -> str | None:
        """Of the next rows under each index key in use, locked. Where the next ones begin; None at the end."""
        of, _, last = (after or APPLICANTS).partition(" ")
        kind = Applicant if of == APPLICANTS else CaseParty
        found = await self._cases.persons_after(kind, UUID(last) if last else None, limit)
        await self._make(found)
        if len(found) == limit:
            return f"{of} {_holder(found[-1])}"
        return PARTIES if of == APPLICANTS else None

    async def _make(self, rows: Sequence[Any]) -> None:
        persons = await self._cases.persons_of({one.case_id for one in rows})
        lacking: list[dict[str, Any]] = []
        for row, fields in opened([one for one in rows if one.snapshot], self._fields):
            person = persons[row.case_id] if isinstance(row, Applicant) else row.person_id
            whose = {"holder": _holder(row), "case_id": row.case_id, "person_id": person}
            lacking += digests_of(self._crypto, fields, **whose)
        await self._cases.add_digests(lacking)

    def _fields(self, row: Applicant | CaseParty) -> Mapping[str, Any]:
        field = "applicants.snapshot" if isinstance(row, Applicant) else "case_parties.snapshot"
        found: Mapping[str, Any] = json.loads(self._crypto.open(row.snapshot, field=field, owner=_holder(row)))
        return found


def _holder(row: Applicant | CaseParty) -> UUID:
    return row.case_id if isinstance(row, Applicant) else row.id


async def remake(context: UseCaseContext, after: str | None, limit: int) -> str | None:
    """As `PersonDigests.remake`, for the rotation of keys."""
    return await PersonDigests(context).remake(after, limit)
