"""Sealed extracts: for one audience, for ten minutes, under overlapping keys, unreadable on the way."""

import base64
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey

from shared.crypto.extracts import TYPE, ExtractError, ExtractExpired, ExtractReader, ExtractWriter
from shared.crypto.keyring import KeyRing

NOW = datetime(2026, 11, 22, 4, 0, 0, 500_000, tzinfo=UTC)
PERSON = UUID("0193f2a0-0000-7000-8000-000000000001")
OLD, NEW, SEAL, NEXT = (os.urandom(32) for _ in range(4))
RING = KeyRing({"seal": SEAL})
WRITER = ExtractWriter(KeyRing({"old": OLD}), RING)
READER = ExtractReader(WRITER.public_keys(), RING)
HEADER = {"alg": "A256KW", "enc": "A256GCM", "kid": "seal", "typ": TYPE, "cty": "JWT"}


def made(writer: ExtractWriter = WRITER, *, audience: str = "services_hall", now: datetime = NOW) -> str:
    fields = {"name": "张三丰", "document_number": "45048119900307019X"}
    sealed = writer.write(
        person_id=PERSON, fields=fields, audience=audience, purpose="case_handling", place="450481114201", now=now
    )
    return sealed.text


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def opened(text: str) -> str:
    """The signed extract inside."""
    plaintext = jwe.decrypt_compact(text, OctKey.import_key(SEAL), registry=ANY).plaintext
    assert plaintext is not None
    return plaintext.decode()


def sealed(signed: str, header: Mapping[str, object] = HEADER, key: bytes = SEAL) -> str:
    """Any text in a well-made seal."""
    return jwe.encrypt_compact(dict(header), signed.encode(), OctKey.import_key(key), registry=ANY)


def forged(claims: dict[str, object], header: dict[str, object] | None = None, signature: bytes = b"x" * 64) -> str:
    protected = {"alg": "EdDSA", "kid": "old", "typ": "xiangli-extract"} if header is None else header
    signed = ".".join([part(json.dumps(protected).encode()), part(json.dumps(claims).encode()), part(signature)])
    return sealed(signed)


ANY = jwe.JWERegistry(
    algorithms=["A256KW", "A128KW", "dir", "A256GCM", "A128GCM", "A256CBC-HS512", "DEF"], strict_check_header=False
)


def test_an_extract_tells_its_audience_what_registry_attested() -> None:
    verified = READER.read(made(), audience="services_hall", now=NOW)
    assert verified.person_id == PERSON
    assert verified.fields == {"name": "张三丰", "document_number": "45048119900307019X"}
    assert (verified.purpose, verified.place) == ("case_handling", "450481114201")
    assert verified.expires_at == datetime(2026, 11, 22, 4, 10, tzinfo=UTC)


def test_an_extract_for_somebody_else_is_refused() -> None:
    with pytest.raises(ExtractError):
        READER.read(made(audience="grid"), audience="services_hall", now=NOW)


def test_an_extract_holds_ten_minutes_and_not_before_it_was_made() -> None:
    text = made()
    READER.read(text, audience="services_hall", now=datetime(2026, 11, 22, 4, 9, 59, tzinfo=UTC))
    with pytest.raises(ExtractExpired):
        READER.read(text, audience="services_hall", now=datetime(2026, 11, 22, 4, 10, tzinfo=UTC))
    with pytest.raises(ExtractError):
        READER.read(text, audience="services_hall", now=NOW - timedelta(minutes=1))


def test_an_extract_is_signed_under_the_name_of_its_curve() -> None:
    header = json.loads(base64.urlsafe_b64decode(opened(made()).partition(".")[0] + "=="))
    assert header == {"alg": "Ed25519", "kid": "old", "typ": "xiangli-extract"}


@pytest.mark.parametrize("named", ["Ed25519", "EdDSA"])
def test_both_names_of_the_algorithm_are_verified_and_need_a_signature_over_themselves(named: str) -> None:
    payload = opened(made()).split(".")[1]
    begun = f"{part(json.dumps({'alg': named, 'kid': 'old', 'typ': 'xiangli-extract'}).encode())}.{payload}"
    signature = Ed25519PrivateKey.from_private_bytes(OLD).sign(begun.encode())
    text = sealed(f"{begun}.{part(signature)}")
    assert READER.read(text, audience="services_hall", now=NOW).person_id == PERSON
    other = part(json.dumps({"alg": "EdDSA" if named == "Ed25519" else "Ed25519", "kid": "old", "typ": TYPE}).encode())
    with pytest.raises(ExtractError):
        READER.read(sealed(f"{other}.{payload}.{part(signature)}"), audience="services_hall", now=NOW)


