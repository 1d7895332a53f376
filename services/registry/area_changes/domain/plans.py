"""Rules of changes of areas (区划调整): merge, split, regroup, convert, transfer; what a plan must hold."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.areas.domain import is_area_name, kind_of
from shared.contracts.registry.area_changes import AreaChangeKind
from shared.errors import FieldError
from shared.reference.areas import LEVELS, TOWN_DIGITS, URBAN_RURAL, VILLAGE_DIGITS, Kind, parent

LARGEST = 20_000
"""How many residents one change takes along: it is one transaction."""

MOST_GRIDS = 500
"""How many grids get other codes by one change: its state says each, and is at most 64 KiB."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An area that the change opens. `village_type`: 城乡分类 of a village."""

    code: str
    name: str
    village_type: str | None = None

    @property
    def told(self) -> Mapping[str, str | None]:
        """What is told of the area besides its code, by column."""
        return {"name": self.name, "village_type": self.village_type}


@dataclass(frozen=True, slots=True)
class Share:
    """What of a village goes to another one than the rest: households, persons without one, buildings, whole grids."""

    to: str
    households: tuple[UUID, ...] = ()
    persons: tuple[UUID, ...] = ()
    buildings: tuple[UUID, ...] = ()
    grids: tuple[str, ...] = ()

    @property
    def named(self) -> Iterator[tuple[str, int, UUID | str]]:
        """Everything that it names: of what kind, the how manieth, and which."""
        for kind in ("households", "persons", "buildings", "grids"):
            yield from ((kind, number, one) for number, one in enumerate(getattr(self, kind)))


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of an area: the shares go where they say, all else to `to`; None: it stays, and so does the rest."""

    origin: str
    to: str | None
    shares: tuple[Share, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether the area goes on with what no share takes away."""
        return self.to is None and bool(self.shares)

    @property
    def targets(self) -> list[str]:
        """Where something of it goes, once each."""
        named = [*([self.to] if self.to else []), *(share.to for share in self.shares)]
        return sorted(set(named))


@dataclass(frozen=True, slots=True)
class Plan:
    """A change of areas: which are opened, and what becomes of which on the day."""

    kind: AreaChangeKind
    effective_on: date
    opens: tuple[Opening, ...]
    moves: tuple[Move, ...]

    def named(self) -> Iterator[tuple[str, str]]:
        """Every area that the plan names, with the path of it in the body."""
        for number, one in enumerate(self.opens):
            yield f"opens.{number}.code", one.code
        for number, move in enumerate(self.moves):
            yield f"moves.{number}.origin", move.origin
            if move.to is not None:
                yield f"moves.{number}.to", move.to
            for place, share in enumerate(move.shares):
                yield f"moves.{number}.shares.{place}.to", share.to

    @property
    def area(self) -> str:
        """The smallest area that holds all that the plan names and is none of them: the change is its own."""
        codes = [code for _, code in self.named()]
        shortest = min(len(code) for code in codes)
        return next(
            (
                codes[0][:level]
                for level in reversed(LEVELS)
                if level < shortest and all(code.startswith(codes[0][:level]) for code in codes)
            ),
            codes[0][: LEVELS[0]],  # a province
        )

    @property
    def undivided(self) -> bool:
        """Whether it says where all that no share names goes; an abolition with several heirs does not."""
        return self.kind is not AreaChangeKind.ABOLISH or not any(move.shares for move in self.moves)

    @property
    def villages(self) -> Mapping[str, Move]:
        """What becomes of each village by its code."""
        return {move.origin: move for move in self.moves if len(move.origin) == VILLAGE_DIGITS}


