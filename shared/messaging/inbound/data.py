"""Validation of inbound event data: strict JSON, schema, no plain personal numbers, JWE decrypted."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
from pydantic import ValidationError

from shared.contracts.county.submission import Incoming, Submission
from shared.crypto.jwe import CannotOpenJwe, InboundKeys
from shared.crypto.service import BlindKey, Crypto
from shared.messaging.inbound.event import Rejected
from shared.reference.digits import is_digits
from shared.reference.plain_identifiers import holds_identifier
from shared.reference.strict_json import NotStrict, read_json

PERSONAL = "personal"
_PLACES = ("area",)
"""Fields of area codes: 12 or 15 digits there are no number of a person."""


@dataclass(frozen=True, slots=True, repr=False)
class Submitted:
    """Validated submission. `personal` is personal data: the service seals it or forgets it."""

    submission: Submission
    personal: Incoming | None
    content: tuple[BlindKey, ...]

    def __repr__(self) -> str:
        return f"Submitted({type(self.submission).__name__})"


def read_data(submission: type[Submission], data: bytes, keys: InboundKeys, crypto: Crypto, *, on: date) -> Submitted:
    """Validate the data of an event. Raises Rejected."""
    try:
        found = read_json(data)
    except NotStrict:
        raise Rejected("unreadable") from None
    if not isinstance(found, dict):
        raise Rejected("schema_violation")
    jwe = found.get(PERSONAL)
    if _holds_identifier({name: value for name, value in found.items() if name != PERSONAL or not _is_jwe(jwe)}, on):
        raise Rejected("plain_identifier")
    try:
        read = submission.model_validate_json(data)
    except ValidationError:
        raise Rejected("schema_violation") from None
    plaintext = None if jwe is None else _opened(jwe, keys)
    personal = None if plaintext is None else _personal(submission, plaintext)
    # what is compared when the event is sent again: it may have been encrypted anew in between
    coded = orjson.dumps({**found, PERSONAL: None}, option=orjson.OPT_SORT_KEYS)
    return Submitted(read, personal, content_keys(crypto, coded + b"\0" + (plaintext or b"")))


def content_keys(crypto: Crypto, content: bytes) -> tuple[BlindKey, ...]:
    """Blind index of a content, to compare it without keeping it (guessing needs the index key)."""
    return tuple(crypto.blind("inbound.content", sha256(content).hexdigest()))


def _opened(jwe: str, keys: InboundKeys) -> bytes:
    try:
        return keys.open(jwe)
    except CannotOpenJwe as error:
        raise Rejected(error.code) from None


def _personal(submission: type[Submission], plaintext: bytes) -> Incoming:
    try:
        found = read_json(plaintext, max_depth=4)
        personal = submission.personal_class.model_validate_json(plaintext)
    except (NotStrict, ValidationError):
        raise Rejected("personal_invalid") from None
    if any(_unprintable(text) for text in _texts(found)):
        raise Rejected("personal_invalid")
    return personal


def _unprintable(text: str) -> bool:
    return any(ord(character) < 32 and character not in "\n\r\t" for character in text)


def _is_jwe(value: Any) -> bool:
    """Whether a value looks like a compact JWE: five parts, the first of which is an encoded object."""
    return isinstance(value, str) and value.count(".") == 4 and value.startswith("eyJ")


def _holds_identifier(found: dict[str, Any], on: date) -> bool:
    places = {name: found[name] for name in _PLACES if _is_place(found.get(name))}
    rest = {name: value for name, value in found.items() if name not in places}
    return any(holds_identifier(text, on=on) for text in _texts(rest))


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and is_digits(value) and len(value) in (12, 15)


def _texts(value: Any) -> list[str]:
    """Every text in a JSON value, names of fields and whole numbers included."""
    if isinstance(value, dict):
        return [text for name, part in value.items() for text in (name, *_texts(part))]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    return [value] if isinstance(value, str) else []
