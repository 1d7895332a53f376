"""Measures of ledgers (台账计量): each becomes an indicator as soon as its ledger is announced."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.indicators.definitions.domain import Definition, Direction, Kind, Total
from services.indicators.wiring import use_cases
from shared.contracts.ledger_records import OWNERS
from shared.contracts.ledgers import LEDGER, LedgerState
from shared.messaging.projection.routes import Change, ConsumerContext

LEAST = 5
"""Of ledgers about people: counts from 1 to below this are told to nobody."""

LEDGERS = tuple(f"{owner}.{LEDGER}" for owner in OWNERS)
"""Nouns of the owners of ledgers."""

PEOPLE = frozenset({"person", "household"})
RESTRICTED = "records_restricted"
"""What records of ledgers travel on that name people in other ways: in a field, or by another ledger's record."""

_BETTER = {"higher": Direction.UP, "lower": Direction.DOWN, "neither": Direction.NEUTRAL}


def definitions_of(state: LedgerState) -> Iterator[Definition]:
    """The indicators that a ledger's newest version makes. A retired ledger's say so, and keep their past."""
    version, owner = state.versions[-1], state.noun.partition(".")[0]
    common: dict[str, Any] = {
        "department": owner,
        "version": version.ledger_version,
        "restricted": state.figures_for_few,
        "least": LEAST if version.subject in PEOPLE or state.travels_on == RESTRICTED else 0,
        "read_by": state.read_by,
        "retired": state.status == "retired",
    }
    measures = {one.code: one for one in version.measures}
    for one in version.measures:
        code = f"{owner}.{state.code}.{one.code}"
        yield Definition(
            code=code,
            name=one.title,
            unit=one.unit,
            direction=Direction.NEUTRAL,
            kind=Kind(one.kind),
            meaning=one.meaning,
            count=Total.of(code),
            axes=() if one.dimension is None else (one.dimension,),
            scale=one.scale,
            **common,
        )
    for posted in version.accounts.measures if version.accounts else ():
        code = f"{owner}.{state.code}.{posted.code}"
        yield Definition(
            code=code,
            name=posted.title,
            unit=posted.unit,
            direction=Direction.NEUTRAL,
            kind=Kind.STOCK if posted.posting is None else Kind.FLOW,
            meaning=posted.meaning,
            count=Total.of(code),
            **common,
        )
    for ratio in version.ratios:
        of, base = measures[ratio.numerator], measures[ratio.denominator]
        yield Definition(
            code=f"{owner}.{state.code}.{ratio.code}",
            name=ratio.title,
            unit="%",
            direction=_BETTER[ratio.better],
            kind=Kind.RATIO,
            meaning=ratio.meaning,
            count=Total.of(f"{owner}.{state.code}.{of.code}"),
            base=Total.of(f"{owner}.{state.code}.{base.code}"),
            axes=() if of.dimension is None or of.dimension != base.dimension else (of.dimension,),
            of_stocks=Kind(of.kind) is Kind.STOCK,
            **common,
        )


async def ledger_announced(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
    """Keep what each ledger counts. A rebuild counts by what is kept already."""
    if context.rebuilding:
        return
    definitions = use_cases(context).definitions
    for change in changes:
        owner = change.new.noun.partition(".")[0]
        await definitions.take(f"{owner}.{change.id}", list(definitions_of(change.new)))