class Known(Protocol):
    """An area as the tree holds it."""

    @property
    def kind(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def check(plan: Plan, known: Mapping[str, Known]) -> Sequence[FieldError]:
    """What keeps the plan from being carried out over the tree, by path: codes, levels, days, what its kind asks."""
    opened = {one.code: kind_of(one.code) for one in plan.opens}
    errors = [*_check_openings(plan, known), *_check_moves(plan, known, opened)]
    return errors or [*_check_kind(plan, known, opened)]


def never_in_force(area: Known) -> bool:
    """Whether the code was opened by a change that was undone: it may be opened again."""
    return area.valid_to is not None and area.valid_to == area.valid_from


def _check_openings(plan: Plan, known: Mapping[str, Known]) -> Iterator[FieldError]:
    codes = [one.code for one in plan.opens]
    used = {target for move in plan.moves for target in move.targets}
    for number, one in enumerate(plan.opens):
        path, above = f"opens.{number}", known.get(parent(one.code) or "")
        if len(one.code) not in (TOWN_DIGITS, VILLAGE_DIGITS):
            yield FieldError(f"{path}.code", "level", "只能新设乡镇（街道）或村（社区）")
        elif codes.count(one.code) > 1:
            yield FieldError(f"{path}.code", "duplicate", "代码重复")
        elif one.code in known and not never_in_force(known[one.code]):
            yield FieldError(f"{path}.code", "code_taken", "该代码已使用过，代码不得重复使用")
        elif parent(one.code) not in codes and (above is None or not _open_on(above, plan.effective_on)):
            yield FieldError(f"{path}.code", "parent_missing", "上级区划未登记或已撤销")
        elif one.code not in used and not any(other != one.code and other.startswith(one.code) for other in codes):
            yield FieldError(f"{path}.code", "unused", "没有区划划入该新设区划")
        if not is_area_name(one.name):
            yield FieldError(f"{path}.name", "lost_character", "名称中有丢失或无法识别的字")
        if one.village_type is not None and (one.village_type not in URBAN_RURAL or len(one.code) != VILLAGE_DIGITS):
            yield FieldError(f"{path}.village_type", "code", "城乡分类代码不存在，或该区划不是村（社区）")


def _check_moves(plan: Plan, known: Mapping[str, Known], opened: Mapping[str, str]) -> Iterator[FieldError]:
    origins = [move.origin for move in plan.moves]
    for number, move in enumerate(plan.moves):
        path = f"moves.{number}"
        if len(move.origin) not in (TOWN_DIGITS, VILLAGE_DIGITS):
            yield FieldError(f"{path}.origin", "level", "只能调整乡镇（街道）或村（社区）")
        if origins.count(move.origin) > 1:
            yield FieldError(f"{path}.origin", "duplicate", "该区划重复")
        if move.origin in known and known[move.origin].valid_from >= plan.effective_on:
            yield FieldError("effective_on", "before_origin", "生效日期须晚于原区划的启用日期")
        if move.to is None and not move.shares and plan.kind is not AreaChangeKind.ABOLISH:
            yield FieldError(f"{path}.to", "missing", "请填写承接区划，或列明划出的住户、居民、房屋、网格")
        if move.shares and len(move.origin) != VILLAGE_DIGITS:
            yield FieldError(f"{path}.shares", "level", "只有村（社区）可以分开划转")
        targets = [("to", move.to), *((f"shares.{n}.to", one.to) for n, one in enumerate(move.shares))]
        for where, target in targets:
            if target is None:
                continue
            if len(target) != len(move.origin):
                yield FieldError(f"{path}.{where}", "level", "承接区划须与原区划同级")
            elif target in origins:
                yield FieldError(f"{path}.{where}", "also_origin", "承接区划不能同时被调整")
            elif target not in opened and known[target].valid_from > plan.effective_on:
                yield FieldError("effective_on", "before_target", "生效日期早于承接区划的启用日期")
        for place, share in enumerate(move.shares):
            for n, grid in enumerate(share.grids):
                if not grid.startswith(move.origin):
                    yield FieldError(f"{path}.shares.{place}.grids.{n}", "not_of_origin", "该网格不在原村（社区）内")
        named = Counter(one for share in move.shares for _, _, one in share.named)
        for place, share in enumerate(move.shares):
            for kind, n, one in share.named:
                if named[one] > 1:
                    yield FieldError(f"{path}.shares.{place}.{kind}.{n}", "duplicate", "重复列明，不能确定划入哪里")


def _check_kind(plan: Plan, known: Mapping[str, Known], opened: Mapping[str, str]) -> Iterator[FieldError]:
    """What the kind asks; the plan is sound otherwise."""
    targets = {target for move in plan.moves for target in move.targets}
    whole = all(move.to is not None and not move.shares for move in plan.moves)
    one_to_one = whole and len(targets) == len(plan.moves)

    def wrong(message: str) -> FieldError:
        return FieldError("kind", "kind", message)

    match plan.kind:
        case AreaChangeKind.MERGE:
            if not whole or len(targets) != 1 or len(plan.moves) < (2 if targets & set(opened) else 1):
                yield wrong("合并：两个以上区划整体并入同一区划")
        case AreaChangeKind.SPLIT:
            if len(plan.moves) != 1 or len(targets) + (plan.moves[0].to is None) < 2:
                yield wrong("分设：一个村（社区）分为两个以上")
        case AreaChangeKind.CONVERT:
            made = all(opened.get(target) == Kind.RESIDENTS_COMMITTEE for target in targets)
            from_village = all(known[move.origin].kind == Kind.VILLAGERS_COMMITTEE for move in plan.moves)
            within = all(parent(target) == parent(move.origin) for move in plan.moves for target in move.targets)
            if not (one_to_one and made and from_village and within):
                yield wrong("撤村建居：村民委员会整体改为同一乡镇（街道）内新设的居民委员会")
        case AreaChangeKind.TRANSFER:
            elsewhere = all(
                parent(target) != parent(move.origin) or len(target) == TOWN_DIGITS
                for move in plan.moves
                for target in move.targets
            )
            if not (one_to_one and elsewhere and targets <= set(opened)):
                yield wrong("隶属变更：区划整体改为其他上级之下新设的区划")
        case AreaChangeKind.ABOLISH:
            if opened or any(move.shares for move in plan.moves):
                yield wrong("撤销：区划整体并入一个现有区划，或在无人时直接撤销")
        case AreaChangeKind.REGROUP:
            pass


def _open_on(area: Known, day: date) -> bool:
    return area.valid_from <= day and (area.valid_to is None or day < area.valid_to)
