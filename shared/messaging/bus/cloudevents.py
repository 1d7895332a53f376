"""CloudEvents 1.0, Kafka binding: binary mode out, binary and structured mode in."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import ValidationError

from shared.contracts.envelope import Envelope, dataschema

SOURCE = "urn:xiangli:"
STRUCTURED = "application/cloudevents+json"
_DATASCHEMA = re.compile(r"(urn:xiangli:schema:.{1,128}):v([0-9]{1,6})")
_CONTENT_TYPE = ("content-type", b"application/json")
_SPEC = ("ce_specversion", b"1.0")


class Unreadable(Exception):
    """Error: bytes or attributes are no event of ours. `code` is stable and carries nothing of the content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Event(NamedTuple):
    """CloudEvent as it was read. `data` is the JSON of the fact, not yet validated."""

    envelope: Envelope
    data: bytes


def headers(
    *,
    event_id: UUID,
    type_: str,
    schema_version: int,
    subject: str,
    time: datetime,
    sequence: int,
    revision: int,
    traceparent: str | None,
) -> list[tuple[str, bytes]]:
    """CloudEvents attributes as Kafka headers (binary mode)."""
    key = subject.encode()
    source, typed, schema = _of_type(type_, schema_version)
    found = [
        _CONTENT_TYPE,
        _SPEC,
        ("ce_id", str(event_id).encode()),
        source,
        typed,
        ("ce_time", (time if time.tzinfo is UTC else time.astimezone(UTC)).isoformat()[:-6].encode() + b"Z"),
        ("ce_subject", key),
        ("ce_partitionkey", key),
        ("ce_sequence", b"%020d" % sequence),
        ("ce_revision", b"%d" % revision),
        schema,
    ]
    if traceparent is not None:
        found.append(("traceparent", traceparent.encode()))
    return found


@cache
def _of_type(type_: str, schema_version: int) -> tuple[tuple[str, bytes], ...]:
    return (
        ("ce_source", (SOURCE + type_.split(".", 1)[0]).encode()),
        ("ce_type", type_.encode()),
        ("ce_dataschema", dataschema(type_, schema_version).encode()),
    )


def read(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Event:
    """Parse a record in binary or structured mode. Raises Unreadable."""
    if value is None:
        raise Unreadable("no_value")
    attributes: dict[str, Any] = {}
    content_type = ""
    try:
        for name, raw in headers:
            lowered = name.lower()
            if lowered.startswith("ce_"):
                attributes[lowered[3:]] = raw.decode()
            elif lowered == "content-type":
                content_type = raw.decode()
            elif lowered == "traceparent":
                attributes["traceparent"] = raw.decode()
    except (UnicodeDecodeError, AttributeError) as error:
        raise Unreadable("bad_header") from error
    if content_type.lower().startswith(STRUCTURED):
        attributes, value = _structured(value)
    return Event(_envelope(attributes), value)


def _structured(value: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        event = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Unreadable("not_json") from error
    if not isinstance(event, dict) or "data" not in event:
        raise Unreadable("no_data")
    try:
        return event, orjson.dumps(event.pop("data"))
    except orjson.JSONEncodeError as error:  # it reads deeper nesting than it writes
        raise Unreadable("not_json") from error


def _envelope(attributes: Mapping[str, Any]) -> Envelope:
    if attributes.get("specversion") != "1.0":
        raise Unreadable("not_cloudevents")
    schema = _DATASCHEMA.fullmatch(str(attributes.get("dataschema", "")))
    if schema is None or schema[1] != f"urn:xiangli:schema:{attributes.get('type')}":
        raise Unreadable("bad_dataschema")
    try:
        return Envelope.model_validate({**attributes, "schema_version": int(schema[2])})
    except ValidationError as error:
        raise Unreadable("bad_attributes") from error
