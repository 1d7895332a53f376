"""What a file's tests begin with is made once, and is there again for the next as the first found it."""

import pytest
from sqlalchemy import text

from shared.testing.beginnings import Beginning
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf
from shared.testing.server import Run

MADE: list[str] = []
ADD = text("INSERT INTO effects (effect, event_id, happened_at) VALUES (:effect, gen_random_uuid(), now())")


async def effects(database: ServiceDatabase) -> list[str]:
    async with database.database.session() as session:
        return sorted((await session.execute(text("SELECT effect FROM effects"))).scalars())


async def add(database: ServiceDatabase, effect: str) -> None:
    async with database.database.session() as session:
        await session.execute(ADD, {"effect": effect})
        await session.commit()


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_each_test_finds_what_the_first_made_and_nothing_of_the_others(
    committed_of: DatabaseOf, beginning: Beginning, number: int
) -> None:
    database = await committed_of("kit")

    async def make() -> dict[str, list[str]]:
        MADE.append("once")
        await add(database, "begun")
        return {"names": ["begun"]}

    there = await beginning(database, make)
    assert (there, await effects(database)) == ({"names": ["begun"]}, ["begun"])
    there["names"].append(f"of test {number}")
    await add(database, f"of test {number}")
    assert MADE == ["once"]


def test_a_text_is_made_by_the_first_who_asks() -> None:
    run = Run.begin()
    try:
        assert [run.made_once("thing", lambda: "first"), run.made_once("thing", lambda: "second")] == ["first"] * 2
    finally:
        run.end()
