"""TLS and SASL of the bus are checked at the start; each fault is one sentence that names the variable."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from shared.messaging.bus.kafka import connection_arguments
from shared.settings import ServiceSettings
from shared.testing.settings import VALUES

SECRET = "a very secret word"
SASL = {"kafka_security": "SASL_SSL", "kafka_username": "grid", "kafka_password": SECRET}


def settings(**values: Any) -> ServiceSettings:
    url = "postgresql+asyncpg://nobody@127.0.0.1/none"
    return ServiceSettings.model_validate(VALUES | {"database_url": url} | values)


def write(folder: Path, name: str, *, locked: bool = False) -> tuple[str, str]:
    """A certificate of its own and its key, as paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate, secret = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    cover: KeySerializationEncryption = BestAvailableEncryption(SECRET.encode()) if locked else NoEncryption()
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cover))
    return str(certificate), str(secret)


def refusal(**values: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        settings(**values)
    (error,) = refused.value.errors(include_url=False, include_context=False, include_input=False)
    said = error["msg"].removeprefix("Value error, ")
    assert SECRET not in str(refused.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"kafka_security": "SASL_SSL", "kafka_password": SECRET},
            "XIANGLI_KAFKA_USERNAME is missing: XIANGLI_KAFKA_SECURITY is SASL_SSL",
        ),
        (
            {"kafka_security": "SASL_PLAINTEXT", "kafka_username": "grid"},
            "XIANGLI_KAFKA_PASSWORD is missing: XIANGLI_KAFKA_SECURITY is SASL_PLAINTEXT",
        ),
        (
            {"kafka_security": "SASL_SSL", "kafka_username": "grid", "kafka_password": ""},
            "XIANGLI_KAFKA_PASSWORD is missing: XIANGLI_KAFKA_SECURITY is SASL_SSL",
        ),
        (
            {"kafka_password": SECRET},
            (
                "XIANGLI_KAFKA_PASSWORD is set, but XIANGLI_KAFKA_SECURITY is PLAINTEXT:"
                " set it to SASL_SSL or SASL_PLAINTEXT"
            ),
        ),
        (
            {"kafka_security": "SSL", "kafka_username": "grid"},
            "XIANGLI_KAFKA_USERNAME is set, but XIANGLI_KAFKA_SECURITY is SSL: set it to SASL_SSL or SASL_PLAINTEXT",
        ),
        (
            {"kafka_ca_file": "ca.pem"},
            "XIANGLI_KAFKA_CA_FILE is set, but XIANGLI_KAFKA_SECURITY is PLAINTEXT: set it to SSL or SASL_SSL",
        ),
        (
            {"kafka_security": "SSL", "kafka_cert_file": "user.pem"},
            "XIANGLI_KAFKA_KEY_FILE is missing: XIANGLI_KAFKA_CERT_FILE is set",
        ),
        (
            {"kafka_security": "SSL", "kafka_key_file": "user.key"},
            "XIANGLI_KAFKA_CERT_FILE is missing: XIANGLI_KAFKA_KEY_FILE is set",
        ),
        (
            SASL | {"kafka_key_password": SECRET},
            "XIANGLI_KAFKA_KEY_FILE is missing: XIANGLI_KAFKA_KEY_PASSWORD is set",
        ),
        (SASL | {"kafka_ca_file": "nowhere.pem"}, "XIANGLI_KAFKA_CA_FILE names a file that does not exist"),
        (SASL | {"kafka_ca_file": "."}, "XIANGLI_KAFKA_CA_FILE names a file that cannot be read"),
    ],
)
def test_half_a_setting_is_refused_by_name(values: dict[str, Any], said: str) -> None:
    assert refusal(**values) == said


def test_a_key_where_a_path_belongs_is_not_repeated() -> None:
    assert refusal(kafka_security="SSL", kafka_ca_file=f"-----BEGIN PRIVATE KEY-----{SECRET}").startswith(
        "XIANGLI_KAFKA_CA_FILE names a file that"
    )


def test_a_certificate_needs_its_own_key(tmp_path: Path) -> None:
    (mine, key), (other, _) = write(tmp_path, "mine"), write(tmp_path, "other")
    settings(kafka_security="SSL", kafka_cert_file=mine, kafka_key_file=key)
    said = refusal(kafka_security="SSL", kafka_cert_file=other, kafka_key_file=key)
    assert said == "XIANGLI_KAFKA_KEY_FILE is not the key of the certificate in XIANGLI_KAFKA_CERT_FILE"


def test_a_file_that_is_no_pem_is_refused_by_name(tmp_path: Path) -> None:
    certificate, key = write(tmp_path, "mine")
    junk = tmp_path / "junk"
    junk.write_text("no PEM " + SECRET, encoding="utf-8")
    for values, said in (
        ({"kafka_ca_file": junk}, "XIANGLI_KAFKA_CA_FILE holds no certificate in PEM form"),
        ({"kafka_ca_file": key}, "XIANGLI_KAFKA_CA_FILE holds no certificate in PEM form"),
        (
            {"kafka_cert_file": junk, "kafka_key_file": key},
            "XIANGLI_KAFKA_CERT_FILE holds no certificate in PEM form",
        ),
        (
            {"kafka_cert_file": certificate, "kafka_key_file": junk},
            "XIANGLI_KAFKA_KEY_FILE holds no private key in PEM form",
        ),
        (
            {"kafka_cert_file": certificate, "kafka_key_file": certificate},
            "XIANGLI_KAFKA_KEY_FILE holds no private key in PEM form",
        ),
    ):
        assert refusal(kafka_security="SSL", **values) == said


def test_an_encrypted_key_needs_its_password(tmp_path: Path) -> None:
    certificate, key = write(tmp_path, "locked", locked=True)
    files = {"kafka_security": "SSL", "kafka_cert_file": certificate, "kafka_key_file": key}
    assert refusal(**files) == ("XIANGLI_KAFKA_KEY_PASSWORD is missing: the key in XIANGLI_KAFKA_KEY_FILE is encrypted")
    assert refusal(**files, kafka_key_password="another word") == (
        "XIANGLI_KAFKA_KEY_PASSWORD does not open the key in XIANGLI_KAFKA_KEY_FILE"
    )
    opened = settings(**files, kafka_key_password=SECRET)
    assert connection_arguments(opened)["security_protocol"] == "SSL"

    certificate, key = write(tmp_path, "open")
    assert refusal(
        kafka_security="SSL", kafka_cert_file=certificate, kafka_key_file=key, kafka_key_password=SECRET
    ) == ("XIANGLI_KAFKA_KEY_PASSWORD is set, but the key in XIANGLI_KAFKA_KEY_FILE is not encrypted")


def test_an_empty_variable_is_an_absent_one() -> None:
    empty = {"kafka_ca_file": "", "kafka_cert_file": "", "kafka_key_file": "", "kafka_key_password": ""}
    plain = settings(**empty, kafka_username="", kafka_password="")
    assert plain.kafka_ca_file is None
    assert plain.kafka_password is None
