"""A list that was checked, for the tests that walk every endpoint."""

import asyncio

from shared.auth.principal import Principal
from shared.jobs.runner import run_one
from shared.testing.doors import Door, a_principal
from tests.registry.person_imports.working import kinds_of
from tests.registry.tables import text_of


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """The id of one whose only row means nobody, by the first segment of its path. `owner`: whose it is alone."""
    kit = door.kit
    row = {"姓名": "无此示例", "身份证号": "45048119900307019X", "起始日期": "2026-01-01"}
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        file = (await client.post("/files", content=text_of([row]))).json()["id"]
        body = {"file": file, "area": area, "kind": "disabled", "as_of": "2026-02-20"}
        answer = await client.post("/list-imports", json=body)
    assert answer.status_code == 201, answer.text
    kinds = kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, door.accesses)
    while await run_one(kit.database, kinds, stop=asyncio.Event()):
        pass
    return {"list-imports": answer.json()["id"]}
