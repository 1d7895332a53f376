"""An export of residents that is written, for the tests that walk every endpoint."""

import asyncio

from shared.auth.principal import Principal
from shared.jobs.runner import run_one
from shared.testing.doors import Door, a_principal
from tests.registry.person_imports.working import kinds_of


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """The id of one, by the first segment of its path. `owner`: whose it is alone."""
    kit = door.kit
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        answer = await client.post("/person-exports", json={"purpose": "statistics", "area": area})
    assert answer.status_code == 201, answer.text
    kinds = kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, door.accesses)
    while await run_one(kit.database, kinds, stop=asyncio.Event()):
        pass
    return {"person-exports": answer.json()["id"]}
