"""Use cases of areas (区划): import of division files, reading the tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import (
    AreaNotFound,
    Division,
    Standing,
    check_tree,
    read_divisions,
)
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.registry.areas import AreaOpened, AreaRenamed, AreaRestated, AreaState
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many lines of a division file were new, renamed, or as before."""

    opened: int
    renamed: int
    unchanged: int


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
            divisions, standing, errors, valid_from=valid_from, books_opened_on=books_opened_on
        )

    async def take_over(
        self, divisions: Sequence[Division], *, valid_from: date | None = None, books_opened_on: date | None = None
    ) -> ImportOutcome:
        """Import of divisions by a trusted caller (the seed). `books_opened_on` is set once, on new counties."""
        standing = await self._standing(divisions)
        return await self._take_over(divisions, standing, [], valid_from=valid_from, books_opened_on=books_opened_on)

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
        *,
        valid_from: date | None,
        books_opened_on: date | None,
    ) -> ImportOutcome:
        day = valid_from or books_opened_on or today(self._clock)
        kept = {code: Standing(area.name, area.valid_to) for code, area in standing.items()}
        if errors := [*errors, *check_tree(divisions, kept, day)]:
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
        renamed = {
            one.code: one.name for one in divisions if one.code in standing and standing[one.code].name != one.name
        }
        await self._areas.rename(renamed)
        for code, name in renamed.items():
            state = AreaState.model_validate(standing[code])
            changed = state.model_copy(update={"name": name, "version": state.version + 1})
            self._outbox.add(AreaRenamed(state=changed))
        return ImportOutcome(len(fresh), len(renamed), len(divisions) - len(fresh) - len(renamed))

    async def roots(self) -> Sequence[Area]:
        """Roots of the tree: areas without a parent in it."""
        return await self._areas.roots()

    async def read(self, code: str) -> Area:
        """One area. Raises `AreaNotFound`."""
        area = await self._areas.get(code)
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


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaRestated]:
    """Restated facts of the next areas, in the order of their codes."""
    return [
        AreaRestated(state=AreaState.model_validate(area))
        for area in await AreaRepository(session).locked_after(after, limit)
    ]
