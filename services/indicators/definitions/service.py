"""Use cases of definitions: which indicators there are, what each counts, and those that ledgers bring."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from services.indicators.definitions.domain import Definition
from services.indicators.definitions.repository import DefinitionRepository
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class Definitions:
    """Definitions in force. Those that ship are set by migrations, those of ledgers arrive with their ledger."""

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

    async def take(self, ledger: str, brought: Sequence[Definition]) -> int:
        """Keep the indicators that a ledger, `<owner>.<code>`, brings. Returns how many changed.

        A changed meaning is a new version. What the ledger does not bring any more is retired, and keeps its past.
        """
        known = {one.code: one for one in await self._definitions.of_ledger(ledger)}
        gone = [replace(one, retired=True) for code, one in known.items() if code not in {new.code for new in brought}]
        changed = 0
        for new in [*brought, *gone]:
            old = known.get(new.code)
            if old is not None and replace(new, version=old.version) == old:
                continue
            changed += 1
            if old is not None and replace(new, version=old.version, retired=old.retired, read_by=old.read_by) == old:
                await self._definitions.change(new.code, old.version, retired=new.retired, read_by=new.read_by)
            else:
                version = new.version if old is None else max(new.version, old.version + 1)
                self._definitions.add(replace(new, version=version))
        return changed
