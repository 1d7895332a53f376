"""Whatever a department's system writes has a fate: it is answered or counted, and the next list is taken in."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.inbound.event import CODES
from tests.registry.builders import a_number
from tests.registry.conftest import Client
from tests.registry.inbound_lists.civil_affairs import CivilAffairs, a_list, results, sealed
from tests.registry.steps import CLERK, register
from tests.shared.hostile_records import ANYTHING, BYTES

SMALL, LARGE = 120, 5_000


def by_chance(office: CivilAffairs, random: Random, known: str) -> StoredRecord:
    """A list of one to three rows, made wrong in up to three ways, outside or inside what is encrypted."""
    rows: list[Any] = [{"row": str(n), "since": "2026-01-01", "level": "2"} for n in range(random.randint(1, 3))]
    numbers: list[Any] = [{"row": one["row"], "number": random.choice((known, "450481", "x"))} for one in rows]
    data: Any = a_list()
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        data[random.choice((*data, "more"))] = random.choice(ANYTHING)
    for several in (rows, numbers):
        if random.random() < 0.4:
            wrong = random.choice(several)
            wrong[random.choice((*wrong, "person_id", "more"))] = random.choice(ANYTHING)
    if data["rows"] == []:
        data["rows"] = rows
    if data["personal"] is None and random.random() < 0.7:
        data["personal"] = sealed(random.choice(({"numbers": numbers}, {"numbers": numbers}, random.choice(ANYTHING))))
    try:
        record = office.record(data)
    except TypeError:  # a number that JSON cannot write
        record = office.record(b"{")
    headers: list[Any] = list(record.headers)
    if random.random() < 0.3:
        place = random.randrange(len(headers))
        headers[place] = (random.choice((headers[place][0], "x\0y", "CE_ID", "")), random.choice(BYTES))
    value = random.choice((*BYTES, random.randbytes(100))) if random.random() < 0.1 else record.value
    key = random.choice((*BYTES, random.randbytes(5_000))) if random.random() < 0.2 else record.key
    return replace(record, headers=tuple(headers), value=value, key=key)


async def has_a_fate(client_of: Client, office: CivilAffairs, random: Random, count: int) -> None:
    """Each is answered or counted, no code is one that nobody wrote, and the next list finds its person."""
    office.rate, number = 10**6, a_number()
    person = (await register(client_of(*CLERK), document={"number": number}))["id"]
    for _ in range(count):
        await office.take(by_chance(office, random, number))
    answer = await office.send(a_list({"row": "1", "person_id": person}, list_id="DB-good", as_of="2026-03-16"))
    assert (str(answer.status), set(results(answer))) == ("accepted", {"1"})
    async with office.database.session() as session:
        counted = await session.scalar(text("SELECT sum(1 + repeats + untold) FROM list_outcomes"))
        codes = set(await session.scalars(text("SELECT DISTINCT code FROM list_outcomes WHERE code IS NOT NULL")))
        waiting = await session.scalar(text("SELECT count(*) FROM dead_letters WHERE code LIKE 'defect%'"))
    assert (counted, waiting) == (count + 1, 0)
    assert len(codes) > 3
    assert codes <= CODES - {"internal_error"}


async def test_lists_by_chance_have_a_fate_each(client_of: Client, office: CivilAffairs) -> None:
    await has_a_fate(client_of, office, Random(1), SMALL)


@pytest.mark.large
async def test_thousands_of_lists_by_chance_have_a_fate_each(client_of: Client, office: CivilAffairs) -> None:
    await has_a_fate(client_of, office, Random(2), LARGE)
