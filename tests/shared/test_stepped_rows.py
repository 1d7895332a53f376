"""Rows that move by steps: whatever was done, an undo brings back what was there before the last step, and so on."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import TYPES, metadata
from shared.db.engine import Database
from shared.db.stepped_rows import SteppedRows, StepVersionColumns
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase

DDL = """
    CREATE TABLE stepped (id uuid PRIMARY KEY, version int NOT NULL, status text NOT NULL, place text NOT NULL,
      secret bytea NOT NULL, holder text, partner uuid, day date, at timestamptz, times int NOT NULL);
    CREATE TABLE stepped_versions (row_id uuid NOT NULL REFERENCES stepped, version int NOT NULL, step text NOT NULL,
      before int, content jsonb NOT NULL, done_by text, done_at timestamptz NOT NULL, last text, last_by text,
      last_version int, PRIMARY KEY (row_id, version));
    GRANT ALL ON stepped, stepped_versions TO PUBLIC
"""
NOW = FrozenClock().now()
FIXED = frozenset({"place", "secret"})


class Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = TYPES


class Stepped(Base):
    """A row with a column of each kind that is recorded."""

    __tablename__ = "stepped"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    place: Mapped[str]
    secret: Mapped[bytes]
    holder: Mapped[str | None]
    partner: Mapped[UUID | None]
    day: Mapped[date | None]
    at: Mapped[datetime | None]
    times: Mapped[int]


class SteppedVersion(StepVersionColumns, Base):
    __tablename__ = "stepped_versions"

    row_id: Mapped[UUID] = mapped_column(primary_key=True)


RECORDED = ("status", "holder", "partner", "day", "at", "times")


@pytest.fixture
async def session(service_database: ServiceDatabase) -> AsyncIterator[AsyncSession]:
    owner = await service_database.as_owner()
    await owner.execute(DDL)
    one = Database(service_database.service_url, pool=1, application="stepped")
    async with one.session() as inside:
        yield inside
    await one.close()
    await owner.execute("DROP TABLE stepped_versions, stepped")
    await owner.close()


@pytest.fixture
def rows(session: AsyncSession, clock: FrozenClock) -> SteppedRows[Stepped, SteppedVersion]:
    return SteppedRows(session, clock, Stepped, SteppedVersion, SteppedVersion.row_id, fixed=FIXED)


def a_row(**changes: Any) -> Stepped:
    given = {"id": new_id(), "version": 1, "status": "open", "place": "450481", "secret": b"\x00sealed", "times": 0}
    return Stepped(**{**given, **changes})


def seen(row: Stepped) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RECORDED}


@dataclass
class Told:
    """What the rows promise, kept in a list: what each step, still standing, would give way to."""

    present: dict[str, Any]
    steps: list[tuple[str, str, int, dict[str, Any]]] = field(default_factory=list)

    @property
    def last(self) -> tuple[str | None, str | None, int | None]:
        return self.steps[-1][:3] if self.steps else (None, None, None)


async def test_what_was_entered_is_its_first_version_and_nothing_is_undone(
    rows: SteppedRows[Stepped, SteppedVersion],
) -> None:
    row = a_row(holder="u-1", day=date(2026, 3, 16))
    await rows.enter(row, "enter", "u-1")
    first = await rows.version(row)
    assert (first.version, first.step, first.done_by, first.done_at) == (1, "enter", "u-1", NOW)
    assert (first.before, first.last, first.last_by, first.last_version) == (None, None, None, None)
    assert await rows.before(row) is None


async def test_a_sealed_or_fixed_column_is_in_no_version(
    rows: SteppedRows[Stepped, SteppedVersion], session: AsyncSession
) -> None:
    row = a_row(secret=b"a door", place="450481114201")
    await rows.enter(row, "enter", "u-1")
    row = await rows.move(row, "close", "u-1", status="closed")
    kept = (await session.scalars(text("SELECT content::text FROM stepped_versions"))).all()
    assert len(kept) == 2
    for content in kept:
        assert not {"secret", "place", "id", "version"} & set(json.loads(content))
        assert "door" not in content


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("day", date(2026, 2, 28)),
        ("day", None),
        ("at", datetime(2026, 3, 16, 1, 2, 3, 456789, tzinfo=UTC)),
        ("at", None),
        ("partner", UUID("0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90")),
        ("partner", None),
        ("holder", "登录名"),
        ("holder", None),
        ("times", 3),
    ],
)
async def test_a_value_comes_back_as_what_it_was(
    rows: SteppedRows[Stepped, SteppedVersion], column: str, value: Any
) -> None:
    row = a_row(**{column: value})
    await rows.enter(row, "enter", "u-1")
    other = {"day": date(2027, 1, 1), "at": NOW, "partner": new_id(), "holder": "else", "times": 9}[column]
    row = await rows.move(row, "change", "u-1", **{column: other})
    to = await rows.before(row)
    assert to is not None
    back = await rows.go_back(row, to, "undo", "u-2")
    assert getattr(back, column) == value
    assert isinstance(getattr(back, column), type(value))
    assert rows.read_back(to.content)[column] == value


async def test_what_a_calendar_or_a_change_of_areas_did_is_not_undone_in_place_of_a_step(
    rows: SteppedRows[Stepped, SteppedVersion],
) -> None:
    row = a_row()
    await rows.enter(row, "enter", "u-1")
    row = await rows.move(row, "close", "u-2", status="closed", day=date(2026, 3, 19))
    row = await rows.follow(row, "reschedule", day=date(2026, 3, 20))
    row = await rows.follow(row, "boundary", place="450481114202")
    now = await rows.version(row)
    assert (now.step, now.done_by) == ("boundary", None), "nobody took it"
    assert (now.last, now.last_by, now.last_version, now.before) == ("close", "u-2", 2, 1)
    to = await rows.before(row)
    assert to is not None
    row = await rows.go_back(row, to, "undo", "u-3")
    assert (row.status, row.day, row.place, row.version) == ("open", None, "450481114202", 5)
    assert await rows.before(row) is None


async def test_what_is_computed_anew_wins_over_what_was_recorded(rows: SteppedRows[Stepped, SteppedVersion]) -> None:
    row = a_row(day=date(2026, 3, 19), times=1)
    await rows.enter(row, "enter", "u-1")
    row = await rows.move(row, "close", "u-1", status="closed", day=None)
    to = await rows.before(row)
    assert to is not None
    row = await rows.go_back(row, to, "undo", "u-1", day=date(2026, 3, 23))
    assert (row.status, row.day, row.times) == ("open", date(2026, 3, 23), 1)
    assert (await rows.version(row)).content["day"] == "2026-03-23"


async def test_versions_are_never_written_over_and_each_names_who_did_it_and_when(
    rows: SteppedRows[Stepped, SteppedVersion], clock: FrozenClock
) -> None:
    row = a_row()
    await rows.enter(row, "enter", "u-1")
    clock.advance(hours=1)
    row = await rows.move(row, "close", "u-2", status="closed")
    clock.advance(hours=1)
    to = await rows.before(row)
    assert to is not None
    row = await rows.go_back(row, to, "undo", None)
    links = await rows.history.page(row.id, after=0, limit=10)
    hours = [(one.done_at - NOW) // timedelta(hours=1) for one in links]
    assert [(one.version, one.step, one.done_by) for one in links] == [
        (1, "enter", "u-1"),
        (2, "close", "u-2"),
        (3, "undo", None),
    ]
    assert hours == [0, 1, 2]
    assert [one.content["status"] for one in links] == ["open", "closed", "open"]


async def test_a_row_that_somebody_else_moved_is_not_moved_from_what_was_seen(
    rows: SteppedRows[Stepped, SteppedVersion], session: AsyncSession
) -> None:
    row = a_row()
    await rows.enter(row, "enter", "u-1")
    await session.execute(text("UPDATE stepped SET version = 2"))
    with pytest.raises(AssertionError, match="the row is locked"):
        await rows.move(row, "close", "u-1", status="closed")


CHANGES: dict[str, Callable[[Random], Any]] = {
    "status": lambda random: random.choice(("open", "closed", "sent")),
    "holder": lambda random: random.choice((None, "u-1", "u-2")),
    "partner": lambda random: random.choice((None, UUID(int=random.getrandbits(128)))),
    "day": lambda random: random.choice((None, date(2026, 1, 1) + timedelta(days=random.randrange(400)))),
    "at": lambda random: random.choice((None, NOW + timedelta(microseconds=random.randrange(10**12)))),
    "times": lambda random: random.randrange(5),
}


@pytest.mark.parametrize("seed", range(6))
async def test_any_sequence_of_steps_and_undos_leads_where_a_list_of_them_says(
    rows: SteppedRows[Stepped, SteppedVersion], seed: int
) -> None:
    random = Random(seed)
    row = a_row()
    await rows.enter(row, "enter", "u-0")
    told = Told(seen(row))
    for number in range(25):
        some = random.sample(sorted(CHANGES), random.randrange(1, 4))
        changes = {name: CHANGES[name](random) for name in some}
        by, present = f"u-{random.randrange(3)}", dict(told.present)
        match random.choice(("move", "move", "follow", "undo", "undo")):
            case "move":
                row = await rows.move(row, f"step-{number}", by, **changes)
                told.steps.append((f"step-{number}", by, row.version, present))
                told.present |= changes
            case "follow":
                row = await rows.follow(row, "follow", place=f"place-{number}", **changes)
                told.present |= changes
            case _:
                to = await rows.before(row)
                assert (to is None) is (not told.steps)
                if to is None:
                    continue
                row = await rows.go_back(row, to, "undo", by)
                told.present = told.steps.pop()[3]
        now = await rows.version(row)
        assert seen(row) == told.present
        assert (now.last, now.last_by, now.last_version) == told.last
        assert rows.read_back(now.content) == told.present
