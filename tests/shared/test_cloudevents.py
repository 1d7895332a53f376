"""Strangers can read our events, and we read theirs in either mode; what is not an event is said so by code."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest

from shared.messaging.bus.cloudevents import Unreadable, headers, read
from tests.shared.facts import structured

ID = UUID("0192f0c1-7b3a-7000-8000-000000000001")
SUBJECT = "0192f0c1-7b3a-7000-8000-0000000000ff"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def some_headers(**what_matters: Any) -> list[tuple[str, bytes]]:
    parts: dict[str, Any] = {
        "event_id": ID,
        "type_": "registry.person.moved_in",
        "schema_version": 1,
        "subject": SUBJECT,
        "time": datetime(2026, 3, 1, 16, 0, 0, 500000, tzinfo=timezone(timedelta(hours=8))),
        "sequence": 12,
        "revision": 3,
        "traceparent": TRACE,
    }
    return headers(**{**parts, **what_matters})


def with_header(name: str, value: bytes | None) -> list[tuple[str, bytes]]:
    kept = [(known, raw) for known, raw in some_headers() if known != name]
    return kept if value is None else [*kept, (name, value)]


def test_binary_mode_is_written_as_the_binding_says() -> None:
    assert some_headers() == [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", str(ID).encode()),
        ("ce_source", b"urn:xiangli:registry"),
        ("ce_type", b"registry.person.moved_in"),
        ("ce_time", b"2026-03-01T08:00:00.500000Z"),
        ("ce_subject", SUBJECT.encode()),
        ("ce_partitionkey", SUBJECT.encode()),
        ("ce_sequence", b"00000000000000000012"),
        ("ce_revision", b"3"),
        ("ce_dataschema", b"urn:xiangli:schema:registry.person.moved_in:v1"),
        ("traceparent", TRACE.encode()),
    ]


def test_what_was_written_is_read() -> None:
    envelope, data = read(some_headers(), b'{"state":{}}')
    assert (envelope.id, envelope.subject, envelope.type) == (ID, SUBJECT, "registry.person.moved_in")
    assert (envelope.noun, envelope.order, envelope.schema_version) == ("registry.person", (12, 3), 1)
    assert envelope.time == datetime(2026, 3, 1, 8, 0, 0, 500000, tzinfo=UTC)
    assert envelope.traceparent == TRACE
    assert data == b'{"state":{}}'


def test_no_trace_is_no_header() -> None:
    written = some_headers(traceparent=None)
    assert "traceparent" not in dict(written)
    assert read(written, b"{}").envelope.traceparent is None


def test_structured_mode_is_read_too() -> None:
    attributes = {name.removeprefix("ce_"): raw.decode() for name, raw in some_headers() if name != "content-type"}
    value = structured(attributes, b'{"state":{"id":"1"}}')
    event = read([("Content-Type", b"application/cloudevents+json; charset=utf-8")], value)
    assert event.envelope == read(some_headers(), b"{}").envelope
    assert orjson.loads(event.data) == {"state": {"id": "1"}}


def test_names_of_headers_are_read_in_any_case() -> None:
    shouted = [(name.upper(), raw) for name, raw in some_headers()]
    assert read(shouted, b"{}").envelope == read(some_headers(), b"{}").envelope


@pytest.mark.parametrize(
    ("found", "value", "code"),
    [
        (some_headers(), None, "no_value"),
        ([], b"{}", "not_cloudevents"),
        (with_header("ce_specversion", b"0.3"), b"{}", "not_cloudevents"),
        (with_header("ce_id", None), b"{}", "bad_attributes"),
        (with_header("ce_id", b"1"), b"{}", "bad_attributes"),
        (with_header("ce_time", b"yesterday"), b"{}", "bad_attributes"),
        (with_header("ce_sequence", b"many"), b"{}", "bad_attributes"),
        (with_header("ce_subject", b"\xff\xfe"), b"{}", "bad_header"),
        (with_header("ce_dataschema", None), b"{}", "bad_dataschema"),
        (with_header("ce_dataschema", b"urn:xiangli:schema:registry.person.moved_in:vx"), b"{}", "bad_dataschema"),
        (with_header("ce_dataschema", b"urn:xiangli:schema:grid.grid.drawn:v1"), b"{}", "bad_dataschema"),
        ([("content-type", b"application/cloudevents+json")], b"{", "not_json"),
        ([("content-type", b"application/cloudevents+json")], b"[]", "no_data"),
        ([("content-type", b"application/cloudevents+json")], b'{"data":{}}', "not_cloudevents"),
    ],
)
def test_what_is_no_event_has_a_code_and_shows_nothing(
    found: list[tuple[str, bytes]], value: bytes | None, code: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(found, value)
    assert refused.value.code == code
    assert str(refused.value) == code


def test_an_unknown_version_is_readable_and_says_which() -> None:
    found = with_header("ce_dataschema", b"urn:xiangli:schema:registry.person.moved_in:v99")
    assert read(found, b"{}").envelope.schema_version == 99
