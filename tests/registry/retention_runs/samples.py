"""A run that waits, and a table that is written, for the tests that walk every endpoint."""

import asyncio

from shared.auth.principal import Principal
from shared.jobs.runner import run_one
from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person
from tests.registry.person_imports.working import kinds_of


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """The ids, by the first segment of their paths. `owner`: whose they are."""
    kit, place = door.kit, {"residence": {"area": area}, "registration": {"area": area}}
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        person = await client.post("/persons", json=a_person(name="保期满", **place, occurred_on="2010-01-01"))
        assert person.status_code == 201, person.text
        gone = await client.post(f"/persons/{person.json()['id']}/move-out", json={"occurred_on": "2019-01-01"})
        assert gone.status_code == 200, gone.text
        made = await client.post("/retention-runs", json={"area": area})
        assert made.status_code == 201, made.text
        table = await client.post("/retention-exports", json={"purpose": "statistics", "area": area})
        assert table.status_code == 201, table.text
    kinds = kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, door.accesses)
    while await run_one(kit.database, kinds, stop=asyncio.Event()):
        pass
    return {"retention-runs": made.json()["id"], "retention-exports": table.json()["id"]}
