"""Use cases of definitions: which indicators there are, and what each counts."""

from collections.abc import Collection

from services.indicators.definitions.domain import Definition
from services.indicators.definitions.repository import DefinitionRepository
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class Definitions:
    """Reads; nothing is written here."""

    def __init__(self, context: UseCaseContext) -> None:
        self._definitions = DefinitionRepository(context.session)

    async def known_to(self, principal: Principal, codes: Collection[str] | None = None) -> list[Definition]:
        """The definitions in force that the caller may use, of those named if any are.

        Raises `NotFound` for a code that does not exist or that the caller may not know of.
        """
        found = await self._definitions.current(codes)
        allowed = [one for one in found if not one.restricted or principal.may_in_area("tag.restricted")]
        if codes is not None and len(allowed) != len(set(codes)):
            raise NotFound
        return allowed
