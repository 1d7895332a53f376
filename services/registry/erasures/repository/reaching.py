"""Queries that erase what the register itself keeps of persons: sealed values, digests, codes. Rows and codes stay."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.bindings.domain import BindingEnd, BindingStatus
from services.registry.bindings.models import Binding
from services.registry.consents.models import Consent, ConsentVersion
from services.registry.corrections.models import CorrectionRequest
from services.registry.life_events.models import Reversal
from services.registry.marriages.models import Marriage
from services.registry.person_imports.models import ImportedPerson
from services.registry.persons.models import PersonDigest, PersonName
from services.registry.proofs.models import ProofCode
from services.registry.tag_contacts.models import TagContact, TagContactVersion
from services.registry.terms.models import Term, TermVersion
from shared.db.erasing import erasing

FOUND_BY = (PersonDigest, PersonName, ProofCode, ImportedPerson)
"""What persons are found by: rows of digests, each with its `person_id`."""


class ReachingRepository:
    """Erasing, row by row of a noun, without opening anything. Asked again it finds nothing more."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def forget(self, persons: Collection[UUID]) -> int:
        """By no digest are these persons found, and no code serves. How many rows are gone."""
        gone = 0
        for table in FOUND_BY:
            removed = delete(table).where(table.person_id.in_(persons)).returning(table.person_id)
            gone += len((await self._session.execute(removed)).all())
        return gone

    async def corrections(self, persons: Collection[UUID]) -> Sequence[UUID]:
        """Requests for corrections of these, erased: their ids, whether something was left in them or not."""
        table = CorrectionRequest.__table__
        await self._erase(table, table.c.person_id.in_(persons))
        return (await self._session.scalars(select(table.c.id).where(table.c.person_id.in_(persons)))).all()

    async def reversals(self, persons: Collection[UUID]) -> int:
        """What was said at reversals of their life events."""
        return await self._erase(Reversal.__table__, Reversal.person_id.in_(persons))

    async def marriages(self, persons: Collection[UUID]) -> int:
        """Their spouses who are not in the register."""
        return await self._erase(Marriage.__table__, Marriage.person_id.in_(persons))

    async def looked_after(self, persons: Collection[UUID]) -> Collection[UUID]:
        """Whose tags have one of these as a contact: who changes such a contact holds the lock on the tag's person."""
        tagged = select(TagContact.person_id).where(TagContact.party_id.in_(persons))
        return set((await self._session.scalars(tagged)).all())

    async def contacts(self, persons: Collection[UUID]) -> int:
        """Guardians and responsible persons of their tags, and they themselves as such, with every version.

        Those `looked_after` are locked as well, so that nobody writes back what was read before. The contacts come
        before their versions, to which no more are added then.
        """
        theirs = or_(TagContact.person_id.in_(persons), TagContact.party_id.in_(persons))
        erased = await self._erase(TagContact.__table__, theirs)
        ids = select(TagContact.id).where(theirs)
        return erased + await self._erase(TagContactVersion.__table__, TagContactVersion.contact_id.in_(ids))

    async def terms(self, persons: Collection[UUID]) -> int:
        """Them as holders of posts, with every version: to a term that is erased none is added meanwhile."""
        erased = await self._erase(Term.__table__, Term.person_id.in_(persons))
        ids = select(Term.id).where(Term.person_id.in_(persons))
        return erased + await self._erase(TermVersion.__table__, TermVersion.term_id.in_(ids))

    async def consents(self, persons: Collection[UUID]) -> int:
        """Numbers of the papers by which they consented or withdrew."""
        ids = select(Consent.id).where(Consent.person_id.in_(persons))
        return await self._erase(ConsentVersion.__table__, ConsentVersion.consent_id.in_(ids))

    async def end_bindings(self, persons: Collection[UUID], by: str, now: datetime) -> int:
        """Logins that were bound to them are so no more."""
        ended = {"ended_by": by, "ended_at": now, "end_reason": str(BindingEnd.OTHER)}
        statement = (
            update(Binding)
            .where(Binding.person_id.in_(persons), Binding.status == str(BindingStatus.BOUND))
            .values(status=str(BindingStatus.ENDED), version=Binding.version + 1, **ended)
            .returning(Binding.id)
        )
        return len((await self._session.execute(statement)).all())

    async def _erase(self, table: Any, which: ColumnElement[bool]) -> int:
        """Nothing sealed stays in these rows of a table. How many held something."""
        empty = table.name == Marriage.__tablename__  # that there is an outside spouse is no secret of the row
        return len((await self._session.execute(erasing(table, which, empty=empty))).all())
