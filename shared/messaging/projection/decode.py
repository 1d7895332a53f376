"""Decoding of records into states."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from uuid import UUID

from pydantic import TypeAdapter, ValidationError, create_model

from shared.contracts.catalogue import TOPICS, topic_name
from shared.contracts.envelope import (
    EARLIEST,
    FACTS,
    LATEST,
    MAX_COUNT,
    MAX_SUBJECT,
    STATES,
    Envelope,
    State,
    dataschema,
    noun_of,
)
from shared.contracts.restoring import FORGOTTEN, ROLLED_BACK, ends_aggregate, overrides_all
from shared.messaging.bus.cloudevents import Unreadable, read
from shared.messaging.bus.interface import Record
from shared.observability.logging import get_logger
from shared.reference.digits import is_digits

log = get_logger(__name__)

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OURS = re.compile(rb"urn:xiangli:[a-z_]{1,64}")


@dataclass(slots=True)
class ReadableRecord:
    """Decoded record. `data` is the JSON of the fact as it came, with what a newer owner may have added.

    `overrides`: it holds whatever was told before, for its owner was restored from a backup; `forgotten`: and ends its
    aggregate.
    """

    record: Record
    noun: str
    aggregate: str
    order: tuple[int, int]
    time: datetime
    state: State
    data: str
    traceparent: str | None
    _envelope: Envelope | None
    overrides: bool = False
    forgotten: bool = False

    @property
    def envelope(self) -> Envelope:
        """All CloudEvents attributes; made at the first access, which most consumers never make. Never raises."""
        if self._envelope is None:  # of what was checked: a second reading, by other rules, might refuse the record
            attributes = dict(self.record.headers)
            self._envelope = Envelope(
                id=UUID(attributes["ce_id"].decode()),
                source=attributes["ce_source"].decode(),
                type=attributes["ce_type"].decode(),
                time=self.time,
                subject=self.aggregate,
                sequence=self.order[0],
                revision=self.order[1],
                schema_version=int(attributes["ce_dataschema"].rpartition(b":v")[2]),
                traceparent=self.traceparent,
            )
        return self._envelope


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """Record that cannot be decoded, with the stable code of the reason."""

    record: Record
    code: str
    noun: str | None = None
    aggregate: str | None = None


def lane_of(item: ReadableRecord | UnreadableRecord) -> tuple[str, int]:
    """Topic and partition of a record."""
    return item.record.topic, item.record.partition


class _StateReader:
    """Reader of the state in any fact of a noun, known or not: only the state is acted upon."""

    def __init__(self, noun: str) -> None:
        model = create_model(f"Fact of {noun}", state=(STATES[noun], ...))
        self._validator = TypeAdapter(model).validator
        self.versions = frozenset(version for type_, version in FACTS if noun_of(type_) == noun)

    def state(self, data: bytes) -> State:
        state: State = self._validator.validate_json(data).state
        return state


@cache
def _state_reader(noun: str) -> _StateReader:
    return _StateReader(noun)


@cache
def _schemas(noun: str) -> Mapping[bytes, bytes]:
    """`dataschema` of every known fact of a noun, by its type: as they stand in a record's headers."""
    known = [(type_, version) for type_, version in FACTS if noun_of(type_) == noun]
    newest = {type_: max(version for one, version in known if one == type_) for type_, _ in known}
    return {type_.encode(): dataschema(type_, version).encode() for type_, version in newest.items()}


@cache
def _overriding(noun: str) -> Mapping[bytes, bool]:
    """Types of a noun that hold whatever was told before, and whether they end their aggregate."""
    return {f"{noun}.{ROLLED_BACK}".encode(): False, f"{noun}.{FORGOTTEN}".encode(): True}


def nouns_by_topic(nouns: tuple[str, ...], prefix: str) -> Mapping[str, str]:
    """Nouns by complete topic name in a deployment."""
    return {topic_name(noun, prefix): noun for noun in nouns if noun in TOPICS}


