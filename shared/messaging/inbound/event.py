"""Parsing of inbound records into CloudEvents with trusted attributes. Nothing here touches the database."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from shared.contracts.county.inbound import SUBMISSIONS
from shared.contracts.county.submission import EVENT_ID, Submission
from shared.contracts.envelope import dataschema
from shared.messaging.bus.cloudevents import STRUCTURED
from shared.messaging.bus.interface import Record
from shared.reference.plain_identifiers import holds_identifier, without_identifiers, without_order_numbers
from shared.reference.strict_json import NotStrict, read_json

MAX_HEADERS = 64
MAX_HEADER_BYTES = 8 * 1024
MAX_ATTRIBUTE = 1024
MAX_MASKED = 128
_TRACE = ("traceparent", "tracestate")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_RFC3339 = re.compile(r"[0-9]{4}(-[0-9]{2}){2}[Tt][0-9]{2}(:[0-9]{2}){2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Rejected(Exception):
    """Rejection of an inbound event. `code` is stable and says nothing of the content.

    `final`: whether the answer stands; if not, the same event may be sent again and is judged anew. `kept`: whether the
    record is kept, sealed, for the operator: not if a rule refused a well-formed event (`by_rule`), nor in a flood.
    """

    def __init__(self, code: str, *, final: bool | None = None, by_rule: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = code not in NOT_FINAL if final is None else final
        self.kept = not by_rule and code not in NOT_KEPT


@dataclass(frozen=True, slots=True)
class Refusal:
    """The code by which a service's rule refuses a well-formed event, and whether that answer stands (`Rejected`)."""

    code: str
    final: bool = True


NOT_FINAL = frozenset({"rate_exceeded", "jwe_unknown_key", "internal_error"})
NOT_KEPT = frozenset({"rate_exceeded"})
READING_CODES = frozenset({"unreadable", "too_large", "not_a_cloudevent", "type_unknown", "schema_unknown"})
OTHER_CODES = frozenset({"source_not_allowed", "id_invalid", "id_reused", "plain_identifier", "schema_violation",
                         "personal_invalid", "jwe_invalid", "jwe_algorithm", "jwe_unknown_key", "rate_exceeded",
                         "internal_error"})  # fmt: skip
CODES = READING_CODES | OTHER_CODES
"""Every code with which an event may be rejected before a service's own rules are asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of inbound events. `sources`: the `source` attributes that may send.

    `max_bytes`: of key, value and headers together.
    """

    sources: Collection[str]
    max_bytes: int


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """Inbound event as far as it could be read. `problem`: why it is rejected before its data are looked at, if it is.

    `source` is set only when it is on the allow-list, `event_id` only beside it and when it is a harmless token; if it
    is not, `masked_id` is what may be repeated of it.
    `data` are the bytes of the JSON data, or of the whole value if those could not be separated.
    """

    source: str | None
    event_id: str | None
    masked_id: str | None
    submission: type[Submission] | None
    data: bytes
    traceparent: str | None
    problem: Rejected | None

    def __repr__(self) -> str:
        return f"Event(problem={self.problem!r})"


def read_event(record: Record, noun: str, limits: Limits, *, on: date) -> Event:
    """Parse a record. Never raises for its content: `problem` has the rejection."""
    problem: Rejected | None = None
    submission: type[Submission] | None = None
    attributes: dict[str, str] = {}
    data = record.value or b""
    try:
        named = _headers(record)
        attributes = _attributes(named)  # noted first: an event that is too large may still say whose it is
        if _size(record) > limits.max_bytes:
            raise Rejected("too_large")
        attributes, data = _content(named, attributes, data)
    except Rejected as error:
        problem = error
    source, event_id, doubt = _trusted(attributes, limits, on)
    masked = None if source is None or event_id is not None else masked_id(attributes.get("id", ""), on=on)
    if problem is None:
        try:
            submission = _submission(attributes, noun)
            if doubt is not None:
                raise doubt
            _no_identifiers(record, attributes, event_id, on)
        except Rejected as error:
            problem = error
    trace = attributes.get("traceparent", "")
    return Event(source, event_id, masked, submission, data, trace if _TRACEPARENT.fullmatch(trace) else None, problem)


