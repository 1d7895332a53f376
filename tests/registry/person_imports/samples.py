"""An import of residents that was checked, for the tests that walk every endpoint."""

import asyncio

from shared.auth.principal import Principal
from shared.jobs.runner import run_one
from shared.testing.doors import Door, a_principal
from tests.registry.person_imports.lists import Listing, a_household
from tests.registry.person_imports.working import kinds_of


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """The id of one whose last row is wrong, by the first segment of its path. `owner`: whose it is alone."""
    kit = door.kit
    rows = a_household(1, 900)
    rows[2]["phone"] = "12"
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        file = (await client.post("/files", content=Listing(rows).data())).json()["id"]
        answer = await client.post("/person-imports", json={"file": file, "area": area})
    assert answer.status_code == 201, answer.text
    kinds = kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, door.accesses)
    while await run_one(kit.database, kinds, stop=asyncio.Event()):
        pass
    return {"person-imports": answer.json()["id"]}
