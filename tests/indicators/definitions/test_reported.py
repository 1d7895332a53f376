"""Reported figures (填报): what no event knows comes by a ledger, is accepted, and holds for its time."""

from typing import Any

from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, OFFICER, TOWN, TREE, ask, figures, value
from tests.indicators.ledgers import a_ledger, a_record, definition
from tests.indicators.states import OTHER_VILLAGE, VILLAGE

LEDGER = definition("services/indicators/ledgers/reported_values.yaml")


def reported(
    number: int, indicator: str, amount: int, *, area: str = VILLAGE, status: str = "accepted", **kept: Any
) -> Any:
    """A record of the ledger as indicators announces it, by default valid for 2026."""
    of = {"indicator": indicator, "value": amount, "holds_from": "2026-01-01", "holds_until": "2027-01-01", **kept}
    return a_record(number, of=LEDGER, status=status, area=area, **of)


async def test_what_was_accepted_holds_from_its_first_day_until_its_last(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(
        *TREE,
        a_ledger(LEDGER),
        reported(1, "green_area", 3000),
        reported(2, "built_area", 10000),
        reported(3, "green_area", 1500, area=OTHER_VILLAGE),
        reported(4, "built_area", 5000, area=OTHER_VILLAGE),
        reported(5, "road_length", 900, status="submitted"),
        reported(6, "green_area", 4000, holds_from="2027-01-01", holds_until="2028-01-01"),
    )
    found = await figures(door, COUNTY, as_of="2026-11-28")
    assert (found["GREEN-AREA"]["value"], found["BUILT-AREA"]["value"]) == (4500, 15000)
    assert (found["GREEN-RATE"]["numerator"], found["GREEN-RATE"]["rate"]) == (4500, "30.00")
    assert (found["ROAD-LENGTH"]["value"], found["ROAD-HARDENED-RATE"]["rate"]) == (0, None)
    assert await value(door, TOWN, "GREEN-AREA", as_of="2026-12-31") == 3000
    assert await value(door, TOWN, "GREEN-AREA", as_of="2027-01-01") == 4000
    series = await ask(door, OFFICER, "/series", area=COUNTY, code="GREEN-RATE", since="2026-12-31", until="2027-01-01")
    assert [(day["numerator"], day["denominator"]) for day in series.json()["days"]] == [(4500, 15000), (4000, 0)]
