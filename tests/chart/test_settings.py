"""Every setting of every service is reachable through a value, and no process is told a name that it does not know."""

from typing import Any

import pytest
from pydantic import SecretStr

from deploy.helm.readme import settings as documented
from tests.chart.rendering import Case, Manifest, rendered
from tests.chart.told import SECRETS, fields, processes

pytestmark = pytest.mark.chart

KAFKA_USER = {"registry": {"kafka": {"existingSecret": "user", "username": "somebody"}}}
WITH_KEY = {"clientCertificate": True, "secretKeys": {"certificate": "c.crt", "privateKey": "c.key"}}
INBOUND = {"existingSecret": "inbound", "key": "private", "sources": ["urn:a", "urn:b"]}

REACHED: dict[str, tuple[dict[str, Any], Any]] = {
    "XIANGLI_HOST": ({"listen": {"host": "::"}}, "::"),
    "XIANGLI_PORT": ({"listen": {"port": 8443}}, "8443"),
    "XIANGLI_INTERNAL_PORT": ({"listen": {"internalPort": 9999}}, "9999"),
    "XIANGLI_DATABASE_URL": (
        {"database": {"host": "pg", "port": 6432}, "services": {"registry": {"database": {"name": "r"}}}},
        "postgresql+asyncpg://pg:6432/r",
    ),
    "XIANGLI_MIGRATOR_DATABASE_URL": ({"database": {"host": "pg"}}, "postgresql+asyncpg://pg:5432/registry"),
    "XIANGLI_DATABASE_SERVICE_ROLE": ({"services": {"registry": {"database": {"serviceRole": "r"}}}}, "r"),
    "XIANGLI_DATABASE_POOL": ({"api": {"databasePool": 17}}, "17"),
    "XIANGLI_STATEMENT_TIMEOUT_MS": ({"database": {"statementTimeoutMs": 12_345_678}}, "12345678"),
    "XIANGLI_LOCK_TIMEOUT_MS": ({"database": {"lockTimeoutMs": 77}}, "77"),
    "XIANGLI_KAFKA_BOOTSTRAP": ({"kafka": {"bootstrap": "k:1,l:2"}}, "k:1,l:2"),
    "XIANGLI_BROKER_PROFILE": ({"kafka": {"brokerProfile": "embedded"}}, "embedded"),
    "XIANGLI_TOPIC_PREFIX": ({"kafka": {"topicPrefix": "a."}}, "a."),
    "XIANGLI_GROUP_PREFIX": ({"kafka": {"groupPrefix": "b."}}, "b."),
    "XIANGLI_TOPIC_PARTITIONS": ({"kafka": {"topicPartitions": 24}}, "24"),
    "XIANGLI_TOPIC_REPLICATION": ({"kafka": {"topicReplication": 5}}, "5"),
    "XIANGLI_RELAY_SHARDS": ({"kafka": {"relayShards": 4}}, "4"),
    "XIANGLI_KAFKA_SECURITY": ({"kafka": {"security": "SSL"}}, "SSL"),
    "XIANGLI_KAFKA_SASL_MECHANISM": ({"kafka": {"saslMechanism": "PLAIN"}}, "PLAIN"),
    "XIANGLI_KAFKA_USERNAME": ({"services": KAFKA_USER}, "somebody"),
    "XIANGLI_KAFKA_PASSWORD": ({"services": KAFKA_USER}, ("user", "password")),
    "XIANGLI_KAFKA_CA_FILE": ({"kafka": {"ca": {"existingSecret": "x"}}}, "/etc/xiangli/kafka-ca/ca.crt"),
    "XIANGLI_KAFKA_CERT_FILE": ({"kafka": WITH_KEY}, "/etc/xiangli/kafka-user/tls.crt"),
    "XIANGLI_KAFKA_KEY_FILE": ({"kafka": WITH_KEY}, "/etc/xiangli/kafka-user/tls.key"),
    "XIANGLI_KAFKA_KEY_PASSWORD": (
        {"kafka": WITH_KEY | {"secretKeys": {"privateKeyPassword": "pw"}}, "services": KAFKA_USER},
        ("user", "pw"),
    ),
    "XIANGLI_OIDC_ISSUER": ({"oidc": {"issuer": "https://i"}}, "https://i"),
    "XIANGLI_OIDC_AUDIENCE": ({"oidc": {"audience": "county"}}, "county"),
    "XIANGLI_OIDC_TOKEN_TYPES": ({"oidc": {"tokenTypes": "at+jwt"}}, "at+jwt"),
    "XIANGLI_OIDC_STALE_LIMIT": ({"oidc": {"staleLimit": 5}}, "5"),
    "XIANGLI_FIELD_KEYS": ({"keys": {"fieldKeys": "f"}}, ("registry-keys", "f")),
    "XIANGLI_INDEX_KEYS": ({"keys": {"indexKeys": "i"}}, ("registry-keys", "i")),
    "XIANGLI_CURSOR_KEY": ({"services": {"registry": {"keys": {"existingSecret": "own"}}}}, ("own", "cursor-key")),
    "XIANGLI_POSITION_KEYS": ({"positions": {"existingSecret": "ours", "key": "p"}}, ("ours", "p")),
    "XIANGLI_EXTRACT_PRIVATE_KEY": ({"keys": {"extractPrivateKey": "e"}}, ("registry-keys", "e")),
    "XIANGLI_EXTRACT_ENCRYPTION_KEYS": ({"keys": {"extractEncryptionKeys": "x"}}, ("registry-keys", "x")),
    "XIANGLI_EXTRACT_PUBLIC_KEYS": ({"keys": {"extractPublicKeys": "p"}}, ("services-hall-keys", "p")),
    "XIANGLI_MAX_BODY_BYTES": ({"limits": {"maxBodyBytes": 2_000_000}}, "2000000"),
    "XIANGLI_RATE_PER_MINUTE": ({"limits": {"ratePerMinute": 7}}, "7"),
    "XIANGLI_REQUESTS_PER_CALLER": ({"limits": {"requestsPerCaller": 9}}, "9"),
    "XIANGLI_MAX_CONNECTIONS": ({"limits": {"connections": 1_000_000}}, "1000000"),
    "XIANGLI_CONNECTIONS_PER_ADDRESS": ({"limits": {"connectionsPerAddress": 5}}, "5"),
    "XIANGLI_HEADER_TIMEOUT": ({"limits": {"headerTimeout": 3}}, "3"),
    "XIANGLI_BODY_TIMEOUT": ({"limits": {"bodyTimeout": 4}}, "4"),
    "XIANGLI_IDLE_TIMEOUT": ({"limits": {"idleTimeout": 600}}, "600"),
    "XIANGLI_SHUTDOWN_GRACE": ({"shutdownGrace": 12.5}, "12.5"),
    "XIANGLI_LOG_LEVEL": ({"logLevel": "WARNING"}, "WARNING"),
    "XIANGLI_TRUSTED_PROXIES": ({"trustedProxies": "10.1.0.0/16,10.2.0.1"}, "10.1.0.0/16,10.2.0.1"),
    "XIANGLI_CORS_ORIGINS": (
        {"corsOrigins": ["https://a.example", "https://b.example:8443"]},
        "https://a.example,https://b.example:8443",
    ),
    "XIANGLI_WEAKENED_ETAGS": ({"weakenedEtags": True}, "true"),
    "XIANGLI_DEPARTMENTS": (
        {"departments": {"river_chief": "河长办", "water": "水务局"}},
        "river_chief:河长办,water:水务局",
    ),
    "XIANGLI_ITEM_CATEGORIES": ({"itemCategories": {"tea": "茶叶"}}, "tea:茶叶"),
    "XIANGLI_FILES": ({"files": {"place": "s3://county/files"}}, "s3://county/files"),
    "XIANGLI_FILES_ENDPOINT": ({"files": {"endpoint": "https://s3.example"}}, "https://s3.example"),
    "XIANGLI_FILES_REGION": ({"files": {"region": "cn-south-1"}}, "cn-south-1"),
    "XIANGLI_FILES_ACCESS_KEY": ({"files": {"existingSecret": "store"}}, ("store", "access-key")),
    "XIANGLI_FILES_SECRET_KEY": ({"files": {"existingSecret": "store"}}, ("store", "secret-key")),
    "XIANGLI_MAX_FILE_BYTES": ({"files": {"maxBytes": 1_000_000}}, "1000000"),
    "XIANGLI_INBOUND_PRIVATE_KEYS": ({"services": {"grid": {"inbound": INBOUND}}}, ("inbound", "private")),
    "XIANGLI_INBOUND_SOURCES": ({"services": {"grid": {"inbound": INBOUND}}}, "urn:a,urn:b"),
    "XIANGLI_INBOUND_RATE_PER_MINUTE": ({"services": {"grid": {"inbound": INBOUND | {"ratePerMinute": 9}}}}, "9"),
    "XIANGLI_INBOUND_MAX_BYTES": ({"services": {"grid": {"inbound": INBOUND | {"maxBytes": 999_999}}}}, "999999"),
}
"""Each setting: values that set it, and what a process is then told."""


