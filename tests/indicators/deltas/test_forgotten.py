"""What its owner lost in a restore is counted no more, nor listed where it lay; what it holds again counts once."""

from shared.contracts.restoring import FORGOTTEN, ROLLED_BACK
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, OFFICER, TREE, figures
from tests.indicators.states import a_person


async def residents(door: Door) -> int:
    found = (await figures(door, COUNTY, OFFICER))["POP-RES"]
    return int(found["value"])


async def test_who_is_forgotten_counts_no_more_and_who_is_rolled_back_counts_as_then(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_person(1), a_person(2), a_person(3, version=2, residence=()))
    assert await residents(door) == 2
    await arrivals.take(a_person(1), revision=7, word=FORGOTTEN)
    assert await residents(door) == 1
    await arrivals.take(a_person(1), revision=7, word=FORGOTTEN)
    assert await residents(door) == 1, "told twice, it is taken off once"
    await arrivals.take(a_person(3), revision=7, word=ROLLED_BACK)
    assert await residents(door) == 2
    await arrivals.take(a_person(1))
    assert await residents(door) == 3, "founded anew it counts again"
