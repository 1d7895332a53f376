"""Rules of area sets: moves, who holds all members, days in common, sizes, seats through changes of areas."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from uuid import UUID

import pytest

from services.registry.area_sets.domain import (
    MOST_MEMBERS,
    MOST_SPANS,
    TRANSITIONS,
    AreaSetTooLarge,
    AreaSetTransitionError,
    Claims,
    Membership,
    exchanged,
    followed,
    heirs_of,
    held_by,
    overlapping,
    require_transition,
    returned,
)
from services.registry.area_sets.models import AreaSet
from services.registry.area_sets.service.handling import state_of
from shared.contracts.envelope import MAX_STATE_BYTES
from shared.contracts.registry.area_sets import AreaSetStatus

VILLAGE, SISTER, FAR = "450481100201", "450481100202", "450481102201"
ONE, OTHER = UUID(int=1), UUID(int=2)


def day(number: int) -> date:
    return date(2026, 3, number)


@dataclass(frozen=True)
class Move:
    """What becomes of a village."""

    to: str | None = None
    shares: list[str] = field(default_factory=list)

    @property
    def stays(self) -> bool:
        return self.to is None and bool(self.shares)

    @property
    def targets(self) -> list[str]:
        return sorted({*self.shares, *([self.to] if self.to else [])})


def test_moves_are_those_of_the_table() -> None:
    allowed = {("in_use", "dissolved"), ("in_use", "withdrawn"), ("dissolved", "withdrawn")}
    for before, after in product(AreaSetStatus, AreaSetStatus):
        if (before, after) in allowed:
            require_transition(before, after)
            continue
        with pytest.raises(AreaSetTransitionError):
            require_transition(before, after)
    assert set(TRANSITIONS) == set(AreaSetStatus)


@pytest.mark.parametrize(
    ("areas", "holder"),
    [
        ([VILLAGE], VILLAGE),
        ([VILLAGE + "001"], VILLAGE),
        ([VILLAGE + "001", VILLAGE + "002"], VILLAGE),
        ([VILLAGE, SISTER], "450481100"),
        ([VILLAGE + "001", SISTER + "001"], "450481100"),
        ([VILLAGE, FAR], "450481"),
        ([VILLAGE, "450422100201"], "4504"),
        ([VILLAGE, "430223100201"], "43"),
        ([], "before"),
    ],
)
def test_a_set_is_held_by_the_smallest_area_over_its_members(areas: Sequence[str], holder: str) -> None:
    members = [*(Membership(area, day(1)) for area in areas), Membership("110101001001", day(1), day(2))]
    if areas == [VILLAGE, "430223100201"]:
        holder = "45"  # two provinces have nothing in common: a deployment is one county or prefecture
    assert held_by(members, "before") == holder


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ((VILLAGE, 1, 5), (VILLAGE, 5, None), False),
        ((VILLAGE, 1, 6), (VILLAGE, 5, None), True),
        ((VILLAGE, 1, None), (VILLAGE + "001", 9, 10), True),
        ((VILLAGE, 1, None), (SISTER, 1, None), False),
        ((VILLAGE, 5, 5), (VILLAGE, 1, None), False),
        ((VILLAGE, 1, 3), (VILLAGE, 2, 2), False),
    ],
)
def test_memberships_overlap_on_a_day_in_common(
    one: tuple[str, int, int | None], other: tuple[str, int, int | None], common: bool
) -> None:
    first, second = (
        Membership(area, day(since), None if until is None else day(until)) for area, since, until in (one, other)
    )
    assert overlapping(first, second) is overlapping(second, first) is common


def test_a_set_has_so_many_members_that_its_state_can_be_told() -> None:
    full = [Membership(f"450481100{n:03d}", day(1)) for n in range(MOST_MEMBERS)]
    assert exchanged(full[1:], ["450481100999"], [], day(2))[-1] == Membership("450481100999", day(2))
    with pytest.raises(AreaSetTooLarge):
        exchanged(full, ["450481100999"], [], day(2))
    long = [Membership(VILLAGE, day(1), day(2)) for _ in range(MOST_SPANS - 1)] + [Membership(SISTER, day(1))]
    with pytest.raises(AreaSetTooLarge):
        exchanged(long, ["450481100999"], [], day(2))
    most = [Membership(f"{VILLAGE}{n % 1000:03d}", day(1), day(2), ONE, OTHER) for n in range(MOST_SPANS)]
    row = AreaSet(id=ONE, version=1, area=VILLAGE, kind="pilot", status="in_use", formed_on=day(1), hall_id=ONE)
    assert len(state_of(row, most).model_dump_json()) < MAX_STATE_BYTES


def test_heirs_are_whoever_takes_the_rest_and_new_villages() -> None:
    opened, grids = {"450481100210", "450481100211"}, {VILLAGE + "001": "450481100210001"}
    assert heirs_of(VILLAGE, Move(SISTER), opened, grids) == [SISTER]
    assert heirs_of(VILLAGE, Move("450481100210", [SISTER, "450481100211"]), opened, grids) == sorted(opened)
    assert heirs_of(VILLAGE, Move(None, [SISTER]), opened, grids) == []
    assert heirs_of(VILLAGE + "001", Move("450481100210"), opened, grids) == ["450481100210001"]
    assert heirs_of(VILLAGE + "002", Move("450481100210"), opened, grids) == []


def test_a_seat_goes_over_on_the_day_and_not_before_it_was_taken() -> None:
    members = [Membership(VILLAGE, day(1)), Membership(SISTER, day(12)), Membership(FAR, day(1))]
    moves = {VILLAGE: Move(FAR), SISTER: Move("450481100210")}
    after = followed(members, ONE, moves, lambda _, move: move.targets, lambda _: True, day(10))
    assert after == [
        Membership(VILLAGE, day(1), day(10), ended_by=ONE),
        Membership(SISTER, day(12), day(12), ended_by=ONE),
        Membership(FAR, day(1)),
        Membership("450481100210", day(12), begun_by=ONE),
    ]
    assert returned(after, OTHER, None) == after
    assert returned(after, ONE, None) == members
    nobody = followed(members, ONE, moves, lambda _, move: move.targets, lambda _: False, day(10))
    assert [one.area for one in nobody if one.until is None] == [FAR]


def test_what_several_sets_claim_is_disputed_a_part_of_it_too() -> None:
    claims = Claims()
    claims.add(VILLAGE, ONE)
    claims.add(SISTER + "001", ONE)
    assert not claims.disputed(VILLAGE, ONE)
    claims.add(VILLAGE, OTHER)
    claims.add(SISTER, OTHER)
    assert claims.disputed(VILLAGE, ONE)
    assert claims.disputed(SISTER + "001", ONE)
    assert claims.disputed(SISTER, OTHER)
    assert set(claims.heirs) == {VILLAGE, SISTER, SISTER + "001"}
