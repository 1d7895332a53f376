"""Records out of forms: opened by the use case that opens every record."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from shared.auth.principal import Principal
from shared.ledgers.records.domain import NewRecord
from shared.ledgers.records.wiring import LedgerParts, record_use_cases
from shared.messaging.context import UseCaseContext


class OpenedFromForms:
    """Opens records in one transaction."""

    def __init__(self, context: UseCaseContext, parts: LedgerParts) -> None:
        self._opening = record_use_cases(context, parts).opening

    async def take(
        self, principal: Principal, code: str, *, area: str, subject: str | None, values: Mapping[str, Any]
    ) -> UUID:
        """The id of the new record. Raises what opening one raises."""
        record = await self._opening.open(principal, code, NewRecord(area=area, values=values, subject_id=subject))
        return record.id


def opened_by(parts: LedgerParts) -> Callable[[UseCaseContext, Collection[str]], OpenedFromForms]:
    """The records of a service's ledgers, as its forms open them in a county with these departments."""
    return lambda context, departments: OpenedFromForms(context, parts.in_county(departments))
