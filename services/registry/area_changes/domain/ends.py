"""Rules of the end of one area (撤销): which plan it is."""

from collections.abc import Sequence
from datetime import date

from services.registry.area_changes.domain.plans import Move, Plan, Share
from shared.contracts.registry.area_changes import AreaChangeKind


def abolition(code: str, day: date, successors: Sequence[str]) -> Plan:
    """The plan by which an area ends: all goes to the first heir, the others carry on what nobody is in."""
    heirs = sorted(set(successors))
    move = Move(code, heirs[0] if heirs else None, tuple(Share(one) for one in heirs[1:]))
    return Plan(AreaChangeKind.ABOLISH, day, (), (move,))
