"""Use cases of lists of residents: who may import where, and which rows are of somebody else than they resemble."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.registry.person_imports.domain.refusals import NotToBeConfirmed
from services.registry.person_imports.repository import PersonImportRepository
from services.registry.persons.domain import PossibleDuplicate
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.imports.service import Imports
from shared.messaging.context import UseCaseContext

TARGET = "persons"
LEFT_FOR = timedelta(days=7)
"""How long a list is kept after it was taken in: for its report."""
KEPT = timedelta(days=30)
"""How long a list is kept that is never taken in."""
PERMISSIONS = ("person.import", "person.register")


def require_import(principal: Principal, area: str) -> None:
    """Raise `NotFound` unless the caller may import and register residents in the area."""
    principal.scope(*PERMISSIONS).require(area)


class PersonImports:
    """Use cases of lists beside those of every import."""

    def __init__(self, context: UseCaseContext, principal: Principal, imports: Imports) -> None:
        self._access = context.access
        self._principal = principal
        self._imports = imports
        self._rows = PersonImportRepository(context.session)

    async def confirm(self, target: str, id: UUID, rows: Sequence[int]) -> None:
        """Rows of an own import are of somebody else than the persons whom they resemble: they may be taken in.

        Raises `NotFound`, `ImportTransitionError` unless it is checked, `NotToBeConfirmed` with each row of which that
        is not what is wrong.
        """
        row = await self._imports.overrule(target, id, rows, PossibleDuplicate.code, NotToBeConfirmed)
        known = await self._rows.confirm(id, rows, self._principal.subject)
        if wrong := [at for at, number in enumerate(rows) if number not in known]:
            raise NotToBeConfirmed.at(*(f"rows.{at}" for at in wrong))
        self._access.note(
            self._principal,
            action="confirm_import_rows",
            noun="import",
            object_id=id,
            area=row.area,
            detail=Detail.WRITE,
        )
