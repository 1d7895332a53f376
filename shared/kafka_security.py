"""TLS and SASL settings of Kafka: are they consistent? Each error is a sentence that names the variable.

Neither values nor paths appear in a sentence: who mixes up two variables may have put a key where a path belongs.
"""

import ssl
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr


class BusSecurity(Protocol):
    """Security settings of Kafka."""

    @property
    def kafka_security(self) -> str: ...
    @property
    def kafka_username(self) -> str | None: ...
    @property
    def kafka_password(self) -> SecretStr | None: ...
    @property
    def kafka_ca_file(self) -> Path | None: ...
    @property
    def kafka_cert_file(self) -> Path | None: ...
    @property
    def kafka_key_file(self) -> Path | None: ...
    @property
    def kafka_key_password(self) -> SecretStr | None: ...


def check_bus_security(settings: BusSecurity) -> None:
    """Check the settings.

    Raises ValueError with the first error: incomplete pairs, settings without effect, unfit files.
    """
    _halves(settings)
    if settings.kafka_ca_file is not None:
        _certificates("KAFKA_CA_FILE", settings.kafka_ca_file)
    if settings.kafka_cert_file is not None and settings.kafka_key_file is not None:
        certificates = _certificates("KAFKA_CERT_FILE", settings.kafka_cert_file)
        key = _private_key(settings.kafka_key_file, settings.kafka_key_password)
        if certificates[0].public_key() != key.public_key():
            raise ValueError("XIANGLI_KAFKA_KEY_FILE is not the key of the certificate in XIANGLI_KAFKA_CERT_FILE")


def ssl_context(settings: BusSecurity) -> ssl.SSLContext:
    """TLS context: verifies the broker's name and chain; has the client's certificate if there is one."""
    ca_file = settings.kafka_ca_file
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca_file) if ca_file else None)
    if settings.kafka_cert_file is not None and settings.kafka_key_file is not None:
        password = settings.kafka_key_password
        context.load_cert_chain(
            str(settings.kafka_cert_file),
            str(settings.kafka_key_file),
            password.get_secret_value() if password is not None else None,
        )
    return context


def known_by(settings: BusSecurity) -> str:
    """The variable that identifies this process to the brokers."""
    if settings.kafka_security.startswith("SASL") or settings.kafka_cert_file is None:
        return "XIANGLI_KAFKA_USERNAME"
    return "XIANGLI_KAFKA_CERT_FILE"


def _halves(settings: BusSecurity) -> None:
    security = settings.kafka_security
    login = {"KAFKA_USERNAME": settings.kafka_username, "KAFKA_PASSWORD": settings.kafka_password}
    files = {
        "KAFKA_CA_FILE": settings.kafka_ca_file,
        "KAFKA_CERT_FILE": settings.kafka_cert_file,
        "KAFKA_KEY_FILE": settings.kafka_key_file,
        "KAFKA_KEY_PASSWORD": settings.kafka_key_password,
    }
    for wanted, group, others in (
        (security.startswith("SASL"), login, "SASL_SSL or SASL_PLAINTEXT"),
        (security.endswith("SSL"), files, "SSL or SASL_SSL"),
    ):
        for name, value in group.items():
            if value is not None and not wanted:
                raise ValueError(f"XIANGLI_{name} is set, but XIANGLI_KAFKA_SECURITY is {security}: set it to {others}")
    for name, value in login.items():
        if value is None and security.startswith("SASL"):
            raise ValueError(f"XIANGLI_{name} is missing: XIANGLI_KAFKA_SECURITY is {security}")
    for name, needs in (
        ("KAFKA_CERT_FILE", "KAFKA_KEY_FILE"),
        ("KAFKA_KEY_FILE", "KAFKA_CERT_FILE"),
        ("KAFKA_KEY_PASSWORD", "KAFKA_KEY_FILE"),
    ):
        if files[name] is not None and files[needs] is None:
            raise ValueError(f"XIANGLI_{needs} is missing: XIANGLI_{name} is set")


def _content(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ValueError(f"XIANGLI_{name} names a file that does not exist") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"XIANGLI_{name} names a file that cannot be read") from error


def _certificates(name: str, path: Path) -> list[x509.Certificate]:
    content = _content(name, path)
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise ValueError(f"XIANGLI_{name} holds no certificate in PEM form") from error


def _private_key(path: Path, password: SecretStr | None) -> PrivateKeyTypes:
    content = _content("KAFKA_KEY_FILE", path)
    secret = password.get_secret_value().encode() if password is not None else None
    try:
        return load_pem_private_key(content, secret)
    except TypeError as error:
        said = "is missing: the key in XIANGLI_KAFKA_KEY_FILE is encrypted"
        if secret is not None:
            said = "is set, but the key in XIANGLI_KAFKA_KEY_FILE is not encrypted"
        raise ValueError(f"XIANGLI_KAFKA_KEY_PASSWORD {said}") from error
    except ValueError as error:
        if secret is not None and b"ENCRYPTED" in content:
            raise ValueError("XIANGLI_KAFKA_KEY_PASSWORD does not open the key in XIANGLI_KAFKA_KEY_FILE") from error
        raise ValueError("XIANGLI_KAFKA_KEY_FILE holds no private key in PEM form") from error
