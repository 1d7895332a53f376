"""Accounts and closed months as the house knows them, in every service that keeps ledgers."""

from typing import Any

from sqlalchemy import select

from shared.contracts.ledger_postings import OPEN_POSTING, RESTRICTED_POSTING
from shared.feature import Feature, Restatement
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind
from shared.ledgers.accounts.api import accounts, closings, statement_exports
from shared.ledgers.accounts.domain import MonthClosedAlready, PostingReversed
from shared.ledgers.accounts.doors import restate_postings
from shared.ledgers.accounts.exporting import statement_kind
from shared.ledgers.accounts.models import LedgerPosting
from shared.ledgers.records.wiring import LedgerParts

TAG = "ledger accounts"


def account_features(owner: str, parts: LedgerParts) -> tuple[Feature, Feature, Feature]:
    """The months, the statements that are taken out, and the accounts of a service's ledgers."""
    ids = select(LedgerPosting.id)

    def jobs(worker: Any) -> tuple[JobKind, ...]:
        return (statement_kind(ImportParts.of(worker), parts),)

    months = Feature(router=closings.router, tag=TAG, constraints={"uq_ledger_closings_month": MonthClosedAlready})
    statements = Feature(router=statement_exports.router, tag=TAG, jobs=jobs)
    postings = Feature(
        router=accounts.router,
        tag=TAG,
        about="往来账：记账、冲正、余额、对账单、月结。 Postings that sum to zero, balances, statements, closed months",
        states={
            f"{owner}.{OPEN_POSTING}": Restatement(
                restate_postings(parts, restricted=False), ids.where(LedgerPosting.restricted_topic.is_(False))
            ),
            f"{owner}.{RESTRICTED_POSTING}": Restatement(
                restate_postings(parts, restricted=True), ids.where(LedgerPosting.restricted_topic.is_(True))
            ),
        },
        constraints={"uq_ledger_postings_reverses": PostingReversed},
    )
    return months, statements, postings
