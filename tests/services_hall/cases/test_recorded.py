"""What a step keeps of a case: every column that an undo brings back, as it was, days and instants as such."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import inspect

from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CONTENT, DATED, FIXED, read_back

COLUMNS = {column.key: column for column in inspect(Case).columns}
VALUES: dict[type, Any] = {
    str: "值", int: 7, bool: True, date: date(2026, 3, 16), datetime: datetime(2026, 3, 16, 2, 30, 0, 123456, UTC),
    UUID: UUID("0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"), dict: {"a": [1, None]}, list: [{"number": 1}],
}  # fmt: skip


def a_value(name: str) -> Any:
    """A value that the column may have."""
    kind = COLUMNS[name].type.python_type
    return VALUES[kind]


def test_every_column_is_kept_but_those_that_say_what_a_case_is() -> None:
    assert set(CONTENT) | FIXED == set(COLUMNS)
    assert not set(CONTENT) & FIXED
    assert set(DATED) - {"area"} <= set(CONTENT), "what dates follow from is brought back with them"


@pytest.mark.parametrize("name", CONTENT)
def test_each_column_is_read_back_as_it_was(name: str) -> None:
    value = a_value(name)
    kept = orjson.loads(orjson.dumps({name: value}, default=str))
    assert json.loads(json.dumps(kept)) == kept, "it is JSON"
    [(read, found)] = read_back(kept).items()
    assert (read, found, type(found)) == (name, value, type(value))
    assert read_back({name: None}) == {name: None}


def test_a_whole_content_is_read_back_and_what_is_no_column_any_more_is_left_out() -> None:
    whole = {name: a_value(name) for name in CONTENT}
    kept = orjson.loads(orjson.dumps({**whole, "column_of_before": 1}, default=str))
    assert read_back(kept) == whole


def test_an_instant_keeps_its_place_on_the_line_of_time_whatever_zone_it_was_written_in() -> None:
    there = datetime.fromisoformat("2026-03-16T10:30:00.123456+08:00")
    assert read_back({"received_at": "2026-03-16T02:30:00.123456+00:00"}) == {"received_at": there}
    assert read_back({"received_at": there.isoformat()})["received_at"].astimezone(UTC).hour == 2