def _size(record: Record) -> int:
    headers = sum(len(name.encode()) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def _headers(record: Record) -> dict[str, bytes]:
    """Headers by lower-case name. Raises Rejected for too many, too long ones, or one that is given twice."""
    if len(record.headers) > MAX_HEADERS:
        raise Rejected("too_large")
    found: dict[str, bytes] = {}
    for name, value in record.headers:
        lowered = name.lower()
        if lowered in found and (lowered.startswith("ce_") or lowered == "content-type"):
            raise Rejected("not_a_cloudevent")
        found[lowered] = value or b""
    if sum(len(name.encode()) + len(value) for name, value in found.items()) > MAX_HEADER_BYTES:
        raise Rejected("too_large")
    return found


def _attributes(named: Mapping[str, bytes]) -> dict[str, str]:
    """The attributes that stand in headers. Raises Rejected."""
    wanted = {name: value for name, value in named.items() if name.startswith("ce_") or name in _TRACE}
    try:
        found = {name.removeprefix("ce_"): value.decode() for name, value in wanted.items()}
    except UnicodeDecodeError:
        raise Rejected("not_a_cloudevent") from None
    if any(len(value) > MAX_ATTRIBUTE for value in found.values()):
        raise Rejected("not_a_cloudevent")
    return found


def _content(named: Mapping[str, bytes], attributes: dict[str, str], value: bytes) -> tuple[dict[str, str], bytes]:
    """Attributes and data in either mode. Raises Rejected."""
    if not value:
        raise Rejected("unreadable")
    media, _, _ = named.get("content-type", b"").decode("ascii", "replace").lower().partition(";")
    if media.strip() == STRUCTURED:
        attributes, value = _structured(value, attributes)
    elif media.strip() != "application/json":
        raise Rejected("not_a_cloudevent")
    if attributes.get("specversion") != "1.0" or any(not attributes.get(name) for name in ("id", "source", "type")):
        raise Rejected("not_a_cloudevent")
    if attributes.get("datacontenttype", "application/json").partition(";")[0].strip() != "application/json":
        raise Rejected("not_a_cloudevent")
    if "time" in attributes and not _is_instant(attributes["time"]):
        raise Rejected("not_a_cloudevent")
    return attributes, value


def _structured(value: bytes, headers: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """The whole event stands in the value; attributes repeated in headers must say the same."""
    try:
        event = read_json(value)
    except NotStrict:
        raise Rejected("unreadable") from None
    if not isinstance(event, dict) or "data" not in event or "data_base64" in event:
        raise Rejected("not_a_cloudevent")
    data = orjson.dumps(event.pop("data"))
    found: dict[str, str] = {}
    for name, attribute in event.items():
        if attribute is None:
            continue
        if not re.fullmatch(r"[a-z0-9]{1,64}", name) or isinstance(attribute, list | dict):
            raise Rejected("not_a_cloudevent")
        found[name] = attribute if isinstance(attribute, str) else orjson.dumps(attribute).decode()
        if len(found[name]) > MAX_ATTRIBUTE:
            raise Rejected("not_a_cloudevent")
    if any(found.get(name) != said for name, said in headers.items() if name not in _TRACE):
        raise Rejected("not_a_cloudevent")
    return {**{name: headers[name] for name in _TRACE if name in headers}, **found}, data


def _is_instant(text: str) -> bool:
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _trusted(attributes: Mapping[str, str], limits: Limits, on: date) -> tuple[str | None, str | None, Rejected | None]:
    """Source and id as far as they may be repeated, and what is wrong with them."""
    source, event_id = attributes.get("source"), attributes.get("id", "")
    if source not in limits.sources:
        return None, None, Rejected("source_not_allowed")
    if not re.fullmatch(EVENT_ID, event_id, re.ASCII):
        return source, None, Rejected("id_invalid")
    if holds_identifier(without_order_numbers(event_id, on=on), on=on):
        return source, None, Rejected("plain_identifier")
    return source, event_id, None


def masked_id(event_id: str, *, on: date) -> str | None:
    """An id in the form in which it may be repeated: numbers of persons as `*`, what is no token's character as `_`.

    None if nothing of it is left to know it by.
    """
    masked = re.sub(r"[^A-Za-z0-9._:~*-]", "_", without_identifiers(event_id[:MAX_MASKED], on=on))[:MAX_MASKED]
    if holds_identifier(masked, on=on) or not re.search("[A-Za-z0-9]", masked):
        return None
    return masked


def _submission(attributes: Mapping[str, str], noun: str) -> type[Submission]:
    """The class of the event's type and schema. Raises Rejected."""
    known = {version: one for (type_, version), one in SUBMISSIONS.items() if type_ == attributes["type"]}
    known = {version: one for version, one in known.items() if one.noun == noun}
    if not known:
        raise Rejected("type_unknown")
    for version, submission in known.items():
        if attributes.get("dataschema") == dataschema(submission.type, version):
            return submission
    raise Rejected("schema_unknown")


def _no_identifiers(record: Record, attributes: Mapping[str, str], event_id: str | None, on: date) -> None:
    """Neither the key nor any attribute or header holds a personal number. Raises Rejected.

    `event_id`, which was judged by its own rule, may stand in them as well: the key of a record often is its id.
    """
    texts = [value for name, value in attributes.items() if name not in _TRACE]
    texts += [name for name, _ in record.headers]
    texts += [(value or b"").decode("utf-8", "replace") for name, value in record.headers if name.lower() not in _TRACE]
    texts.append((record.key or b"").decode("utf-8", "replace"))
    if any(holds_identifier(text, on=on) for text in texts if text not in (attributes.get("time"), event_id)):
        raise Rejected("plain_identifier")
