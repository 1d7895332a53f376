"""Changes of grids (网格调整): what a plan of one must be, and what it is refused for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import shapely
from shapely.geometry import Polygon

from services.grid.grids.domain import Border, Ground, NewGrid, is_wide
from shared.contracts.points import Point
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.areas import village_of
from shared.reference.named_code import NamedCode


class GridChangeKind(NamedCode):
    """What is done: one grid becomes several, several become one, or the borders between them move."""

    SPLIT = "split", "拆分"
    MERGE = "merge", "合并"
    REDRAW = "redraw", "重划边界"


class GridChangeStatus(NamedCode):
    """Where a change of grids stands."""

    IN_FORCE = "in_force", "已生效"
    UNDONE = "undone", "已撤销"


TRANSITIONS: dict[GridChangeStatus, frozenset[GridChangeStatus]] = {
    GridChangeStatus.IN_FORCE: frozenset({GridChangeStatus.UNDONE}),
    GridChangeStatus.UNDONE: frozenset(),
}


class GridChangeUndone(DomainError):
    """It was undone before; it is undone once."""

    kind, code, title = ErrorKind.CONFLICT, "grid_change_undone", "该网格调整已撤销"
    advice = "无须再次撤销；需要再调整的，请重新办理"


class GridSeenOtherwise(DomainError):
    """A grid of the plan has changed since the caller saw it."""

    kind, code, title = ErrorKind.CONFLICT, "grid_seen_otherwise", "所涉网格在您查看之后已有改动"
    advice = "请刷新后核对最新的网格，再重新办理"


class GridChangeRestedOn(DomainError):
    """A grid that it ended, drew or drew anew has changed again since; `errors` names which."""

    kind, code, title = ErrorKind.CONFLICT, "grid_change_rested_on", "所涉网格之后又有调整"
    advice = "请先撤销之后的调整，再撤销这一次"


class GridChangeLeavesGap(DomainError):
    """Ground of the grids of before would belong to no grid, wider than the tolerance."""

    kind, code, title = ErrorKind.CONFLICT, "grid_change_leaves_gap", "调整后有地方不属于任何网格"
    advice = "请把原网格的全部范围划入调整后的网格，缝隙不得宽于 5 米"


@dataclass(frozen=True)
class Part:
    """A standing grid that ends, or goes on with another border. `seen`: its version as the caller saw it."""

    code: str
    seen: int | None = None
    border: Border | None = None


@dataclass(frozen=True)
class Resident:
    """A person of the grids, and where they live: in a grid by its code, or where the point lies."""

    person_id: UUID
    code: str | None = None
    point: Point | None = None


@dataclass(frozen=True)
class GridPlan:
    """A change of grids as it is told."""

    kind: GridChangeKind
    effective_on: date
    ends: Sequence[Part] = ()
    draws: Sequence[NewGrid] = ()
    redraws: Sequence[Part] = ()
    heir: str | None = None
    residents: Sequence[Resident] = ()

    @property
    def codes(self) -> Sequence[tuple[str, str]]:
        """Path and code of each grid that it names as its own."""
        return [
            *((f"ends.{n}.code", one.code) for n, one in enumerate(self.ends)),
            *((f"draws.{n}.code", one.code) for n, one in enumerate(self.draws)),
            *((f"redraws.{n}.code", one.code) for n, one in enumerate(self.redraws)),
        ]


def check(plan: GridPlan) -> None:
    """Raise `Invalid` with all that is wrong with a plan by itself."""
    ends, draws, redraws = len(plan.ends), len(plan.draws), len(plan.redraws)
    told = {
        GridChangeKind.SPLIT: (
            ends == 1 and draws > 1 and not redraws,
            "拆分须由一个网格划为两个以上新网格",
        ),
        GridChangeKind.MERGE: (
            ends > 1 and draws == 1 and not redraws,
            "合并须由两个以上网格并为一个新网格",
        ),
        GridChangeKind.REDRAW: (
            not ends and not draws and redraws > 0,
            "重划边界只改边界，不设新网格、不撤网格",
        ),
    }
    errors: list[FieldError] = []
    right, sentence = told[plan.kind]
    if not right:
        errors.append(FieldError("kind", "grid_change_shape", sentence))
    codes = [code for _, code in plan.codes]
    errors += [
        FieldError(path, "repeated", "同一网格不得出现两次") for path, code in plan.codes if codes.count(code) > 1
    ]
    villages = {village_of(code) for code in codes}
    if len(villages) > 1:
        errors += [
            FieldError(path, "other_village", "一次只能调整同一个村（社区）的网格")
            for path, code in plan.codes
            if village_of(code) != village_of(codes[0])
        ]
    if plan.heir is not None and plan.heir not in [one.code for one in plan.draws]:
        errors.append(FieldError("heir", "not_drawn", "承接网格须是本次新划的网格之一"))
    if errors:
        raise Invalid(errors=errors)


def heir_of(plan: GridPlan) -> str | None:
    """Where residents live of whom nothing else is said: of a merge, in the one that is left."""
    return plan.draws[0].code if plan.kind is GridChangeKind.MERGE else plan.heir


def require_no_gap(before: Collection[Polygon], after: Collection[Polygon], path: str) -> None:
    """Raise `GridChangeLeavesGap` if ground of before lies in no polygon afterwards and is wider than the tolerance."""
    lost = shapely.unary_union(list(before)).difference(shapely.unary_union(list(after)))
    if not lost.is_empty and is_wide(Ground.under([lost]).metres(lost)):
        raise GridChangeLeavesGap.at(path)


def placed(resident: Resident, grids: Mapping[str, Polygon]) -> str | None:
    """The grid of a resident after the change: the one named, or the one of the smallest code that holds the point."""
    if resident.point is None:
        return resident.code if resident.code in grids else None
    at = shapely.Point(resident.point.longitude, resident.point.latitude)
    return next((code for code in sorted(grids) if grids[code].intersects(at)), None)
