"""Child of `test_spreadsheets`: reads a table and prints its rows and by how many MiB the process grew at its peak."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.sources import open_rows
from shared.spreadsheets.tables import open_table
from tests.large.peak import peak

COLUMNS = [
    Column("name", "姓名", required=True),
    Column("identity_number", "身份证号", ColumnType.DIGITS),
    *(Column(f"c{at}", f"列{at}") for at in range(8)),
]


async def read(path: Path) -> int:
    """The number of rows without findings."""

    async def opened() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(1 << 16):
                yield chunk

    count = 0
    async with open_rows(opened) as rows:
        table = await open_table(rows, COLUMNS)
        async for some in table.read():
            count += sum(1 for row in some if not row.findings)
    return count


if __name__ == "__main__":
    before = peak()
    found = asyncio.run(read(Path(sys.argv[1])))
    sys.stdout.write(f"{found} {peak() - before:.1f}\n")
