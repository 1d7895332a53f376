"""Tables of registry's nouns as tests hand them in and read them, and one of each for the tests that walk endpoints."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence

from shared.auth.principal import Principal
from shared.jobs.runner import run_one
from shared.testing.doors import Door, a_principal
from tests.registry.person_imports.working import kinds_of
from tests.shared.spreadsheets.workbooks import rows_of

WRONG: Mapping[str, Mapping[str, str]] = {
    "organisation": {"组织类别": "驻区单位", "组织名称": "示例单位", "成立日期": "2999-01-01"},
    "facility": {"设施类别": "便民超市", "设施名称": "示例超市", "开放日期": "2999-01-01"},
}
"""A row of each noun with a day in the future."""


def text_of(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A table as text; its titles are those of the rows."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([row.get(title, "") for title in titles] for row in rows)
    return made.getvalue().encode()


async def read_table(data: bytes) -> list[dict[str, str]]:
    """The rows of an exported workbook or text, by title; the watermark stands above."""
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(data)]
    return [{rows[1][at]: cell for at, cell in row.items()} for row in rows[2:]]


async def tables_of(noun: str, door: Door, area: str, owner: Principal | None) -> dict[str, str]:
    """The ids of an import that was checked and of an export, by the first segments of their paths."""
    kit = door.kit
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        file = (await client.post("/files", content=text_of([WRONG[noun]]))).json()["id"]
        made = await client.post(f"/{noun}-imports", json={"file": file, "area": area})
        assert made.status_code == 201, made.text
        written = await client.post(f"/{noun}-exports", json={"area": area, "purpose": "statistics"})
        assert written.status_code == 201, written.text
    kinds = kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, door.accesses)
    while await run_one(kit.database, kinds, stop=asyncio.Event()):
        pass
    return {f"{noun}-imports": made.json()["id"], f"{noun}-exports": written.json()["id"]}
