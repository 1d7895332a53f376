"""Use cases of areas (区划): import of division files, reading the tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import (
    AreaNotFound,
    AreaRenamedSince,
    Division,
    Renaming,
    Standing,
    check_tree,
    name_on,
    read_divisions,
)
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository, TreeStamp, stamp_now
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.registry.areas import AreaOpened, AreaRenamed, AreaRestated, AreaState
from shared.db.engine import Database
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS

SEED = "system:seed"
"""Who renames when a trusted caller takes divisions over."""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many lines of a division file were new, renamed, or as before."""

    opened: int
    renamed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Tree:
    """Areas of a tree; `whole`: all of them, else those that changed since. `newest_change`: what to ask with next."""

    items: Sequence[Area | AreaState]
    newest_change: int
    whole: bool


class Areas:
    """Use cases of areas; whatever ends one is a change of areas (`AreaChanges`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._areas = AreaRepository(context.session)

    async def import_file(
        self,
        principal: Principal,
        rows: Iterable[Mapping[str, str | None]],
        *,
        valid_from: date | None = None,
        books_opened_on: date | None = None,
    ) -> ImportOutcome:
        """Take over a division file. Areas of the caller's scope are opened, or renamed if the name differs.

        What lies above the scope (the province of a county) may come with the file: it is never renamed, and opened by
        a scope that holds the county. Raises `Invalid` that names every line which is wrong or lies elsewhere.
        """
        divisions = read_divisions(rows)
        scope = principal.scope("area.manage")
        standing = await self._standing(divisions)
        in_file_order = sorted(divisions, key=lambda division: division.row)
        errors = [error for one in in_file_order if (error := _outside(one, standing.get(one.code), scope))]
        return await self._take_over(
            divisions, standing, errors, principal.subject, valid_from=valid_from, books_opened_on=books_opened_on
        )

    async def take_over(
        self, divisions: Sequence[Division], *, valid_from: date | None = None, books_opened_on: date | None = None
    ) -> ImportOutcome:
        """Import of divisions by a trusted caller (the seed). `books_opened_on` is set once, on new counties."""
        standing = await self._standing(divisions)
        return await self._take_over(
            divisions, standing, [], SEED, valid_from=valid_from, books_opened_on=books_opened_on
        )

    async def _standing(self, divisions: Sequence[Division]) -> Mapping[str, Area]:
        """What the tree holds of the divisions and their parents, locked; nobody else changes the tree meanwhile."""
        await self._areas.lock_tree()
        codes = {one.code for one in divisions} | {one.parent for one in divisions if one.parent is not None}
        return await self._areas.all_locked(codes)

    async def _take_over(
        self,
        divisions: Sequence[Division],
        standing: Mapping[str, Area],
        errors: Sequence[FieldError],
        by: str,
        *,
        valid_from: date | None,
        books_opened_on: date | None,
    ) -> ImportOutcome:
        day = valid_from or books_opened_on or today(self._clock)
        kept = {code: Standing(area.name, area.valid_to) for code, area in standing.items()}
        renamed = [one for one in divisions if one.code in kept and kept[one.code].name != one.name]
        named_on = min(valid_from or today(self._clock), today(self._clock))
        earlier = await self._areas.renamings([one.code for one in renamed])
        errors = [*errors, *check_tree(divisions, kept, day), *_renamed_since(renamed, earlier, named_on)]
        if errors:
            raise Invalid(errors=errors)
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
                books_opened_on=(books_opened_on or day) if one.level == COUNTY_DIGITS else None,
            )
            for one in divisions
            if one.code not in standing
        ]
        await self._areas.add([{**state.model_dump(exclude={"id", "successors"}), "successors": []} for state in fresh])
        for state in fresh:
            self._outbox.add(AreaOpened(state=state))
        now = self._clock.now()
        for one in renamed:
            seen = standing[one.code]
            area = await self._areas.rename(seen, one.name, max(named_on, seen.valid_from), by=by, at=now)
            self._outbox.add(AreaRenamed(state=AreaState.model_validate(area)))
        return ImportOutcome(len(fresh), len(renamed), len(divisions) - len(fresh) - len(renamed))

    async def roots(self) -> Sequence[Area]:
        """Roots of the tree: areas without a parent in it."""
        return await self._areas.roots()

    async def read(self, code: str, *, on: date | None = None) -> Area | AreaState:
        """One area; with `on`, as it was that day. Raises `AreaNotFound`, also if it was not valid then."""
        area = await self._areas.get(code)
        if area is None or (on is not None and not AreaState.model_validate(area).is_valid_on(on)):
            raise AreaNotFound(code)
        return area if on is None else _as_of(on, [area], await self._areas.renamings([code]))[0]

    async def children(self, code: str, *, on: date | None) -> Sequence[Area | AreaState]:
        """Areas one level below, as of a day or all. Raises `AreaNotFound`."""
        await self.read(code)
        areas = await self._areas.children(code, on=on)
        return areas if on is None else _as_of(on, areas, await self._areas.renamings([area.code for area in areas]))

    async def stamp(self, code: str) -> TreeStamp:
        """What tells the area's tree from a later one. Raises `AreaNotFound`."""
        stamp = await self._areas.stamp(code)
        if not stamp.areas:
            raise AreaNotFound(code)
        return stamp

    async def subtree(self, code: str, stamp: TreeStamp, *, on: date | None) -> Tree:
        """The area and all below it; with `on`, those valid on that day, by their names of then.

        Raises `AreaNotFound`. `stamp`: read before.
        """
        areas = await self._areas.subtree(code, on=on)
        if not areas:
            raise AreaNotFound(code)
        shown = areas if on is None else _as_of(on, areas, await self._areas.renamings_inside(code))
        return Tree(shown, stamp.newest, whole=True)

    async def changes(self, code: str, stamp: TreeStamp, *, since: int) -> Tree:
        """Those of the area and all below it that changed after a number, ended ones too.

        All of them for a number that this tree has not reached: the database was restored from a backup since. Changes
        that commit after the stamp was read come again with the next question. `stamp`: read before.
        """
        if since > stamp.newest:
            return await self.subtree(code, stamp, on=None)
        return Tree(await self._areas.changed_since(code, since), stamp.newest, whole=False)