def decode(record: Record, noun: str) -> ReadableRecord | UnreadableRecord:
    """Decode a record of `noun` (the topic's noun): its state, or why it cannot be read.

    An unknown fact of a known noun and version is read: its state says all. Unknown fields are ignored. An unknown
    version, other bytes, another noun's event, or a key that is not the aggregate's id (it would break per-key order)
    are unreadable. Never raises: a record that breaks the reading of it is `undecodable`.
    """
    try:
        arrived = _as_we_write(record, noun) or _as_anybody_writes(record, noun)
        if record.key is None or record.key != arrived.aggregate.encode():
            raise Unreadable("wrong_key")
        state = arrived.state
        if state.subject != arrived.aggregate or state.version != arrived.order[0] or state.version < 1:
            raise Unreadable("wrong_state")
        if "\\u0000" in arrived.data:  # PostgreSQL's jsonb has no place for it
            raise Unreadable("bad_state")
        return arrived
    except Unreadable as error:
        return UnreadableRecord(record, error.code, noun)
    except (ValidationError, UnicodeDecodeError):
        return UnreadableRecord(record, "bad_state", noun)
    except Exception as error:  # noqa: BLE001  # whatever it is, no record stops the reader
        log.error("record_undecodable", noun=noun, offset=record.offset, error=type(error).__name__)
        return UnreadableRecord(record, "undecodable", noun)


def _as_we_write(record: Record, noun: str) -> ReadableRecord | None:
    """Binary mode with the facts and versions that we know, by a fast path. None: anything else."""
    attributes: dict[str, bytes] = dict(record.headers)
    try:
        known = _schemas(noun)[attributes["ce_type"]] == attributes["ce_dataschema"]
        if not known or attributes["ce_specversion"] != b"1.0" or record.value is None:
            return None
        if attributes["content-type"] != b"application/json":
            return None
        trace = attributes.get("traceparent")
        order = (_count(attributes["ce_sequence"]), _count(attributes["ce_revision"]))
        time = datetime.fromisoformat(attributes["ce_time"].decode())
        subject = attributes["ce_subject"].decode()
        ours = _UUID.fullmatch(attributes["ce_id"]) and _is_ours(attributes["ce_source"])
        within = EARLIEST <= time <= LATEST and len(subject) <= MAX_SUBJECT and subject.isprintable()
    except (KeyError, ValueError, TypeError, AttributeError):  # the last two: a header without a value
        return None
    if not ours or not within:
        return None
    state, data = _state_reader(noun).state(record.value), record.value.decode()
    ends = _overriding(noun).get(attributes["ce_type"])
    return ReadableRecord(
        record,
        noun,
        subject,
        order,
        time,
        state,
        data,
        None if trace is None else trace.decode(),
        None,
        ends is not None,
        ends is True,
    )


@lru_cache(maxsize=64)
def _is_ours(source: bytes) -> bool:
    """Whether a source is written as ours are."""
    return _OURS.fullmatch(source) is not None


@lru_cache(maxsize=1024)
def _count(digits: bytes) -> int:
    """A count in a header. Raises ValueError for anything but ASCII digits within the bounds."""
    if not is_digits(digits) or len(digits) > 20 or (count := int(digits)) > MAX_COUNT:
        raise ValueError
    return count


def _as_anybody_writes(record: Record, noun: str) -> ReadableRecord:
    """Either mode, facts that we do not know of a version that we do. Raises Unreadable."""
    envelope, data = read(record.headers, record.value)
    if envelope.noun != noun:
        raise Unreadable("wrong_topic")
    reader = _state_reader(noun)
    if envelope.schema_version not in reader.versions:
        raise Unreadable("unknown_version")
    state = reader.state(data)
    return ReadableRecord(
        record,
        noun,
        envelope.subject,
        envelope.order,
        envelope.time,
        state,
        data.decode(),
        envelope.traceparent,
        envelope,
        overrides_all(envelope.type),
        ends_aggregate(envelope.type),
    )
