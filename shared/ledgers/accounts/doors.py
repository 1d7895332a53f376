"""Postings announced again, unchanged."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import SystemClock
from shared.contracts.envelope import Fact
from shared.contracts.ledger_postings import PostingSide
from shared.ledgers.accounts.facts import posting_fact
from shared.ledgers.accounts.repository.postings import PostingRepository
from shared.ledgers.records.wiring import LedgerParts
from shared.service import Restate


def restate_postings(parts: LedgerParts, *, restricted: bool) -> Restate:
    """The next postings' states of one topic."""

    async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
        ledgers = parts.ledgers(session, SystemClock())  # of a version no day is asked
        postings = PostingRepository(session)
        rows = await postings.after(None if after is None else UUID(after), limit, restricted=restricted)
        sides = {
            of: [PostingSide(account=account.kind, area=account.area, amount=entry.amount) for entry, account in held]
            for of, held in groupby(await postings.sides([row.id for row in rows]), key=lambda one: one[0].posting_id)
        }
        return [
            posting_fact(await ledgers.version(row.ledger, row.ledger_version), row, sides[row.id], "restated")
            for row in rows
        ]

    return restate