def test_no_setting_is_forgotten() -> None:
    assert REACHED.keys() == fields().keys()


def test_the_page_names_a_value_for_every_setting() -> None:
    assert documented().keys() == fields().keys()


@pytest.mark.parametrize("name", sorted(REACHED))
def test_a_setting_is_reached_through_its_value(name: str) -> None:
    over, wanted = REACHED[name]
    found = {str(one): one.told.get(name) for one in processes(rendered(Case(name, over=over)))}
    assert wanted in found.values(), found


def test_no_process_is_told_a_setting_that_it_does_not_know(documents: list[Manifest]) -> None:
    for process in processes(documents):
        told = {name for name in process.told if name.startswith("XIANGLI_")}
        assert told <= process.known, process


def test_every_process_accepts_what_it_is_told(documents: list[Manifest], monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(processes(documents))
    assert found
    for process in found:
        settings = process.settings(monkeypatch)
        assert settings.kafka_bootstrap == process.told["XIANGLI_KAFKA_BOOTSTRAP"]
        if process.role in ("api", "worker"):
            assert (settings.host, settings.internal_port) == ("0.0.0.0", 9090)


def test_secrets_are_referred_to_and_never_written_down(documents: list[Manifest]) -> None:
    for process in processes(documents):
        for name, field in process.settings_class.model_fields.items():
            told = process.told.get(f"XIANGLI_{name.upper()}")
            if SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ())) and told is not None:
                by_reference = isinstance(told, tuple)
                # with a host of its own the address holds neither name nor password
                assert by_reference or ("URL" in name.upper() and "@" not in told), f"{process} {name}"


def test_name_and_password_of_the_database_come_as_the_client_reads_them(documents: list[Manifest]) -> None:
    for process in processes(documents):
        whole = isinstance(process.told["XIANGLI_DATABASE_URL"], tuple)
        assert {"PGUSER", "PGPASSWORD"}.isdisjoint(process.told) == whole, process
        assert "PGSSLMODE" in process.told, process


def test_all_secrets_that_may_be_read_are_known_here(documents: list[Manifest]) -> None:
    read = {
        name for process in processes(documents) for name, value in process.told.items() if isinstance(value, tuple)
    }
    assert read <= SECRETS.keys()
