"""What county systems encrypt opens with the deployment's keys, and nothing but our one way of encrypting does."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey

from shared.crypto.jwe import MAX_LENGTH, CannotOpenJwe, InboundKeys, new_private_key, seal

OLD = "c1:" + base64.b64encode(bytes(31) + b"\x07").decode()
NEW = "c2:" + base64.b64encode(bytes(31) + b"\x09").decode()
KEYS = InboundKeys.parse(f"{NEW},{OLD}")
FIRST, SECOND = KEYS.public_set()["keys"]
TEXT = '{"text":"路灯不亮"}'.encode()


@pytest.mark.parametrize("key", [FIRST, SECOND], ids=["new", "old"])
def test_both_keys_of_a_rotation_open(key: dict[str, str]) -> None:
    assert KEYS.open(seal(TEXT, key)) == TEXT


def test_once_the_old_key_is_gone_its_messages_name_an_unknown_one() -> None:
    with pytest.raises(CannotOpenJwe, match="jwe_unknown_key"):
        InboundKeys.parse(NEW).open(seal(TEXT, SECOND))


def test_two_messages_of_the_same_text_share_nothing_but_the_header() -> None:
    one, other = seal(TEXT, FIRST).split("."), seal(TEXT, FIRST).split(".")
    assert all(first != second for first, second in zip(one, other, strict=True))


def test_public_keys_name_what_they_are_for_and_hold_no_private_part() -> None:
    assert [key["kid"] for key in (FIRST, SECOND)] == ["c2", "c1"]
    for key in (FIRST, SECOND):
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "enc", "ECDH-ES+A256KW")


def test_no_repr_shows_a_key() -> None:
    assert repr(KEYS) == "InboundKeys(c2, c1)"


def test_a_key_made_by_us_is_one() -> None:
    keys = InboundKeys.parse("k:" + base64.b64encode(new_private_key()).decode())
    assert keys.open(seal(b"x", keys.public_set()["keys"][0])) == b"x"


@pytest.mark.parametrize("scalar", [bytes(32), b"\xff" * 32], ids=["zero", "beyond the order"])
def test_what_is_no_private_key_is_refused_without_being_shown(scalar: bytes) -> None:
    encoded = base64.b64encode(scalar).decode()
    with pytest.raises(ValueError, match="XIANGLI_INBOUND_PRIVATE_KEYS: key 'k' is no private key") as refused:
        InboundKeys.parse(f"k:{encoded}")
    assert encoded not in str(refused.value)
    assert SECP256R1().key_size == 256


def changed(text: str, **header: object) -> str:
    first, rest = text.split(".", 1)
    found = json.loads(base64.urlsafe_b64decode(first + "==")) | header
    found = {name: value for name, value in found.items() if value is not None}
    return base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b"=").decode() + "." + rest


EPK = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "dir"}, "jwe_algorithm"),
        ({"alg": "none"}, "jwe_algorithm"),
        ({"alg": "RSA1_5"}, "jwe_algorithm"),
        ({"alg": "ECDH-ES"}, "jwe_algorithm"),
        ({"enc": "A128GCM"}, "jwe_algorithm"),
        ({"enc": "A256CBC-HS512"}, "jwe_algorithm"),
        ({"zip": "DEF"}, "jwe_algorithm"),
        ({"crit": ["exp"]}, "jwe_algorithm"),
        ({"kid": "c9"}, "jwe_unknown_key"),
        ({"kid": None}, "jwe_unknown_key"),
        ({"kid": 1}, "jwe_unknown_key"),
        ({"jku": "https://example.org"}, "jwe_invalid"),
        ({"alg": None}, "jwe_invalid"),
        ({"alg": ["ECDH-ES+A256KW"]}, "jwe_invalid"),
        ({"epk": None}, "jwe_invalid"),
        ({"epk": EPK}, "jwe_invalid"),
        ({"epk": {**EPK, "crv": "P-384"}}, "jwe_invalid"),
        ({"epk": {"kty": "oct", "k": "AAAA"}}, "jwe_invalid"),
        ({"cty": "text/plain"}, "jwe_invalid"),
        ({"apu": "AAAA"}, "jwe_invalid"),
    ],
    ids=str,
)
def test_another_header_is_refused(header: dict[str, object], code: str) -> None:
    with pytest.raises(CannotOpenJwe) as refused:
        KEYS.open(changed(seal(TEXT, FIRST), **header))
    assert refused.value.code == code


def test_a_message_of_the_right_form_for_another_key_is_refused() -> None:
    other = InboundKeys.parse("c2:" + base64.b64encode(new_private_key()).decode())
    with pytest.raises(CannotOpenJwe, match="jwe_invalid"):
        KEYS.open(seal(TEXT, other.public_set()["keys"][0]))


def test_a_compressed_message_is_never_unpacked() -> None:
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": "c2", "zip": "DEF"}
    registry = jwe.JWERegistry(algorithms=["ECDH-ES+A256KW", "A256GCM", "DEF"])
    bomb = jwe.encrypt_compact(header, b"0" * 8_000_000, ECKey.import_key(dict(FIRST)), registry=registry)
    assert len(bomb) < MAX_LENGTH
    with pytest.raises(CannotOpenJwe, match="jwe_algorithm"):
        KEYS.open(bomb)


def test_a_message_that_is_too_long_is_not_looked_at() -> None:
    with pytest.raises(CannotOpenJwe, match="jwe_invalid"):
        KEYS.open(seal(b"x" * MAX_LENGTH, FIRST))


GOOD = seal(TEXT, FIRST)


@given(place=st.integers(0, len(GOOD) - 1), character=st.sampled_from("AQgw.-_9 \n"))
def test_no_changed_character_opens_to_another_text(place: int, character: str) -> None:
    """Unused bits at the end of a part may differ without changing it."""
    text = GOOD[:place] + character + GOOD[place + 1 :]
    try:
        assert KEYS.open(text) == TEXT
    except CannotOpenJwe:
        assert text != GOOD


@given(st.text(max_size=300))
def test_nothing_else_raises(text: str) -> None:
    with pytest.raises(CannotOpenJwe):
        KEYS.open(text)


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_nor_does_any_header_or_body(header: bytes, body: bytes) -> None:
    parts = [header, body, body[:12], body, body[:16]]
    with pytest.raises(CannotOpenJwe):
        KEYS.open(".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts))
