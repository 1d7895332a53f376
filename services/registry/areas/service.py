"""Use cases of areas (区划): import of division files, abolition with successors, reading the tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import (
    AreaAlreadyAbolished,
    AreaHasParts,
    AreaNotFound,
    AreaPopulated,
    Division,
    Standing,
    UnknownArea,
    check_tree,
    read_divisions,
)
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.registry.areas import AreaAbolished, AreaOpened, AreaRenamed, AreaRestated, AreaState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many lines of a division file were new, renamed, or as before."""

    opened: int
    renamed: int
    unchanged: int


class Residents(Protocol):
    """Who lives or is registered in an area: implemented by the nouns above, handed in at wiring."""

    async def anybody_in(self, area: str) -> bool:
        """Whether somebody belongs to the area, or to one inside it, in either book and without an end."""
        ...


class Areas:
    """Use cases of areas. `residents` is handed in, because persons lie above areas."""

    def __init__(self, context: UseCaseContext, residents: Residents) -> None:
        self._residents = residents
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

        Successors lie in the caller's scope and are of the same level: grants on the area resolve to them. Without
        successors nobody lives or is registered there. What lies below has ended by then. Raises `NotFound`, `Invalid`
        that names a successor, `VersionMismatch`, `AreaAlreadyAbolished`, `AreaHasParts`, `AreaPopulated`, and
        `UnknownArea` for a successor or the day.
        """
        scope = principal.scope("area.manage")
        scope.require(code)
        if errors := _wrong_successors(code, successors, scope):
            raise Invalid(errors=errors)
        await self._areas.lock_tree()
        known = await self._areas.all_locked([*successors, code], ending=True)
        if code not in known:
            raise AreaNotFound(code)
        require_version(known[code], expected)
        gone = [one == code or one not in known or known[one].valid_to is not None for one in successors]
        if any(gone):
            raise UnknownArea.at(*(f"successors.{index}" for index, one in enumerate(gone) if one))
        if valid_to < known[code].valid_from:
            raise UnknownArea.at("valid_to")
        if known[code].valid_to is not None:
            raise AreaAlreadyAbolished(code)
        if await self._areas.parts(code, on=valid_to):
            raise AreaHasParts(code)
        if not successors and await self._residents.anybody_in(code):
            raise AreaPopulated(code)
        changes = {"valid_to": valid_to, "successors": sorted(set(successors))}
        area = await compare_and_set(self._session, known[code], **changes)
        assert area is not None, "the row is locked"
        self._outbox.add(AreaAbolished(state=AreaState.model_validate(area)))
        return area

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


def _wrong_successors(code: str, successors: Sequence[str], scope: Scope) -> Sequence[FieldError]:
    """Successors that lie outside the scope, or are of another level than the area that ends."""
    errors = []
    for number, one in enumerate(successors):
        if not scope.allows(one):
            errors.append(FieldError(f"successors.{number}", "outside_scope", "继任区划不在您的管理范围内"))
        elif len(one) != len(code):
            errors.append(FieldError(f"successors.{number}", "level", "继任区划须与被撤销的区划同级"))
    return errors


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaRestated]:
    """Restated facts of the next areas, in the order of their codes."""
    return [
        AreaRestated(state=AreaState.model_validate(area))
        for area in await AreaRepository(session).locked_after(after, limit)
    ]
