"""What an ended village leaves behind (遗留): what several heirs, or none, might carry on, until a clerk places it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shared.errors import FieldError, Invalid
from shared.reference.areas import VILLAGE_DIGITS
from shared.reference.named_code import NamedCode


class LeftKind(NamedCode):
    """What is left behind. A grid is drawn anew by who draws grids; the others are placed here."""

    BUILDING = "building", "建筑物"
    FACILITY = "facility", "设施"
    GRID = "grid", "网格"
    ORGANISATION = "organisation", "组织"


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Something in use in a village that ended. `id`: of a grid its code. `heirs`: who carries the village on.

    `change`: the change of areas by which the village ended; None for an end of before changes were kept.
    """

    kind: LeftKind
    id: str
    area: str
    ended_on: date
    heirs: tuple[str, ...]
    change: UUID | None


@dataclass(frozen=True, slots=True)
class Placing:
    """Where something that a change of areas left behind goes; `to` None: back to where it was."""

    kind: LeftKind
    id: UUID
    to: str | None


def has_ended(move: dict[str, Any]) -> bool:
    """Whether an area ended by a move of a change: one that gave parts alone goes on."""
    return move["to"] is not None or not move["shared_with"]


def origins_of(moves: list[dict[str, Any]], to: str | None) -> list[str]:
    """The villages that ended by the moves of a change and of which an area is an heir; for None those that several
    heirs, or none, carry on: what a sole heir took is back with the change alone.

    Raises `Invalid` for an area that carries nothing on.
    """
    if to is None:
        ended = [move for move in moves if len(move["origin"]) == VILLAGE_DIGITS and has_ended(move)]
        return [move["origin"] for move in ended if move["to"] is None or move["shared_with"]]
    found = [
        move for move in moves if len(move["origin"]) == VILLAGE_DIGITS and to in (move["to"], *move["shared_with"])
    ]
    if not found:
        raise Invalid(errors=[FieldError("to", "no_heir", "该区划不是原村（社区）的继任区划")])
    return [move["origin"] for move in found if has_ended(move)]
