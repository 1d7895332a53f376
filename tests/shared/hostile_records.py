"""Records of state topics as nobody should write them: a list by name, and as many more as one likes by chance."""

from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import orjson

from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import FACTS, Fact, noun_of
from shared.contracts.examples import sample
from shared.ids import event_id
from shared.messaging.bus.cloudevents import headers
from shared.messaging.dead_letters.store import StoredRecord
from tests.shared.arrivals import AT, a_record, a_tag, an_id

BEYOND = 2**63
STRUCTURED = b"application/cloudevents+json"
NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**53, BEYOND - 1, BEYOND, 2**64 - 1, 1.5, 1e300, -0.0, True),
    *("٣", "1e5", " 1", "+1", "1_0", "", "9" * 20, "9" * 5_000, "0" * 40 + "1", str(BEYOND), str(2**64)),
)
TIMES: tuple[Any, ...] = (
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-14:00", "1899-12-31T23:59:59Z"),
    *("2200-01-01T00:00:01Z", "2026-03-01T08:00:00", "2026-03-01", "yesterday", "", "24:00", "2026-02-30T00:00:00Z"),
    *("0000-01-01T00:00:00Z", "2026-03-01T08:00:00+23:59", "2026-03-01T08:00:00.123456789Z", 5, 1e300, -1e12),
)
TEXTS: tuple[Any, ...] = (
    *("", "\0", "a\0b", "\n", "\x7f", "x" * 300, "x" * 100_000, "张三", "\u202e", "\ufeff", "'; DROP TABLE areas; --"),
    *("👩‍👩‍👧", "45048119900307019X", "%s%n", "../../etc/passwd", "null", "{}", "\ud7ff\ue000", "1" * 40),
)
DAYS: tuple[Any, ...] = (
    *("0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "1900-01-01", "2200-12-31", "2026-01-01"),
    *("0000-01", "9999-12", "0001-01", "2026-13", "٢٠٢٦-٠١", "1900-01"),
)
OTHERS: tuple[Any, ...] = (None, [], {}, [[]], [None], {"state": None})
ANYTHING = NUMBERS + TIMES + TEXTS + DAYS + OTHERS
BYTES: tuple[bytes | None, ...] = (
    *(None, b"", b"\0", b"\xff\xfe", b"x" * 5_000, b"\xf0\x28\x8c\x28", b"null", b"[]", b"{}", b'{"state":{}}'),
    *(b"[" * 5_000, b"{" + b'"a":{' * 500, b'{"state":{"id":1e999}}', b'{"state":"\\ud800"}', b'"\\u0000"'),
)


def with_header(record: StoredRecord, name: str, value: bytes | None) -> StoredRecord:
    """The record with another value of a header; Kafka knows headers without a value, our types do not."""
    rest = tuple(one for one in record.headers if one[0] != name)
    changed: Any = (*rest, (name, value))
    return replace(record, headers=changed)


def replaced(old: bytes, new: bytes, record: StoredRecord | None = None) -> StoredRecord:
    """The record, a tag's, with other bytes in its value."""
    record = record or tag()
    assert record.value is not None
    assert old in record.value
    return replace(record, value=record.value.replace(old, new))


def structured(record: StoredRecord, **attributes: Any) -> StoredRecord:
    """The same event in structured mode, with other attributes."""
    named = {name.removeprefix("ce_"): (value or b"").decode("utf-8", "replace") for name, value in record.headers}
    event = orjson.dumps({**named, **attributes})
    value = event[:-1] + b',"data":' + (record.value or b"null") + b"}"
    return replace(record, headers=(("content-type", STRUCTURED),), value=value)


def tag(**what_matters: Any) -> StoredRecord:
    return a_record(a_tag("hostile", **what_matters))


def _named(name: str) -> StoredRecord:
    """A tag under another id, which is no UUID: in the state, as subject and as key."""
    record = replaced(str(an_id("hostile")).encode(), orjson.dumps(name)[1:-1])
    return replace(with_header(record, "ce_subject", name.encode()), key=name.encode())


def _nested(depth: int) -> StoredRecord:
    return replaced(b'"level":', b'"deep":' + b"[" * depth + b"]" * depth + b',"level":', structured(tag()))


SCHEMA = b"urn:xiangli:schema:registry.tag.started:v"
STARTED = b'"started_on":"2026-01-01"'
HOSTILE: dict[str, Callable[[], StoredRecord]] = {
    "a sequence of 2^63": lambda: tag(version=BEYOND),
    "a sequence of 2^64": lambda: tag(version=2**64),
    "a sequence of 5,000 digits": lambda: with_header(tag(), "ce_sequence", b"9" * 5_000),
    "a revision of 2^63": lambda: a_record(a_tag("hostile"), revision=BEYOND),
    "the first day there is, east of Greenwich": lambda: with_header(tag(), "ce_time", b"0001-01-01T00:00:00+14:00"),
    "the last day there is, west of Greenwich": lambda: with_header(tag(), "ce_time", b"9999-12-31T23:59:59-14:00"),
    "a time without offset": lambda: structured(tag(), time="2026-03-01T08:00:00"),
    "a schema's version of 5,000 digits": lambda: with_header(tag(), "ce_dataschema", SCHEMA + b"9" * 5_000),
    "a sequence without value": lambda: with_header(tag(), "ce_sequence", None),
    "a type without value": lambda: with_header(tag(), "ce_type", None),
    "a time without value": lambda: with_header(tag(), "ce_time", None),
    "an id without value": lambda: with_header(tag(), "ce_id", None),
    "a header's name with NUL": lambda: replace(with_header(tag(), "x\0y", b"1"), value=b"{"),
    "a key of 100,000 bytes": lambda: replace(tag(), key=Random(1).randbytes(100_000)),
    "a subject with NUL": lambda: _named("a\0b"),
    "a subject of 100,000 characters": lambda: _named("x" * 100_000),
    "data nested deeper than is written": lambda: _nested(300),
    "a person born in the year 0": lambda: replaced(b"1940-05", b"0000-05"),
    "a person born in the last month there is": lambda: replaced(b"1940-05", b"9999-12"),
    "a tag from the first day there is": lambda: replaced(STARTED, b'"started_on":"0001-01-01"'),
    "a tag from the last day there is": lambda: replaced(STARTED, b'"started_on":"9999-12-31"'),
}


@cache
def _sample(fact: type[Fact[Any]]) -> bytes:
    """A valid message of a fact. Its making asks for the schema of the fact, which takes as long as fifty records."""
    return orjson.dumps(sample(fact))


class Chance:
    """Records by chance: valid ones of the nouns, of which most are then made wrong in one to three ways."""

    def __init__(self, seed: int, nouns: Collection[str]) -> None:
        self._random = Random(seed)
        facts = sorted((fact for fact in FACTS.values() if noun_of(fact.type) in nouns), key=lambda f: f.type)
        self._facts = [(fact, _sample(fact)) for fact in facts]
        self._offsets = count(self._random.randrange(2**40))

    def records(self, number: int) -> Sequence[StoredRecord]:
        """So many records, a tenth of them as they should be."""
        return [self._one() for _ in range(number)]

    def _one(self) -> StoredRecord:
        random = self._random
        fact, valid = random.choice(self._facts)
        data = orjson.loads(valid)
        state = data["state"]
        if str(state["id"]).count("-") == 4:
            state["id"] = str(UUID(int=random.getrandbits(128) if random.random() < 0.5 else random.randrange(50)))
        state["version"] = random.randrange(1, 5)
        subject, changes = str(state["id"]), random.choice((0, *(1,) * 6, 2, 2, 3))
        inside = random.random() < 0.5
        for _ in range(changes if inside else 0):
            self._change(data)
        revision = random.choice((0, 0, 0, 1, 7))
        record = StoredRecord(
            topic=TOPICS[noun_of(fact.type)].name,
            partition=random.randrange(3),
            offset=next(self._offsets),
            key=subject.encode(),
            value=orjson.dumps(data),
            headers=headers(
                event_id=event_id(subject, state["version"] if isinstance(state, dict) else 1, revision, fact.type),
                type_=fact.type,
                schema_version=1,
                subject=subject,
                time=AT,
                sequence=1,
                revision=revision,
                traceparent=None,
            ),
        )
        named = data.get("state")
        version = named.get("version") if isinstance(named, dict) else 1
        record = with_header(record, "ce_sequence", self._text(version))
        for _ in range(0 if inside else changes):
            record = self._broken(record)
        return record

    def _change(self, data: dict[str, Any]) -> None:
        """Another value somewhere in the data."""
        place: Any = data
        while True:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = self._random.choice(list(keys)) if keys else None
            if key is None:
                return
            if isinstance(place[key], dict | list) and place[key] and self._random.random() < 0.9:
                place = place[key]
                continue
            place[key] = deepcopy(self._random.choice(ANYTHING))  # what is changed next may lie in it
            return

    def _broken(self, record: StoredRecord) -> StoredRecord:
        random = self._random
        match random.randrange(7):
            case 0:
                return replace(record, key=random.choice((*BYTES, random.randbytes(4_000), b"45048119900307019X")))
            case 1:
                return replace(record, value=random.choice((*BYTES, random.randbytes(200))))
            case 2 if record.value is not None and ("content-type", STRUCTURED) not in record.headers:
                return structured(record, **{self._name(): random.choice(ANYTHING)})
            case 3:
                kept = [one for one in record.headers if random.random() < 0.9]
                return replace(record, headers=tuple(kept))
            case 4:
                return with_header(record, random.choice(("x\0y", "CE_ID", "ü", "", "x" * 9_000)), b"1")
            case 5:
                return with_header(record, "ce_" + self._name(), random.choice(BYTES))
            case _:
                return with_header(record, "ce_" + self._name(), self._text(random.choice(ANYTHING)))

    def _name(self) -> str:
        return self._random.choice(
            ("id", "source", "type", "time", "subject", "sequence", "revision", "dataschema", "specversion")
        )

    def _text(self, value: Any) -> bytes:
        if isinstance(value, str):
            return value.encode()
        return orjson.dumps(value) if not isinstance(value, int) else str(int(value)).encode()
