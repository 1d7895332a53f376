"""Residence proposals (居住网格变更建议): who is proposed, and what a proposal is refused for here."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.effect_answers import EffectStatus
from shared.contracts.grid.residence_proposals import ProposalRule
from shared.contracts.registry.persons import PersonState
from shared.errors import DomainError, ErrorKind
from shared.reference.areas import GRID_DIGITS


class ResidentNotThere(DomainError):
    """Nobody of this id lives in a grid that the change has ended or drawn anew: one code, also for nobody at all."""

    kind, code, title = ErrorKind.INVALID, "resident_not_there", "该居民不在所调整的网格内居住"
    advice = "请核对人员；刚刚登记的请稍后再试"


class ResidentTargetUnknown(DomainError):
    """The grid, or the grid that holds the point, is none of those that the change leaves, or the one of before."""

    kind, code, title = ErrorKind.INVALID, "resident_target_unknown", "所指网格不是本次调整后的网格"
    advice = "请填写本次调整后的网格编码，或落在这些网格内的坐标"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person who lives in `origin` and is to be entered in `target`. `cause`: version of the origin that ended it."""

    person_id: UUID
    origin: str
    cause: int
    target: str
    target_version: int
    rule: ProposalRule
    change_id: UUID | None = None
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """What a list shows; None: everything."""

    status: EffectStatus | None = None
    change_id: UUID | None = None


def home_grid(person: PersonState) -> str | None:
    """The grid in which a person lives as far as is told; None for a village, or nowhere."""
    last = person.residence[-1] if person.residence else None
    return last.area if last is not None and last.end is None and len(last.area) == GRID_DIGITS else None
