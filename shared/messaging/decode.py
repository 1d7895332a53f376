"""From bytes to a state: what a consumer understands of a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError, create_model

from shared.contracts.catalogue import TOPICS, topic_name
from shared.contracts.envelope import FACTS, STATES, Envelope, State, noun_of
from shared.messaging.bus import Record
from shared.messaging.cloudevents import Unreadable, read


@dataclass(frozen=True, slots=True)
class Arrived:
    """A readable record. `data` is the JSON of the fact as it came, with what a newer owner may have added."""

    record: Record
    envelope: Envelope
    noun: str
    aggregate: str
    order: tuple[int, int]
    state: State
    data: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that will not be taken, and the stable code of the reason."""

    record: Record
    code: str
    noun: str | None = None
    aggregate: str | None = None


class _Carrier:
    """Reads the state out of any fact of a noun, known or not: only the state is acted upon."""

    def __init__(self, noun: str) -> None:
        model = create_model(f"Fact of {noun}", state=(STATES[noun], ...))
        self._validator = TypeAdapter(model).validator
        self.versions = frozenset(version for type_, version in FACTS if noun_of(type_) == noun)

    def state(self, data: bytes) -> State:
        state: State = self._validator.validate_json(data).state
        return state


@cache
def _carrier(noun: str) -> _Carrier:
    return _Carrier(noun)


def nouns_by_topic(nouns: tuple[str, ...], prefix: str) -> Mapping[str, str]:
    """Complete topic names of nouns, in a deployment."""
    return {topic_name(noun, prefix): noun for noun in nouns if noun in TOPICS}


def decode(record: Record, noun: str) -> Arrived | Refused:
    """The state of `noun` (the topic's noun) that a record carries, or why it cannot be read.

    An unknown fact of a known noun and version is read: its state says all. Unknown fields are ignored. An unknown
    version, other bytes, another noun's event, or a key that is not the aggregate's id (it would break per-key order)
    are unreadable.
    """
    try:
        envelope, data = read(record.headers, record.value)
        if envelope.noun != noun:
            raise Unreadable("wrong_topic")
        carrier = _carrier(noun)
        if envelope.schema_version not in carrier.versions:
            raise Unreadable("unknown_version")
        aggregate = envelope.subject
        if record.key is None or record.key != aggregate.encode():
            raise Unreadable("wrong_key")
        state = carrier.state(data)
        if state.subject != aggregate or state.version != envelope.sequence or state.version < 1:
            raise Unreadable("wrong_state")
        if b"\\u0000" in data:  # PostgreSQL's jsonb has no place for it
            raise Unreadable("bad_state")
        return Arrived(record, envelope, noun, aggregate, envelope.order, state, data.decode())
    except Unreadable as error:
        return Refused(record, error.code, noun)
    except (ValidationError, UnicodeDecodeError):
        return Refused(record, "bad_state", noun)
