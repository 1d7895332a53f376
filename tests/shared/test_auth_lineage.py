"""The dated tree of a process: read rarely, kept while the database is away."""

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.lineage import AreaLine, CachedLineage, projected_lineage
from shared.db.engine import Database
from shared.errors import Unavailable
from shared.testing.clock import FrozenClock

OLD, NEW = "450481100", "450481101"
MERGED = AreaLine(OLD, date(2020, 1, 1), (NEW,))


class Loader:
    """Counts its readings; fails when told so."""

    def __init__(self) -> None:
        self.lines: list[AreaLine] = []
        self.readings = 0
        self.away = False

    async def __call__(self, session: AsyncSession) -> Sequence[AreaLine]:
        self.readings += 1
        await asyncio.sleep(0.01)
        if self.away:
            raise ConnectionRefusedError
        return list(self.lines)


async def test_it_is_read_again_after_ten_seconds_and_not_before(kit_database: Database, clock: FrozenClock) -> None:
    loader = Loader()
    source = CachedLineage(kit_database, loader, clock)
    first = await source.lineage()
    loader.lines = [MERGED]
    clock.advance(seconds=9)
    assert await source.lineage() is first
    clock.advance(seconds=2)
    assert (await source.lineage()).expand(NEW) == (OLD, NEW)
    assert loader.readings == 2


async def test_while_one_request_reads_it_the_others_go_on_with_the_old_one(
    kit_database: Database, clock: FrozenClock
) -> None:
    loader = Loader()
    source = CachedLineage(kit_database, loader, clock)
    old = await source.lineage()
    clock.advance(seconds=11)
    loader.lines = [MERGED]
    fresh, *others = await asyncio.gather(*(source.lineage() for _ in range(10)))
    assert fresh.lines
    assert all(other is old for other in others)
    assert loader.readings == 2


async def test_the_last_one_serves_while_the_database_is_away_and_without_one_nobody_is_let_in(
    kit_database: Database, clock: FrozenClock
) -> None:
    loader = Loader()
    source = CachedLineage(kit_database, loader, clock)
    loader.away = True
    with pytest.raises(Unavailable):
        await source.lineage()
    loader.away, loader.lines = False, [MERGED]
    known = await source.lineage()
    loader.away = True
    clock.advance(seconds=3600)
    assert await source.lineage() is known
    loader.away, loader.lines = False, []
    clock.advance(seconds=2)
    assert (await source.lineage()).expand(NEW) == (NEW,)


async def test_an_end_takes_effect_on_its_day_in_shanghai(kit_database: Database, clock: FrozenClock) -> None:
    loader = Loader()
    loader.lines = [AreaLine(OLD, date(2026, 3, 17), (NEW,))]
    source = CachedLineage(kit_database, loader, clock)  # 10:00 on the 16th in Shanghai
    assert (await source.lineage()).expand(OLD) == (OLD,)
    clock.advance(hours=14)
    assert (await source.lineage()).expand(OLD) == (OLD, NEW)


async def test_projected_areas_give_the_lines_of_the_generation_that_is_read(kit_database: Database) -> None:
    insert = text(
        "INSERT INTO projected_states (slot, noun, aggregate, sequence, revision, state, event_time, applied_at)"
        " VALUES (:slot, 'registry.area', :code, 1, 0, CAST(:state AS jsonb), now(), now())"
    )
    ended = f'{{"code": "{OLD}", "valid_to": "2020-01-01", "successors": ["{NEW}"]}}'
    without_heir = '{"code": "450481102", "valid_to": "2020-01-01", "successors": []}'
    living = f'{{"code": "{NEW}", "valid_to": null, "successors": []}}'
    async with kit_database.session() as session:
        for code, state in ((OLD, ended), ("450481102", without_heir), (NEW, living)):
            await session.execute(insert, {"slot": 0, "code": code, "state": state})
        await session.execute(insert, {"slot": 1, "code": "450481199", "state": ended.replace(OLD, "450481199")})
        assert list(await projected_lineage(session)) == [MERGED]
        recoded = f'{{"code": "{OLD}201001", "valid_to": "2026-03-16", "successors": ["{NEW}201001"]}}'
        grid = text(str(insert).replace("'registry.area'", "'grid.grid'"))
        await session.execute(grid, {"slot": 0, "code": f"{OLD}201001", "state": recoded})
        found = {line.code: line.successors for line in await projected_lineage(session)}
        assert found == {OLD: (NEW,), f"{OLD}201001": (f"{NEW}201001",)}
