"""Signed extracts: for one audience, for ten minutes, under overlapping keys."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto.extracts import TYPE, ExtractError, ExtractExpired, ExtractSigner, ExtractVerifier
from shared.crypto.keyring import KeyRing

NOW = datetime(2026, 11, 22, 4, 0, 0, 500_000, tzinfo=UTC)
PERSON = UUID("0193f2a0-0000-7000-8000-000000000001")
OLD, NEW = os.urandom(32), os.urandom(32)
SIGNER = ExtractSigner(KeyRing({"old": OLD}))
VERIFIER = ExtractVerifier(SIGNER.public_keys())


def signed(signer: ExtractSigner = SIGNER, *, audience: str = "services_hall", now: datetime = NOW) -> str:
    fields = {"name": "张三丰", "document_number": "45048119900307019X"}
    return signer.sign(person_id=PERSON, fields=fields, audience=audience, purpose="case_handling", now=now).jws


def forged(claims: dict[str, object], header: dict[str, object] | None = None, signature: bytes = b"x" * 64) -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    protected = {"alg": "EdDSA", "kid": "old", "typ": "xiangli-extract"} if header is None else header
    return ".".join([part(json.dumps(protected).encode()), part(json.dumps(claims).encode()), part(signature)])


def test_an_extract_tells_its_audience_what_registry_attested() -> None:
    verified = VERIFIER.verify(signed(), audience="services_hall", now=NOW)
    assert verified.person_id == PERSON
    assert verified.fields == {"name": "张三丰", "document_number": "45048119900307019X"}
    assert verified.purpose == "case_handling"
    assert verified.expires_at == datetime(2026, 11, 22, 4, 10, tzinfo=UTC)


def test_an_extract_for_somebody_else_is_refused() -> None:
    with pytest.raises(ExtractError):
        VERIFIER.verify(signed(audience="grid"), audience="services_hall", now=NOW)


def test_an_extract_holds_ten_minutes_and_not_before_it_was_made() -> None:
    text = signed()
    VERIFIER.verify(text, audience="services_hall", now=datetime(2026, 11, 22, 4, 9, 59, tzinfo=UTC))
    with pytest.raises(ExtractExpired):
        VERIFIER.verify(text, audience="services_hall", now=datetime(2026, 11, 22, 4, 10, tzinfo=UTC))
    with pytest.raises(ExtractError):
        VERIFIER.verify(text, audience="services_hall", now=NOW - timedelta(minutes=1))


def test_an_extract_is_signed_under_the_name_of_its_curve() -> None:
    header = json.loads(base64.urlsafe_b64decode(signed().partition(".")[0] + "=="))
    assert header == {"alg": "Ed25519", "kid": "old", "typ": "xiangli-extract"}


@pytest.mark.parametrize("named", ["Ed25519", "EdDSA"])
def test_both_names_of_the_algorithm_are_verified_and_need_a_signature_over_themselves(named: str) -> None:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    payload = signed().split(".")[1]
    begun = f"{part(json.dumps({'alg': named, 'kid': 'old', 'typ': 'xiangli-extract'}).encode())}.{payload}"
    signature = Ed25519PrivateKey.from_private_bytes(OLD).sign(begun.encode())
    text = f"{begun}.{part(signature)}"
    assert VERIFIER.verify(text, audience="services_hall", now=NOW).person_id == PERSON
    other = part(json.dumps({"alg": "EdDSA" if named == "Ed25519" else "Ed25519", "kid": "old", "typ": TYPE}).encode())
    with pytest.raises(ExtractError):
        VERIFIER.verify(f"{other}.{payload}.{part(signature)}", audience="services_hall", now=NOW)


def test_rings_overlap_in_a_rotation() -> None:
    rotated = ExtractSigner(KeyRing({"new": NEW, "old": OLD}))
    both = ExtractVerifier(rotated.public_keys())
    for text in (signed(), signed(rotated)):
        assert both.verify(text, audience="services_hall", now=NOW).person_id == PERSON
    with pytest.raises(ExtractError):
        VERIFIER.verify(signed(rotated), audience="services_hall", now=NOW)


def test_a_key_under_another_ones_name_is_refused() -> None:
    with pytest.raises(ExtractError):
        VERIFIER.verify(signed(ExtractSigner(KeyRing({"old": NEW}))), audience="services_hall", now=NOW)


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
        VERIFIER.verify(forged(claims, header, b""), audience="services_hall", now=NOW)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "张.三.丰", "x" * 20_000, "e30.e30.", "W10.W10.W10"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ExtractError):
        VERIFIER.verify(text, audience="services_hall", now=NOW)


@given(st.integers(0, 10_000), st.sampled_from("ABCDabcd0123-_"))
def test_no_character_can_be_changed(place: int, other: str) -> None:
    text = signed()
    place %= len(text) - 1  # the last character of base64 carries bits that nobody reads
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        with pytest.raises(ExtractError):
            VERIFIER.verify(changed, audience="services_hall", now=NOW)


def test_keys_are_read_from_settings_text_and_never_shown() -> None:
    text = f"old:{base64.b64encode(OLD).decode()}"
    signer = ExtractSigner.parse(text)
    public = ",".join(f"{kid}:{base64.b64encode(key).decode()}" for kid, key in signer.public_keys().items())
    verifier = ExtractVerifier.parse(public)
    verified = verifier.verify(signed(signer), audience="services_hall", now=NOW)
    shown = repr(
        [
            signer,
            verifier,
            verified,
            SIGNER.sign(person_id=PERSON, fields={"name": "张三丰"}, audience="a", purpose="p", now=NOW),
        ]
    )
    assert "张三丰" not in shown
    assert base64.b64encode(OLD).decode() not in shown
    with pytest.raises(ValueError, match="32 bytes"):
        ExtractSigner.parse(f"old:{base64.b64encode(OLD[:31]).decode()}")
