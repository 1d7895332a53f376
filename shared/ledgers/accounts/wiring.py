"""Use cases of accounts put together, the same way for every door."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from shared.http.kit import part_of
from shared.http.transaction import Context
from shared.ledgers.accounts.service.closing import MonthClosing
from shared.ledgers.accounts.service.posting import AccountPosting
from shared.ledgers.accounts.service.reads import AccountReads
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class AccountUseCases:
    """Everything that a door may ask of accounts."""

    posting: AccountPosting
    reads: AccountReads
    closing: MonthClosing


def account_use_cases(context: UseCaseContext, parts: LedgerParts) -> AccountUseCases:
    """In the context's transaction."""
    ledgers = parts.ledgers(context.session, context.clock)
    return AccountUseCases(
        posting=AccountPosting(context, ledgers, parts.surroundings),
        reads=AccountReads(context, ledgers),
        closing=MonthClosing(context, ledgers, parts.surroundings),
    )


async def _accounts(request: Request, context: Context) -> AccountUseCases:
    return account_use_cases(context, part_of(request, LedgerParts))


Accounts = Annotated[AccountUseCases, Depends(_accounts)]
"""The use cases of accounts, for endpoints."""