def _as_of(day: date, areas: Sequence[Area], renamings: Mapping[str, Sequence[Renaming]]) -> Sequence[AreaState]:
    """The areas with their names of a day."""
    states = [AreaState.model_validate(area) for area in areas]
    return [
        one.model_copy(update={"name": name_on(day, one.name, renamings[one.code])}) if one.code in renamings else one
        for one in states
    ]


def _renamed_since(
    renamed: Sequence[Division], earlier: Mapping[str, Sequence[Renaming]], day: date
) -> Sequence[FieldError]:
    """Lines that would give an area another name before it got its present one."""
    return [
        FieldError(f"rows.{one.row}.name", AreaRenamedSince.code, AreaRenamedSince.title)
        for one in sorted(renamed, key=lambda division: division.row)
        if one.code in earlier and earlier[one.code][-1].renamed_on > day
    ]


def _outside(one: Division, before: Area | None, scope: Scope) -> FieldError | None:
    """What keeps a scope from taking over a line: the area lies elsewhere, or above the scope and would change."""
    if scope.allows(one.code):
        return None
    if not scope.has_below(one.code):
        return FieldError(f"rows.{one.row}.code", "outside_scope", "该区划不在您的管理范围内")
    if before is None:
        if scope.has_below(one.code, digits=COUNTY_DIGITS):
            return None
        return FieldError(f"rows.{one.row}.code", "outside_scope", "该区划不在您的管理范围内，请由县级先行导入")
    if before.name != one.name:
        return FieldError(f"rows.{one.row}.name", "outside_scope", "该区划不在您的管理范围内，不能更名")
    return None


async def tag_now(database: Database, code: str) -> str | None:
    """The tag of an area's tree, without a transaction; None: there is no such area."""
    stamp = await stamp_now(database, code)
    return stamp.tag if stamp.areas else None


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaRestated]:
    """Restated facts of the next areas, in the order of their codes."""
    return [
        AreaRestated(state=AreaState.model_validate(area))
        for area in await AreaRepository(session).locked_after(after, limit)
    ]
