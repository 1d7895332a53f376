"""What we keep, in one SQLite file. Every write says what is so now, so that it may be done twice."""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

SCHEMA = Path(__file__).resolve().parents[2] / "schema.sql"
PASSING = "code IN ('rate_exceeded', 'internal_error')"
"""Rejections that waiting heals: we send the same again by ourselves."""
NEWER = "WHERE (excluded.sequence, excluded.revision) > (sequence, revision)"


class Store:
    """One connection; `commit` makes what was written last."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(SCHEMA.read_text(encoding="utf-8"))

    def close(self) -> None:
        self._db.close()

    def commit(self) -> None:
        self._db.commit()

    def is_empty(self, table: str) -> bool:
        with closing(self._db.execute(f"SELECT 1 FROM {table} LIMIT 1")) as found:
            return found.fetchone() is None

    # -- requests ------------------------------------------------------------------------------------------------------
    def record(self, event: CloudEvent) -> bool:
        """Before it is sent. False where the id is known; its event stays unless it was rejected and may come again."""
        rejected = "SELECT 1 FROM work_orders w WHERE w.id = requests.id AND w.status = 'rejected' AND NOT w.final"
        query = (
            "INSERT INTO requests (id, event) VALUES (?, ?) "
            f"ON CONFLICT (id) DO UPDATE SET event = excluded.event WHERE EXISTS ({rejected})"
        )
        return self._db.execute(query, (event.get_id(), JSONFormat().write(event).decode())).rowcount == 1

    def event(self, request: str) -> BaseCloudEvent | None:
        """The same event as ever: an id never stands for two things."""
        row = self._db.execute("SELECT event FROM requests WHERE id = ?", (request,)).fetchone()
        return None if row is None else JSONFormat().read(CloudEvent, row["event"])

    def delivered(self, request: str, partition: int | None, offset: int | None) -> None:
        self._db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?)", (request, partition, offset, time.time()))

    def unsent(self) -> list[str]:
        """What was recorded and never taken by the bus."""
        return self._ids("SELECT id FROM work_orders WHERE times = 0")

    def due_again(self, seconds: float) -> list[str]:
        """What waiting heals and has waited so long."""
        query = f"SELECT id FROM work_orders WHERE answered AND {PASSING} AND sent_at < ?"
        return self._ids(query, time.time() - seconds)

    def unanswered(self) -> list[str]:
        return self._ids(f"SELECT id FROM work_orders WHERE NOT answered OR {PASSING}")

    def open(self) -> list[str]:
        """What has no end yet."""
        query = "SELECT id FROM work_orders WHERE NOT answered OR status NOT IN ('closed', 'rejected')"
        return self._ids(f"{query} OR {PASSING}")

    def work_orders(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute("SELECT * FROM work_orders")]

    def _ids(self, query: str, *given: Any) -> list[str]:
        return [row["id"] for row in self._db.execute(query, given)]

    # -- what came -----------------------------------------------------------------------------------------------------
    def request_of(self, state: dict[str, Any]) -> str | None:
        """Whose outcome it is: by id or, where ours could not be read over there, by the place of the message."""
        if state["request_id"] is not None:
            found = self._ids("SELECT id FROM requests WHERE id = ?", state["request_id"])
        else:
            query = "SELECT request AS id FROM deliveries WHERE lane = ? AND place = ?"
            found = self._ids(query, state["partition"], state["offset"])
        return found[0] if found else None

    def keep_outcome(self, request: str, sequence: str, revision: int, state: dict[str, Any]) -> bool:
        """False where it is not newer than what is kept."""
        names = (
            "partition",
            "offset",
            "status",
            "code",
            "final",
            "incident_id",
            "incident_status",
            "due_at",
            "closed_at",
        )
        values = (state["id"], request, sequence, revision, *(state.get(name) for name in names))
        query = (
            "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "sequence = excluded.sequence, revision = excluded.revision, lane = excluded.lane, "
            "place = excluded.place, status = excluded.status, "
            "code = excluded.code, final = excluded.final, incident = excluded.incident, progress = excluded.progress, "
            f"due_at = excluded.due_at, closed_at = excluded.closed_at {NEWER}"
        )
        return self._db.execute(query, values).rowcount == 1

    def keep_figures(self, figures: Iterable[tuple[str, int, dict[str, Any]]]) -> None:
        """Sequence, revision and state of each."""
        names = ("value", "base", "counted_at")
        rows = [
            (state["area"], state["code"], state["day"], sequence, revision, *(state.get(name) for name in names))
            for sequence, revision, state in figures
        ]
        query = (
            "INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (area, code, day) DO UPDATE SET "
            "sequence = excluded.sequence, revision = excluded.revision, value = excluded.value, "
            f"base = excluded.base, counted_at = excluded.counted_at {NEWER}"
        )
        self._db.executemany(query, rows)

    def figures(self, area: str | None, code: str | None) -> list[dict[str, Any]]:
        """The latest day of each figure, of one area or of all."""
        query = (
            "SELECT area, code, max(day) AS day, value, base, counted_at FROM figures "
            "WHERE area = coalesce(?, area) AND code = coalesce(?, code) GROUP BY area, code ORDER BY area, code"
        )
        return [dict(row) for row in self._db.execute(query, (area, code))]
