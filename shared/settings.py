"""What an operator may set. Read by the composition roots only; importing this module reads no environment."""

import base64
import binascii
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from shared.kafka_security import check_bus_security
from shared.listening import Listening
from shared.reference.departments import DEPARTMENTS, with_own

_PLACEHOLDER = re.compile(
    r"(?<![A-Za-z0-9+/=])(change-?me|placeholder|example|todo|xxx+)(?![A-Za-z0-9+/=])", re.IGNORECASE
)
"""As a word of its own: the base64 of a good key may well hold the letters `XXX`."""


ORIGIN = re.compile(r"(https://[A-Za-z0-9.-]+|http://(localhost|127[.]0[.]0[.]1|\[::1\]))(:[0-9]{1,5})?")
"""Scheme, host and port as browsers send them; without encryption on this machine only."""

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?")

_BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):[0-9]{1,5}")


class BrokerProfile(StrEnum):
    """`embedded`: the mock cluster of `make run` (short sessions, 4 partitions, pacing). `standard`: Apache Kafka."""

    EMBEDDED = "embedded"
    STANDARD = "standard"


def _no_placeholder(secret: SecretStr) -> SecretStr:
    if _PLACEHOLDER.search(secret.get_secret_value()):
        raise ValueError("is a placeholder: set a secret of your own")
    return secret


def _address(text: str) -> str:
    """An issuer's address: https (or http, on a loopback or inside a cluster), nothing behind the path."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        whole = False
    if not whole or parts.username or parts.query or parts.fragment or re.search(r"[\s\x00-\x1f?#]", text):
        raise ValueError("must be an address such as https://login.example/realms/xiangli")
    return text


Issuer = Annotated[str, AfterValidator(_address)]
Secret = Annotated[SecretStr, AfterValidator(_no_placeholder)]
_empty_is_none = BeforeValidator(lambda value: value or None)
"""Where a variable may be absent, an empty one is absent: an empty path would mean the present folder."""

OptionalFile = Annotated[Path | None, _empty_is_none]
OptionalSecret = Annotated[Secret | None, _empty_is_none]
OptionalText = Annotated[str | None, _empty_is_none]


def parse_keys(text: str, *, length: int, name: str) -> dict[str, bytes]:
    """`kid:base64,kid:base64` → keys by id, first one active. Raises ValueError that never shows key material."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        kid, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{name}: key {kid!r} is not base64") from error
        if not kid or len(key) != length:
            raise ValueError(f"{name}: key {kid!r} must be {length} bytes, base64, as kid:base64")
        keys[kid] = key
    if not keys:
        raise ValueError(f"{name}: at least one key is needed, as kid:base64")
    return keys