def test_both_rings_overlap_in_a_rotation() -> None:
    for rotated, ring in (
        (ExtractWriter(KeyRing({"new": NEW, "old": OLD}), RING), RING),
        (ExtractWriter(KeyRing({"old": OLD}), KeyRing({"next": NEXT, "seal": SEAL})), KeyRing({"next": NEXT})),
    ):
        both = ExtractReader(rotated.public_keys(), KeyRing({"seal": SEAL, "next": NEXT}))
        for text in (made(), made(rotated)):
            assert both.read(text, audience="services_hall", now=NOW).person_id == PERSON
        with pytest.raises(ExtractError):
            READER.read(made(rotated), audience="services_hall", now=NOW)
        assert ExtractReader(rotated.public_keys(), ring).read(made(rotated), audience="services_hall", now=NOW).fields


@pytest.mark.parametrize(
    "writer",
    [ExtractWriter(KeyRing({"old": NEW}), RING), ExtractWriter(KeyRing({"old": OLD}), KeyRing({"seal": NEXT}))],
)
def test_a_key_under_another_ones_name_is_refused(writer: ExtractWriter) -> None:
    with pytest.raises(ExtractError):
        READER.read(made(writer), audience="services_hall", now=NOW)


def test_nothing_of_it_can_be_read_on_the_way() -> None:
    parts = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in made().split(".")]
    assert json.loads(parts[0]) == HEADER
    for secret in ("张三丰", "45048119900307019X", "case_handling", "450481114201", str(PERSON), "services_hall"):
        assert all(secret.encode() not in one for one in parts)


def test_a_signature_without_a_seal_is_refused() -> None:
    with pytest.raises(ExtractError):
        READER.read(opened(made()), audience="services_hall", now=NOW)


@pytest.mark.parametrize(
    ("change", "size"),
    [
        ({"alg": "dir"}, 32),
        ({"alg": "A128KW"}, 16),
        ({"enc": "A128GCM"}, 32),
        ({"enc": "A256CBC-HS512"}, 32),
        ({"zip": "DEF"}, 32),
        ({"typ": "JWT"}, 32),
        ({"cty": "json"}, 32),
        ({"kid": "other"}, 32),
        ({"kid": ""}, 32),
        ({"apu": "x"}, 32),
    ],
)
def test_no_other_seal_is_opened(change: dict[str, object], size: int) -> None:
    with pytest.raises(ExtractError):
        READER.read(sealed(opened(made()), HEADER | change, SEAL[:size]), audience="services_hall", now=NOW)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "old", "typ": "xiangli-extract"},
        {"alg": "HS256", "kid": "old", "typ": "xiangli-extract"},
        {"alg": "Ed448", "kid": "old", "typ": "xiangli-extract"},
        {"alg": ["Ed25519"], "kid": "old", "typ": "xiangli-extract"},
        {"alg": "EdDSA", "kid": "old", "typ": "JWT"},
        {"alg": "EdDSA", "typ": "xiangli-extract"},
        {"alg": "EdDSA", "kid": ["old"], "typ": "xiangli-extract"},
        {"alg": "EdDSA", "kid": "old", "typ": "xiangli-extract", "crit": ["b64"], "b64": False},
        {},
    ],
)
def test_no_other_algorithm_type_or_key_is_taken(header: dict[str, object]) -> None:
    claims = {"iss": "registry", "aud": "services_hall", "iat": 0, "exp": 2**40, "fields": {}}
    with pytest.raises(ExtractError):
        READER.read(forged(claims, header, b""), audience="services_hall", now=NOW)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "张.三.丰", "x" * 20_000, "e30.e30.", "W10.W10.W10"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ExtractError):
        READER.read(text, audience="services_hall", now=NOW)


@given(st.integers(0, 10_000), st.sampled_from("ABCDabcd0123-_"))
def test_no_character_can_be_changed(place: int, other: str) -> None:
    text = made()
    place %= len(text) - 1  # the last character of base64 carries bits that nobody reads
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        with pytest.raises(ExtractError):
            READER.read(changed, audience="services_hall", now=NOW)


def test_keys_are_read_from_settings_text_and_never_shown() -> None:
    signing, encryption = (f"old:{base64.b64encode(key).decode()}" for key in (OLD, SEAL))
    writer = ExtractWriter.parse(signing, encryption)
    public = ",".join(f"{kid}:{base64.b64encode(key).decode()}" for kid, key in writer.public_keys().items())
    reader = ExtractReader.parse(public, encryption)
    verified = reader.read(made(writer), audience="services_hall", now=NOW)
    extract = WRITER.write(person_id=PERSON, fields={"name": "张三丰"}, audience="a", purpose="p", place="45", now=NOW)
    shown = repr([writer, reader, verified, extract])
    for secret in ("张三丰", base64.b64encode(OLD).decode(), base64.b64encode(SEAL).decode()):
        assert secret not in shown
    short = f"old:{base64.b64encode(OLD[:31]).decode()}"
    for texts in ((short, encryption), (signing, short), (signing, "")):
        with pytest.raises(ValueError, match=r"XIANGLI_EXTRACT_.*(32 bytes|at least one)"):
            ExtractWriter.parse(*texts)
    for texts in ((short, encryption), (public, short), ("", encryption)):
        with pytest.raises(ValueError, match=r"XIANGLI_EXTRACT_.*(32 bytes|at least one)"):
            ExtractReader.parse(*texts)
