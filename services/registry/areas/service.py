"""Use cases of areas (区划): import of division files, abolition with successors, reading the tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import (
    AreaAlreadyAbolished,
    AreaNotFound,
    Division,
    UnknownArea,
    read_divisions,
)
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.areas import AreaAbolished, AreaOpened, AreaRenamed, AreaRestated, AreaState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many lines of a division file were new, renamed, or as before."""

    opened: int
    renamed: int
    unchanged: int


class Areas:
    """Use cases of areas."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._clock = context.clock
        self._areas = AreaRepository(context.session)

    async def import_file(
        self,
        principal: Principal,
        rows: Iterable[Mapping[str, str | None]],
        *,
        valid_from: date | None = None,
        opening_day: date | None = None,
    ) -> ImportOutcome:
        """Take over a division file. Areas that exist are renamed if the name differs.

        Areas above the caller's scope (the province of a county) are imported too. Raises `Invalid` for a wrong line,
        `NotFound` if an area lies neither in the caller's scope nor above it.
        """
        divisions = read_divisions(rows)
        scope = principal.scope("area.manage")
        for division in divisions:
            if not scope.has_below(division.code):
                scope.require(division.code)
        return await self.take_over(divisions, valid_from=valid_from, opening_day=opening_day)

    async def take_over(
        self, divisions: Sequence[Division], *, valid_from: date | None = None, opening_day: date | None = None
    ) -> ImportOutcome:
        """Import of divisions by a trusted caller (the seed). `opening_day` is set once, on counties that are new."""
        known = await self._areas.all_locked([division.code for division in divisions])
        day = valid_from or opening_day or today(self._clock)
        fresh = [
            AreaState(
                id=one.code,
                version=1,
                code=one.code,
                name=one.name,
                level=one.level,
                kind=one.kind,
                parent=one.parent,
                valid_from=day,
                opening_day=(opening_day or day) if one.level == COUNTY_DIGITS else None,
            )
            for one in divisions
            if one.code not in known
        ]
        await self._areas.add([{**state.model_dump(exclude={"id", "successors"}), "successors": []} for state in fresh])
        for state in fresh:
            self._outbox.add(AreaOpened(state=state))
        renamed = {one.code: one.name for one in divisions if one.code in known and known[one.code].name != one.name}
        await self._areas.rename(renamed)
        for code, name in renamed.items():
            state = AreaState.model_validate(known[code])
            changed = state.model_copy(update={"name": name, "version": state.version + 1})
            self._outbox.add(AreaRenamed(state=changed))
        return ImportOutcome(len(fresh), len(renamed), len(divisions) - len(fresh) - len(renamed))

    async def abolish(
        self,
        principal: Principal,
        code: str,
        *,
        valid_to: date,
        successors: Sequence[str],
        expected: Seen = None,
    ) -> Area:
        """Abolish an area. Persons keep the code until a life event moves them.

        Raises `NotFound`, `VersionMismatch`, `AreaAlreadyAbolished`, and `UnknownArea` for a successor or the day.
        """
        principal.scope("area.manage").require(code)
        heirs = await self._areas.all_locked([*successors, code])
        if code not in heirs:
            raise AreaNotFound(code)
        require_version(heirs[code], expected)
        if code in successors or any(heir not in heirs or heirs[heir].valid_to for heir in successors):
            raise UnknownArea
        if valid_to < heirs[code].valid_from:
            raise UnknownArea
        if heirs[code].valid_to is not None:
            raise AreaAlreadyAbolished(code)
        changes = {"valid_to": valid_to, "successors": sorted(set(successors))}
        area = await compare_and_set(self._session, heirs[code], **changes)
        assert area is not None, "the row is locked"
        self._outbox.add(AreaAbolished(state=AreaState.model_validate(area)))
        return area

    async def roots(self) -> Sequence[Area]:
        """Roots of the tree: areas without a parent in it."""
        return await self._areas.roots()

    async def read(self, code: str) -> Area:
        """One area. Raises `AreaNotFound`."""
        area = await self._areas.one(code)
        if area is None:
            raise AreaNotFound(code)
        return area

    async def children(self, code: str, *, on: date | None) -> Sequence[Area]:
        """Areas one level below, as of a day or all. Raises `AreaNotFound`."""
        await self.read(code)
        return await self._areas.children(code, on=on)

    async def subtree(self, code: str, *, on: date | None) -> Sequence[Area]:
        """The area and all below it; with `on`, those valid on that day. Raises `AreaNotFound`."""
        areas = await self._areas.subtree(code, on=on)
        if not areas:
            raise AreaNotFound(code)
        return areas


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaRestated]:
    """Restated facts of the next areas, in the order of their codes."""
    return [
        AreaRestated(state=AreaState.model_validate(area)) for area in await AreaRepository(session).after(after, limit)
    ]
