"""A ledger can be about what its service hears of, and the compiler knows what that is."""

import pytest

from services.grid.ledgers.service import SURROUNDINGS as GRID
from services.indicators.ledgers.service import SURROUNDINGS as INDICATORS
from services.registry.ledgers.service import SURROUNDINGS as REGISTRY
from services.services_hall.ledgers.service import SURROUNDINGS as SERVICES_HALL
from shared.ledgers.compiler.checks.fields import KNOWN_TO
from shared.ledgers.grammar.words import Owner
from shared.ledgers.records.surroundings import Surroundings

OF = {
    Owner.REGISTRY: REGISTRY,
    Owner.SERVICES_HALL: SERVICES_HALL,
    Owner.GRID: GRID,
    Owner.INDICATORS: INDICATORS,
}


@pytest.mark.parametrize("owner", Owner)
def test_what_may_be_named_in_a_ledger_is_what_its_service_knows(owner: Owner) -> None:
    surroundings: Surroundings = OF[owner]
    assert set(surroundings.known) == KNOWN_TO[owner]
    assert set(surroundings.lies) <= set(surroundings.known)
