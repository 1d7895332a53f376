"""Use cases of names of areas (区划更名): rename, undo, read them by day."""

from collections.abc import Sequence
from datetime import date

from services.registry.areas.domain import (
    AreaAlreadyAbolished,
    AreaNotFound,
    AreaNotRenamed,
    AreaRenamedSince,
    NameSpan,
    check_renaming,
    names_of,
    tidy,
)
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.areas import AreaRenamed, AreaState
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Invalid
from shared.messaging.context import UseCaseContext

PERMISSION = "area.manage"


class AreaNames:
    """Use cases of names of areas. The code never changes; renamings follow each other, and the last is undone."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._areas = AreaRepository(context.session)

    async def rename(
        self, principal: Principal, code: str, *, name: str, renamed_on: date, expected: Seen = None
    ) -> Area:
        """Call an area otherwise from the day on; before it keeps its name of then.

        Raises `NotFound`, `VersionMismatch`, `AreaAlreadyAbolished`, `AreaRenamedSince`, and `Invalid` for a name with
        lost characters or the present one, and for a day in the future or before the area opened.
        """
        seen = await self._locked(principal, code, expected)
        name = tidy(name)
        if errors := check_renaming(name, seen.name, renamed_on, seen.valid_from, today(self._clock)):
            raise Invalid(errors=errors)
        earlier = (await self._areas.renamings([code])).get(code, ())
        if earlier and earlier[-1].renamed_on > renamed_on:
            raise AreaRenamedSince.at("renamed_on", subject=code)
        return await self.write(principal, seen, name, renamed_on)

    async def write(self, principal: Principal, seen: Area, name: str, day: date) -> Area:
        """The same of a locked area, by whoever has checked all this: a division file."""
        area = await self._areas.rename(seen, name, day, by=principal.subject, at=self._clock.now())
        self._outbox.add(AreaRenamed(state=AreaState.model_validate(area)))
        return area

    async def undo(self, principal: Principal, code: str, *, expected: Seen = None) -> Area:
        """Take the last renaming back: the area is called as before it, as if it had never been.

        Raises `NotFound`, `VersionMismatch`, `AreaAlreadyAbolished`, `AreaNotRenamed`.
        """
        seen = await self._locked(principal, code, expected)
        standing = (await self._areas.renamings([code])).get(code)
        if not standing:
            raise AreaNotRenamed(code)
        area = await self._areas.take_back(seen, standing[-1], by=principal.subject, at=self._clock.now())
        self._outbox.add(AreaRenamed(state=AreaState.model_validate(area)))
        return area

    async def history(self, code: str) -> Sequence[NameSpan]:
        """Every name of an area, the first one first. Raises `AreaNotFound`."""
        area = await self._areas.get(code)
        if area is None:
            raise AreaNotFound(code)
        standing = (await self._areas.renamings([code])).get(code, ())
        return names_of(area.name, area.valid_from, area.valid_to, standing)

    async def _locked(self, principal: Principal, code: str, expected: Seen) -> Area:
        principal.scope(PERMISSION).require(code)
        await self._areas.lock_tree()
        known = await self._areas.all_locked([code])
        if code not in known:
            raise AreaNotFound(code)
        require_version(known[code], expected)
        if known[code].valid_to is not None:
            raise AreaAlreadyAbolished(code)
        return known[code]
