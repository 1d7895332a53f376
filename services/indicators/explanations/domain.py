"""What of a state stands behind a figure, and who may be told which states they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.indicators.contributions.domain import Contribution
from services.indicators.contributions.domain.base import DAYS
from services.indicators.definitions.domain import Definition, Measure
from shared.contracts.ledger_postings import OPEN_POSTING, RESTRICTED_POSTING
from shared.contracts.ledger_records import OPEN, OWNERS, RESTRICTED
from shared.reference.areas import VILLAGE_DIGITS
from shared.reference.named_code import NamedCode


class AmountRole(NamedCode):
    """What an amount counts as."""

    COUNT = "count", "数值（分子）"
    BASE = "base", "分母"
    DURATION = "duration", "时长（天）"


class Withheld(NamedCode):
    """Why the states behind a figure are not named."""

    SMALL = "small", "人数过少"
    NOT_ENTITLED = "not_entitled", "无权查看该类数据"


READ_BY: Mapping[str, str] = {
    **{f"registry.{one}": "person.read" for one in ("person", "posting", "marriage", "transfer", "correction")},
    **{f"registry.{one}": f"{one}.read" for one in ("household", "tag", "organisation", "facility", "building")},
    "registry.dwelling": "building.read",
    "registry.restricted_tag": "tag.restricted",
    "registry.area": "area.read",
    "registry.area_set": "area_set.read",
    "grid.grid": "grid.read",
    "grid.incident": "incident.read",
    "grid.visit": "visit.read",
    "grid.restricted_visit": "visit.restricted",
    "services_hall.case": "case.read",
    "services_hall.matter": "case.read",
    "registry.consent_count": "consent.read",
    "services_hall.agent": "agent.read",
    "services_hall.agency": "agency.read",
    "services_hall.original": "agency.read",
    "services_hall.rating": "rating.read",
    "services_hall.rectification": "rating.read",
}
"""By noun the permission by which its owner shows a single one. Records of ledgers: as their definition says."""

OF_LEDGERS = frozenset(
    f"{owner}.{noun}" for owner in OWNERS for noun in (OPEN, RESTRICTED, OPEN_POSTING, RESTRICTED_POSTING)
)


@dataclass(frozen=True)
class Amount:
    """What one state adds to a figure from a day on, or on it. Of a duration: how many days it was."""

    role: AmountRole
    measure: str
    area: str
    day: date
    amount: int


@dataclass(frozen=True)
class Source:
    """A state that was counted: its id and version at its owner, when it came about, and what it adds.

    `late`: it came about after the last day that is told.
    """

    noun: str
    id: str
    version: int
    changed_at: datetime
    late: bool
    amounts: tuple[Amount, ...]


@dataclass(frozen=True)
class Piece:
    """Days in which one version of the definition counts, first and last included."""

    since: date
    until: date
    definition: Definition

    @property
    def begin(self) -> date:
        """From when on a contribution counts: of what there is on a day, from ever."""
        return date.min if self.definition.stands else self.since


def amounts_of(area: str, pieces: Sequence[Piece], counted: Iterable[Contribution]) -> tuple[Amount, ...]:
    """What of a state's contributions stands behind the area's figure: of a village what lies in it, of a larger area
    what stands at its own level. Nothing if it cancels out: who moved away again is not among who is there.
    """
    pieces = pieces[-1:] if pieces[-1].definition.stands else pieces
    found: list[Amount] = []
    measures = {measure.code for piece in pieces for measure in piece.definition.measures}
    for one in counted:
        if one.measure not in measures:
            continue
        here = one.area.startswith(area) if len(area) >= VILLAGE_DIGITS else one.area == area
        piece = next((piece for piece in pieces if piece.begin <= one.day <= piece.until), None)
        if not here or piece is None:
            continue
        for role, factor in _roles(piece.definition, one):
            found.append(Amount(role, one.measure, one.area, one.day, factor * one.amount))
    roles = {one.role for one in found}
    if AmountRole.DURATION not in roles and not any(
        sum(one.amount for one in found if one.role is role) for role in roles
    ):
        return ()
    return tuple(sorted(found, key=lambda one: (one.day, one.role, one.measure)))


def _roles(definition: Definition, one: Contribution) -> Iterable[tuple[AmountRole, int]]:
    if definition.percentile is not None:
        axis, _, days = one.dimension.partition(":")
        if axis == DAYS and one.measure == definition.count.measures[0].code:
            yield AmountRole.DURATION, int(days)
        return
    measure = Measure(one.measure, one.dimension)
    for role, total in zip((AmountRole.COUNT, AmountRole.BASE), definition.totals, strict=False):
        for factor, of in total.terms:
            if of == measure:
                yield role, factor
