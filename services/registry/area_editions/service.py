"""Use cases of editions (区划更新): compare next year's division file with the tree, and carry the difference out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.area_changes.domain import Move, Opening, never_in_force
from services.registry.area_changes.service.changes import AreaChanges
from services.registry.area_editions.domain import (
    AreaEditionChanged,
    AreaEditionUnanswered,
    Difference,
    Stage,
    at_answers,
    check_answers,
    check_edition,
    compare,
    stages,
    unanswered,
)
from services.registry.areas.domain import Division, KnownArea, Standing, UnknownArea, check_tree, read_divisions
from services.registry.areas.repository import AreaRepository
from services.registry.areas.service.names import AreaNames
from services.registry.life_events.domain import EventInFuture
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS, LEVELS, TOWN_DIGITS

PERMISSION = "area.manage"
Rows = Iterable[Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class AreaEditionOutcome:
    """What was done: how many areas opened, ended and were renamed, and the changes of areas, each to be undone."""

    opened: int
    ended: int
    renamed: int
    changes: Sequence[UUID]


class AreaEditions:
    """Use cases of editions. The file is not kept: what is done is kept as changes of areas and renamings."""

    def __init__(self, context: UseCaseContext, changes: AreaChanges, names: AreaNames) -> None:
        self._clock = context.clock
        self._areas = AreaRepository(context.session)
        self._changes = changes
        self._names = names

    async def compare(self, principal: Principal, rows: Rows, *, area: str, effective_on: date) -> Difference:
        """What a newer file changes in an area; nothing is changed.

        Raises `NotFound` for an area outside the scope, `Invalid` that names every line which is wrong.
        """
        difference, _, _ = await self._compared(principal, rows, area, effective_on)
        return difference

    async def apply(
        self,
        principal: Principal,
        rows: Rows,
        *,
        area: str,
        effective_on: date,
        moves: Sequence[Move],
        seen: str,
    ) -> AreaEditionOutcome:
        """Carry out what a newer file changes: all of it, or nothing; what is done already is not done again.

        `moves`: what becomes of each area that is not in the file any more, and of what is divided; `seen`: the digest
        of the difference that was shown. Raises what `compare` does, `AreaEditionUnanswered` with the areas that no
        answer names, `AreaEditionChanged`, `EventInFuture`, and what changes of areas are refused for, by the answer.
        """
        if effective_on > today(self._clock):
            raise EventInFuture.at("effective_on")
        await self._areas.lock_tree()
        difference, divisions, tree = await self._compared(principal, rows, area, effective_on)
        if difference.is_empty and not any(move.stays for move in moves):
            return AreaEditionOutcome(0, 0, 0, ())
        if difference.digest != seen:
            raise AreaEditionChanged
        named = {one.code: one for one in divisions}
        if errors := check_answers(difference, moves, named, area):
            raise Invalid(errors=errors)
        if missing := unanswered(difference, moves):
            raise _unanswered(missing)
        await self._require_renamable(difference, tree, effective_on)
        await self._changes.hold([move.origin for move in moves], effective_on)
        kinds = {code: one.kind for code, one in tree.items()}
        made = []
        for stage in stages(difference, moves, effective_on, kinds):
            if stage.opens:
                await self._open(principal, stage.opens, effective_on)
            if stage.plan is not None:
                made.append(await self._carry_out(principal, stage, named))
        renamed = await self._areas.all_locked([one.code for one, _ in difference.renamed])
        for one, _ in difference.renamed:
            area_seen = renamed[one.code]
            await self._names.write(principal, area_seen, one.name, max(effective_on, area_seen.valid_from))
        return AreaEditionOutcome(len(difference.added), len(difference.ended), len(difference.renamed), made)

    async def _compared(
        self, principal: Principal, rows: Rows, area: str, day: date
    ) -> tuple[Difference, Sequence[Division], Mapping[str, KnownArea]]:
        principal.scope(PERMISSION).require(area)
        if len(area) not in (COUNTY_DIGITS, TOWN_DIGITS):
            raise Invalid(errors=[FieldError("area", "level", "更新范围须为县级或乡镇（街道）的区划")])
        divisions = read_divisions(rows)
        above = [area[:level] for level in LEVELS if level < len(area)]
        tree = await self._areas.known(area, above)
        if area not in tree or tree[area].valid_to is not None:
            raise UnknownArea.at("area")
        errors = [*check_edition(divisions, tree, area, day)]
        wrong = {error.path.rpartition(".")[0] for error in errors}
        kept = {code: Standing(one.name, one.valid_to) for code, one in tree.items() if not never_in_force(one)}
        errors += [error for error in check_tree(divisions, kept, day) if error.path.rpartition(".")[0] not in wrong]
        if errors:
            raise Invalid(errors=errors)
        return compare(divisions, tree, area), divisions, tree

    async def _require_renamable(self, difference: Difference, tree: Mapping[str, KnownArea], day: date) -> None:
        earlier = await self._areas.renamings([one.code for one, _ in difference.renamed])
        late = [
            FieldError(f"rows.{one.row}.name", "area_renamed_since", "该区划在此日期之后已更名")
            for one, _ in difference.renamed
            if one.code in earlier and earlier[one.code][-1].renamed_on > max(day, tree[one.code].valid_from)
        ]
        if late:
            raise Invalid(errors=late)

    async def _open(self, principal: Principal, opens: Sequence[Opening], day: date) -> None:
        known = await self._areas.all_locked([one.code for one in opens], ending=True)
        await self._changes.open(principal, opens, day, known)

    async def _carry_out(self, principal: Principal, stage: Stage, named: Mapping[str, Division]) -> UUID:
        assert stage.plan is not None
        try:
            return (await self._changes.carry_out(principal, stage.plan)).id
        except DomainError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                raise
            raise at_answers(error, stage, {code: one.row for code, one in named.items()}) from error


def _unanswered(codes: Collection[str]) -> AreaEditionUnanswered:
    message = "该区划不再列于文件中，请说明去向"
    return AreaEditionUnanswered(errors=[FieldError(f"ended.{code}", "unanswered", message) for code in codes])
