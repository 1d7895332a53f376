"""Every query on documents of cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.documents.models import CaseDocument, DocumentSerial


class DocumentRepository:
    """Documents by their case: whose place is asked there."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: CaseDocument) -> None:
        self._session.add(row)

    async def get(self, id: UUID) -> CaseDocument | None:
        return await self._session.get(CaseDocument, id)

    async def locked(self, id: UUID) -> CaseDocument | None:
        """The document, locked until the transaction ends."""
        return await self._session.get(CaseDocument, id, with_for_update=True, populate_existing=True)

    async def of_case(self, case: UUID) -> Sequence[CaseDocument]:
        """Documents of a case, the first one first."""
        statement = select(CaseDocument).where(CaseDocument.case_id == case).order_by(CaseDocument.id)
        return (await self._session.scalars(statement)).all()

    async def of_original(self, original: UUID) -> Sequence[CaseDocument]:
        """Receipts of an original, the first one first."""
        statement = select(CaseDocument).where(CaseDocument.original_id == original).order_by(CaseDocument.id)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def by_token(self, token: str) -> CaseDocument | None:
        """The document that is verified by a token."""
        return (await self._session.scalars(select(CaseDocument).where(CaseDocument.token == token))).one_or_none()

    async def next_serial(self, kind: str, year: int) -> int:
        """The next serial of a kind in a year; two callers never get the same."""
        statement = insert(DocumentSerial).values(kind=kind, year=year, last=1)
        statement = statement.on_conflict_do_update(
            index_elements=[DocumentSerial.kind, DocumentSerial.year], set_={"last": DocumentSerial.last + 1}
        )
        return int(await self._session.scalar(statement.returning(DocumentSerial.last)) or 0)
