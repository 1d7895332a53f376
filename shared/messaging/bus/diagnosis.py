"""Diagnosis of a Kafka connection: which setting is wrong. aiokafka logs the cause and raises another error."""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka.conn import AIOKafkaConnection, collect_hosts
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from shared.diagnostics import Diagnosis

PROBE_SECONDS = 3.0
ALERT_SECONDS = 1.0
NAMED_SECONDS = 1.0
BOOTSTRAP = "XIANGLI_KAFKA_BOOTSTRAP"
SECURITY = "XIANGLI_KAFKA_SECURITY"
CA_FILE = "XIANGLI_KAFKA_CA_FILE"
CERT_FILE = "XIANGLI_KAFKA_CERT_FILE"
PASSWORD = "XIANGLI_KAFKA_PASSWORD"  # noqa: S105  # a variable's name
MECHANISM = "XIANGLI_KAFKA_SASL_MECHANISM"
USERNAME = "XIANGLI_KAFKA_USERNAME"
TOPIC_PREFIX = "XIANGLI_TOPIC_PREFIX"

_OTHER_NAME = (62, 63, 64)
"""OpenSSL's codes: host name, e-mail or address mismatch."""
_EXPIRED = (9, 10)
"""Not yet valid, expired."""
_WHO = f"the user of {USERNAME} (or of {CERT_FILE})"


async def diagnose_bus(connection: Mapping[str, Any]) -> Diagnosis | None:
    """Probe of the bootstrap brokers, one by one; None if one of them and all brokers that it advertises accept us.

    Takes at most `PROBE_SECONDS`. Of several brokers the diagnosis is of the one that came furthest.
    """
    found: Diagnosis | None = None
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            for host, port, _ in collect_hosts(connection["bootstrap_servers"], randomize=False):
                answer = await _probe(connection, host, port)
                if not isinstance(answer, Diagnosis):
                    return await _diagnose_advertised(connection, answer)
                if found is None or found.setting == BOOTSTRAP:
                    found = answer
    except TimeoutError:
        return found or Diagnosis(BOOTSTRAP, "no broker answers there in time")
    except ValueError:
        return Diagnosis(BOOTSTRAP, "is not of the form host:port,host:port")
    return found


async def _diagnose_advertised(connection: Mapping[str, Any], addresses: Sequence[tuple[str, int]]) -> Diagnosis | None:
    """Probe of the addresses that a broker advertises to clients (`advertised.listeners`)."""
    for host, port in addresses:
        try:
            async with asyncio.timeout(NAMED_SECONDS):
                answer = await _probe(connection, host, port)
        except TimeoutError:
            answer = Diagnosis(BOOTSTRAP, "no broker answers there in time")
        if isinstance(answer, Diagnosis):
            return Diagnosis(
                BOOTSTRAP, f"a broker answers, but not at the address it names itself by: {answer.sentence}"
            )
    return None


async def _probe(connection: Mapping[str, Any], host: str, port: int) -> Diagnosis | Sequence[tuple[str, int]]:
    """Connect and authenticate: what is wrong, or the addresses that the broker advertises."""
    arguments = {name: value for name, value in connection.items() if name != "bootstrap_servers"}
    probe = AIOKafkaConnection(host, port, client_id="probe", request_timeout_ms=PROBE_SECONDS * 1000, **arguments)
    try:
        await probe.connect()
        metadata = await probe.send(MetadataRequest([]))  # only now a broker minds that nobody logged in
    except KafkaConnectionError as error:
        return _named(await _alert(connection, host, port) or error, connection)
    except (KafkaError, OSError, TimeoutError) as error:
        return _named(error, connection)
    finally:
        probe.close()
    return [(broker[1], broker[2]) for broker in metadata.brokers]


async def _alert(connection: Mapping[str, Any], host: str, port: int) -> OSError | None:
    """The TLS alert of a broker that hung up. In TLS 1.3 it judges the client's certificate after the handshake."""
    context = connection.get("ssl_context")
    if context is None:
        return None
    try:
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
        try:
            async with asyncio.timeout(ALERT_SECONDS):
                await reader.read(1)
        finally:
            writer.transport.abort()
    except TimeoutError:
        return None
    except OSError as error:
        return error
    return None


def _named(error: BaseException, connection: Mapping[str, Any]) -> Diagnosis:
    security = connection["security_protocol"]
    match error:
        case ssl.SSLCertVerificationError() if error.verify_code in _OTHER_NAME:
            return Diagnosis(BOOTSTRAP, "the certificate of the broker is made out to another host name")
        case ssl.SSLCertVerificationError() if error.verify_code in _EXPIRED:
            return Diagnosis(BOOTSTRAP, "the certificate of the broker has expired or is not yet valid")
        case ssl.SSLCertVerificationError():
            return Diagnosis(CA_FILE, "the certificate of the broker is not from an authority in it")
        case ssl.SSLError() if "ALERT" in (error.reason or "").upper():
            return Diagnosis(CERT_FILE, "the broker wants a client certificate that it trusts, and got none or another")
        case ssl.SSLError():
            return Diagnosis(SECURITY, f"is {security}, but the broker does not speak TLS there")
        case SaslAuthenticationFailed() | AuthenticationFailedError():
            return Diagnosis(PASSWORD, f"the broker refuses it for the user of {USERNAME}")
        case UnsupportedSaslMechanismError():
            return Diagnosis(MECHANISM, "the broker does not offer this mechanism")
        case IllegalSaslStateError():
            return Diagnosis(SECURITY, f"is {security}, but the broker wants another kind of login there")
        case socket.gaierror():
            return Diagnosis(BOOTSTRAP, "a host name in it is not known")
        case ConnectionRefusedError():
            return Diagnosis(BOOTSTRAP, "no broker listens there")
        case ConnectionResetError() | KafkaError():
            return Diagnosis(
                SECURITY, f"is {security}, and the broker hangs up: it seems to speak something else there"
            )
        case TimeoutError():
            return Diagnosis(BOOTSTRAP, "no broker answers there in time")
    return Diagnosis(BOOTSTRAP, "no broker can be reached there")


def diagnose_reading(error: BaseException | None) -> Diagnosis | None:
    """Diagnosis of a consumer's error; None if no setting or access rule would mend it."""
    match error:
        case TopicAuthorizationFailedError():
            return Diagnosis(USERNAME, f"{_WHO} may not read {_topics(error)}, or there is no such topic")
        case GroupAuthorizationFailedError():
            return Diagnosis(USERNAME, f"{_WHO} may not read in this service's consumer group (XIANGLI_GROUP_PREFIX)")
        case UnknownTopicOrPartitionError():
            return Diagnosis(TOPIC_PREFIX, "a topic that is read is not there yet: its owner has not been migrated")
    return None


def diagnose_writing(error: BaseException, topic: str) -> Diagnosis | None:
    """Diagnosis of a producer's error on a topic; None if no setting or access rule would mend it."""
    match error:
        case TopicAuthorizationFailedError():
            return Diagnosis(USERNAME, f"{_WHO} may not write topic {topic}, or there is no such topic")
        case UnknownTopicOrPartitionError():
            return Diagnosis(TOPIC_PREFIX, f"there is no topic {topic}: run `migrate`")
    return None


def _topics(error: KafkaError) -> str:
    """aiokafka hands over one name, or a set of them."""
    named = error.args[0] if error.args else ()
    names = [named] if isinstance(named, str) else [str(name) for name in named if isinstance(named, Iterable)]
    return "topic " + ", ".join(sorted(names)) if names else "a topic"
