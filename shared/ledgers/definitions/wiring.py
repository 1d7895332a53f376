"""Use cases of ledgers put together, the same way for every door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from shared.contracts.ledger_records import LedgerName
from shared.http.kit import part_of
from shared.http.transaction import Context
from shared.ledgers.definitions.service.drafting import LedgerDrafts
from shared.ledgers.definitions.service.publishing import Ledgers
from shared.ledgers.definitions.trying import Holdings
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class DefinitionParts:
    """What a service gives its definitions: whose they are, and how to look at what stands in them."""

    owner: str
    holdings: Callable[[UseCaseContext], Holdings]


@dataclass(frozen=True)
class DefinitionUseCases:
    """Everything that a door may ask of definitions."""

    drafts: LedgerDrafts
    ledgers: Ledgers


def definition_use_cases(context: UseCaseContext, parts: DefinitionParts) -> DefinitionUseCases:
    """In the context's transaction."""
    holdings = parts.holdings(context)
    return DefinitionUseCases(
        drafts=LedgerDrafts(context, parts.owner, holdings), ledgers=Ledgers(context, parts.owner, holdings)
    )


async def _definitions(request: Request, context: Context) -> DefinitionUseCases:
    return definition_use_cases(context, part_of(request, DefinitionParts))


Definitions = Annotated[DefinitionUseCases, Depends(_definitions)]
"""The use cases of definitions, for endpoints."""

LedgerCode = Annotated[LedgerName, Path(description="台账代码 code of the ledger")]
"""A ledger in an address."""

VersionNumber = Annotated[int, Path(description="版本号 number of the published version, from 1", ge=1, le=9_999)]
"""A version of a ledger in an address."""
