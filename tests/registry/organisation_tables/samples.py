"""An import and an export of organisations for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.registry.tables import tables_of


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Their ids, by the first segments of their paths. `owner`: whose they are alone."""
    return await tables_of("organisation", door, area, owner)
