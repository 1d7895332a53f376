"""Log lines: one JSON object each, and nothing in them that names a person."""

import io
import json
import logging as stdlib
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.db.engine import Database
from shared.errors import NotFound
from shared.observability import logging, tracing
from shared.testing.logs import logs_restored

IDENTITY = "45048119900307019X"
PHONE = "13812345678"
NAME = "覃桂英"


class Lines:
    """What was logged so far."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def raw(self) -> str:
        return self._stream.getvalue()

    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw.splitlines()[-1])
        return found


@pytest.fixture
def lines() -> Lines:
    """Logging as in a process."""
    stream = io.StringIO()
    logging.configure(service="registry", process="api", stream=stream)
    return Lines(stream)


def test_a_line_is_an_event_with_fields(lines: Lines) -> None:
    logging.get_logger("t").info("case_accepted", case_id=7, area="450481100201001")
    line = lines.last()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "case_accepted", "case_id": 7, "area": "450481100201001",
        "level": "info", "service": "registry", "process": "api",
    }  # fmt: skip


def test_the_trace_of_the_task_is_in_its_lines(lines: Lines) -> None:
    with tracing.traced("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        logging.get_logger("t").info("inside")
    assert lines.last()["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    logging.get_logger("t").info("outside")
    assert "trace_id" not in lines.last()


@pytest.mark.parametrize("field", sorted(logging.FORBIDDEN_FIELDS))
def test_a_forbidden_field_is_redacted_at_every_depth(lines: Lines, field: str) -> None:
    log = logging.get_logger("t")
    log.info("x", **{field: "plain"})
    log.info("x", nested={"list": [{field: "plain"}]})
    log.info("x", **{f"old_{field}": "plain"})
    log.info("x", nested={field.upper().replace("_", "-"): "plain"})
    assert "plain" not in lines.raw
    assert lines.raw.count(logging.REDACTED) == 4


def test_numbers_of_persons_are_taken_out_of_values_of_any_field(lines: Lines) -> None:
    logging.get_logger("t").info("x", reason=f"refused {IDENTITY}", seen=[f"call {PHONE}!"])
    assert (lines.last()["reason"], lines.last()["seen"]) == ("refused [number]", ["call [number]!"])


def test_ids_areas_and_times_survive(lines: Lines) -> None:
    kept = {"person_id": "01a20189-2f69-7d5e-9daa-da9f8f3b4193", "area": "450481100201", "took": 1790000000000}
    logging.get_logger("t").info("x", **kept)
    assert lines.last().items() >= kept.items()


def test_lines_of_other_libraries_are_scrubbed(lines: Lines) -> None:
    stdlib.getLogger("aiokafka.consumer").warning("bad record %s of %s at //root:hunter2@db/x", IDENTITY, NAME)
    line = lines.last()
    assert line["logger"] == "aiokafka.consumer"
    assert line["event"] == "bad record [number] of … at //db/x"


def test_an_exception_is_told_by_type_and_place_without_what_it_quotes(lines: Lines) -> None:
    try:
        raise ValueError(f"no such person: {NAME} {IDENTITY}")
    except ValueError:
        logging.get_logger("t").exception("failed")
    told = lines.last()["exception"]
    assert told["type"] == "builtins.ValueError"
    assert told["message"] is None
    assert "test_an_exception_is_told" in told["frames"][-1]


@pytest.mark.parametrize(
    "raised",
    [
        lambda: int("zhangsan"),
        lambda: dict[str, int]()["zhangsan"],
        b"zhangsan\xff".decode,
        lambda: list[str]().index("zhangsan"),
        lambda: date.fromisoformat("zhangsan"),
    ],
)
def test_an_exception_quotes_no_argument(lines: Lines, raised: Callable[[], object]) -> None:
    """Libraries quote what they refuse; a name in Latin letters is no pattern that could be taken out."""
    try:
        raised()
    except Exception:  # noqa: BLE001  # whatever it is
        logging.get_logger("t").exception("failed")
    assert "zhangsan" not in lines.raw


async def test_what_the_driver_quotes_of_its_arguments_is_not_told(lines: Lines, kit_database: Database) -> None:
    async with kit_database.session() as session:
        try:
            await session.execute(text("SELECT CAST(:n AS bigint)"), {"n": "zhangsan"})
        except DBAPIError:
            logging.get_logger("t").exception("failed")
    assert "zhangsan" not in lines.raw


def test_what_ends_a_process_is_a_line_without_arguments(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("zhangsan")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert lines.last()["event"] == "process_failed"
    assert lines.last()["exception"]["type"] == "builtins.ValueError"
    assert "zhangsan" not in lines.raw + capsys.readouterr().err


def test_a_refused_body_is_told_by_path_and_code(lines: Lines) -> None:
    class Person(BaseModel):
        age: int

    try:
        Person.model_validate({"age": NAME})
    except ValidationError:
        logging.get_logger("t").exception("failed")
    assert lines.last()["exception"]["message"] == [{"path": "age", "code": "int_parsing"}]
    assert NAME not in lines.raw


def test_a_refusal_by_a_rule_is_told_by_its_code(lines: Lines) -> None:
    try:
        raise NotFound(NAME)
    except NotFound:
        logging.get_logger("t").exception("failed")
    assert lines.last()["exception"]["message"] == "not_found"
    assert NAME not in json.loads(lines.raw)["exception"]


async def test_what_postgresql_quotes_of_a_row_is_not_told(lines: Lines, kit_database: Database) -> None:
    insert = text("INSERT INTO broker_seen (reader, cluster_id, seen_at) VALUES (:name, 'x', now())")
    async with kit_database.session() as session:
        await session.execute(insert, {"name": "Qin Guiying"})
        try:
            await session.execute(insert, {"name": "Qin Guiying"})
        except IntegrityError:
            logging.get_logger("t").exception("failed")
    assert lines.last()["exception"]["message"]["sqlstate"] == "23505"
    assert "Guiying" not in lines.raw


def test_what_cannot_be_written_as_json_is_still_a_line(lines: Lines) -> None:
    logging.get_logger("t").info("x", odd={1, 2}, raw=b"\x00\x01", deep={"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}})
    assert lines.last()["raw"] == "[2 bytes]"


@given(prefix=st.text("ab ,;:()[]{}=#/", max_size=5), suffix=st.text("ab ,;:()[]{}=#/", max_size=5))
def test_no_surrounding_hides_an_identity_number(prefix: str, suffix: str) -> None:
    if not (prefix[-1:].isalnum() or suffix[:1].isalnum()):
        assert IDENTITY not in logging.scrub(prefix + IDENTITY + suffix)
        assert PHONE not in logging.scrub(prefix + PHONE + suffix)


def test_full_width_digits_do_not_hide_a_number_either() -> None:
    wide = IDENTITY.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert "０" not in logging.scrub(wide)


def test_the_level_is_the_one_of_the_settings() -> None:
    stream = io.StringIO()
    logging.configure(service="s", process="p", level="warning", stream=stream)
    logging.get_logger("t").info("quiet")
    stdlib.getLogger("any").info("quiet")
    assert stream.getvalue() == ""
    logging.get_logger("t").warning("loud")
    assert json.loads(stream.getvalue())["event"] == "loud"


def test_whatever_configures_logging_the_next_one_finds_it_as_it_was() -> None:
    before = structlog.get_config(), stdlib.getLogger().level
    with logs_restored():
        logging.configure(service="s", process="p", level="error", stream=io.StringIO())
        spoken = logging.get_logger("kept")
        spoken.info("quiet")
    assert structlog.get_config()["cache_logger_on_first_use"] is False
    assert stdlib.getLogger().level == before[1]
    with structlog.testing.capture_logs() as lines:
        spoken.info("heard")
    assert [line["event"] for line in lines] == ["heard"]
