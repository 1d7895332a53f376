"""Use cases of definitions: which indicators there are, what each counts, and those that ledgers bring."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from services.indicators.definitions.domain import Definition
from services.indicators.definitions.domain.versions import Versions
from services.indicators.definitions.models import DefinitionRow
from services.indicators.definitions.repository import DefinitionRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class Known:
    """The definitions that a caller may use, as of any day."""

    def __init__(self, versions: Versions, codes: Sequence[str], *, asked: bool) -> None:
        self._versions = versions
        self._codes = codes
        self._asked = asked

    def on(self, day: date) -> list[Definition]:
        """In force on a day, by code; of those asked for also what is not, of which nothing is known then."""
        found = [self._versions.on(code, day) for code in self._codes]
        return found if self._asked else [one for one in found if not self._versions.is_over(one.code, day)]

    def every(self, day: date) -> list[Definition]:
        """All of them as of a day, also what is not in force any more or not yet."""
        return [self._versions.on(code, day) for code in self._codes]

    def only(self, codes: Sequence[str]) -> "Known":
        """These alone, on every day: also while they are not in force."""
        return Known(self._versions, codes, asked=True)

    def needs(self, code: str, day: date) -> tuple[str, ...]:
        """The indicators that one of them is made of on a day."""
        return self._versions.needs_on(code, day)

    def openings(self, since: date, until: date) -> list[date]:
        """The days after `since`, up to `until`, from which on other versions count."""
        return self._versions.openings(self._codes, since, until)


class Definitions:
    """Definitions in force. Those that ship are set by migrations, those of ledgers arrive with their ledger."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._definitions = DefinitionRepository(context.session)

    async def known_to(self, principal: Principal, area: str | None, codes: Collection[str] | None = None) -> Known:
        """The definitions that the caller may use in an area, of those named if any are.

        Restricted ones by a grant that has `tag.restricted` too in that area; in no area none of them. Raises
        `NotFound` for a code that does not exist or that the caller may not know of.
        """
        return await self.known_over(principal, [area], codes)

    async def known_over(
        self, principal: Principal, areas: Collection[str | None], codes: Collection[str] | None = None
    ) -> Known:
        """The definitions that the caller may use in each of several areas, as `known_to`."""
        versions = await self._definitions.versions(codes)
        scope = principal.scope("indicator.read", "tag.restricted")
        restricted = all(scope.allows(area) for area in areas)
        allowed = [code for code in versions.codes if restricted or not versions.is_restricted(code)]
        if codes is not None and len(allowed) != len(set(codes)):
            raise NotFound
        return Known(versions, allowed, asked=codes is not None)

    async def in_force(self, principal: Principal, area: str | None) -> list[Definition]:
        """The definitions in force now that the caller may use in an area."""
        return (await self.known_to(principal, area)).on(today(self._clock))

    async def published(self, principal: Principal, code: str, area: str | None) -> Sequence[DefinitionRow]:
        """The versions of an indicator, the first one first. Raises `NotFound` as `known_to`."""
        await self.known_to(principal, area, [code])
        return await self._definitions.published(code)

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
                self._definitions.take(replace(new, version=version))
        return changed
