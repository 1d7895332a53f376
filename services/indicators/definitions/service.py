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

    async def known_to(
        self, principal: Principal, area: str | None, codes: Collection[str] | None = None
    ) -> list[Definition]:
        """The definitions in force that the caller may use in an area, of those named if any are.

        Restricted ones by a grant that has `tag.restricted` too in that area; in no area none of them. Raises
        `NotFound` for a code that does not exist or that the caller may not know of.
        """
        found = await self._definitions.current(codes)
        restricted = principal.scope("indicator.read", "tag.restricted").allows(area)
        allowed = [one for one in found if restricted or not one.restricted]
        if codes is not None and len(allowed) != len(set(codes)):
            raise NotFound
        return allowed