class ServiceSettings(Listening):
    """The settings all four services have. Environment variables are `XIANGLI_` + the upper-case name.

    Times are seconds unless the name says otherwise. Two keys in a ring are `new:…,old:…`: the first one writes.
    """

    # database
    database_url: Secret = Field(description="postgresql+asyncpg://… of the running service's role")
    migrator_database_url: Secret | None = Field(default=None, description="the same database as its owner")
    database_service_role: str | None = Field(default=None, description="role that migrations grant to")
    database_pool: int = Field(default=8, ge=1, le=100)
    statement_timeout_ms: int = Field(default=10_000, ge=100)
    lock_timeout_ms: int = Field(default=3_000, ge=10)

    # bus
    kafka_bootstrap: str
    broker_profile: BrokerProfile = BrokerProfile.STANDARD
    topic_prefix: str = ""
    group_prefix: str = ""
    topic_partitions: int | None = Field(default=None, ge=1, description="instead of the catalogue's number")
    topic_replication: int = Field(default=1, ge=1)
    relay_shards: int = Field(default=1, ge=1, le=16, description="groups of shards that relays may share")
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_username: OptionalText = None
    kafka_password: OptionalSecret = None
    kafka_ca_file: OptionalFile = Field(default=None, description="PEM; the system's authorities where none is given")
    kafka_cert_file: OptionalFile = Field(
        default=None, description="PEM; the certificate that brokers know this client by"
    )
    kafka_key_file: OptionalFile = Field(default=None, description="PEM; the private key of kafka_cert_file")
    kafka_key_password: OptionalSecret = Field(default=None, description="opens kafka_key_file where it is encrypted")

    # identity
    oidc_issuer: Issuer = Field(description="address, to the letter as its discovery document names it")
    oidc_audience: str = Field(default="xiangli", min_length=1, description="what `aud` of an access token must hold")
    oidc_token_types: str = Field(default="at+jwt,JWT", description="`typ` headers of access tokens: …,…")
    oidc_stale_limit: int = Field(default=3600, ge=0, description="how long known keys serve while the issuer is away")

    # keys
    field_keys: Secret = Field(description="SM4 keys, 16 bytes: kid:base64,…")
    index_keys: Secret = Field(description="HMAC-SM3 keys, 32 bytes: kid:base64,…")
    cursor_key: Secret = Field(description="seals page cursors, at least 16 characters")
    position_keys: Secret = Field(description="SM4 keys, 16 bytes, the same in all services: kid:base64,…")

    # files that people hand in
    files: OptionalText = Field(default=None, description="a folder, or s3://bucket/prefix; none: no files are taken")
    files_endpoint: OptionalText = Field(default=None, description="address of an S3-compatible store")
    files_region: str = Field(default="us-east-1", min_length=1, description="region of the bucket")
    files_access_key: OptionalSecret = Field(default=None, description="who the bucket is used as")
    files_secret_key: OptionalSecret = Field(default=None, description="the secret that belongs to files_access_key")
    max_file_bytes: int = Field(default=67_108_864, ge=1024, description="of one file")

    # limits
    max_body_bytes: int = Field(
        default=131_072, ge=1024, description="of a request; operations that take more name their own limit"
    )
    rate_per_minute: int = Field(
        default=60, ge=1, description="exact searches, look-ups and refused questions about numbers per principal"
    )
    requests_per_caller: int = Field(default=64, ge=1, description="under way at a time in one process")
    max_connections: int = Field(default=800, ge=1, description="open at a time in one process")
    connections_per_address: int = Field(default=100, ge=1, description="of one address; trusted_proxies are exempt")
    header_timeout: int = Field(default=10, ge=1, description="for the headers of a request to come")
    body_timeout: int = Field(default=30, ge=1, description="for a body to come, and for an answer to be taken")
    idle_timeout: int = Field(default=75, ge=1, description="for the next request on a connection to begin")
    shutdown_grace: float = Field(default=20.0, gt=0)

    # code lists of the county
    departments: str = Field(
        default="",
        description="departments beside the shipped ones, or by another name: code:name,… the same everywhere",
    )

    # telling
    tracing_endpoint: Annotated[Issuer | None, _empty_is_none] = Field(
        default=None, description="OTLP/HTTP collector of traces, such as http://collector:4318; none: no tracing"
    )
    tracing_ratio: float = Field(default=0.1, ge=0, le=1, description="share of the traces that begin here")
    log_level: str = "INFO"
    trusted_proxies: Annotated[str, NoDecode] = "127.0.0.1"
    cors_origins: str = Field(
        default="", description="web pages elsewhere that browsers may let call: https://app.county.example,…"
    )
    weakened_etags: bool = Field(
        default=False, description="a proxy in front compresses and makes ETags weak: take them as they were"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        parse_keys(self.field_keys.get_secret_value(), length=16, name="XIANGLI_FIELD_KEYS")
        parse_keys(self.index_keys.get_secret_value(), length=32, name="XIANGLI_INDEX_KEYS")
        parse_keys(self.position_keys.get_secret_value(), length=16, name="XIANGLI_POSITION_KEYS")
        if len(self.cursor_key.get_secret_value()) < 16:
            raise ValueError("XIANGLI_CURSOR_KEY must have at least 16 characters")
        for name, url in (("DATABASE_URL", self.database_url), ("MIGRATOR_DATABASE_URL", self.migrator_database_url)):
            if url is not None and not url.get_secret_value().startswith("postgresql+asyncpg://"):
                raise ValueError(f"XIANGLI_{name} must begin with postgresql+asyncpg://")
        if not all(_BROKER.fullmatch(broker.strip()) for broker in self.kafka_bootstrap.split(",")):
            raise ValueError("XIANGLI_KAFKA_BOOTSTRAP must be host:port, several of them separated by commas")
        if not self.token_types:
            raise ValueError("XIANGLI_OIDC_TOKEN_TYPES must name at least one value, such as at+jwt")
        for origin in self.allowed_origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError("XIANGLI_CORS_ORIGINS: an origin is https://host or https://host:port, without a path")
        if self.files is not None and not (self.files.startswith(("/", ".")) or _BUCKET.fullmatch(self.files)):
            raise ValueError("XIANGLI_FILES must be a folder, such as /var/lib/xiangli/files, or s3://bucket/prefix")
        check_bus_security(self)
        assert self.department_names  # raises for what is no name
        return self

    @property
    def department_names(self) -> dict[str, str]:
        """Chinese names of the county's departments by code."""
        return with_own(DEPARTMENTS, self.departments, setting="XIANGLI_DEPARTMENTS")

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins of pages elsewhere that browsers may let call this API."""
        return tuple(one.strip() for one in self.cors_origins.split(",") if one.strip())

    @property
    def token_types(self) -> tuple[str, ...]:
        """The `typ` values of access tokens that are taken."""
        return tuple(one.strip() for one in self.oidc_token_types.split(",") if one.strip())

    def topic(self, name: str) -> str:
        """A catalogue name in this deployment."""
        return self.topic_prefix + name

    def group(self, service: str) -> str:
        """The consumer group of a service in this deployment."""
        return self.group_prefix + service
