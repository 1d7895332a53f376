"""Checks of certificates: those in files that settings name, and those that database, broker and issuer show."""

import asyncio
import os
import ssl
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from sqlalchemy.engine import make_url

from shared.clock import Clock
from shared.doctor.findings import Check, Finding, fault, fine, warning
from shared.settings import ServiceSettings

SOON = timedelta(days=30)
"""Before its end, in which a certificate is to be renewed."""
PATIENCE = 5.0
_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""PostgreSQL's question for TLS, before anything else is said."""


async def check_certificates(settings: ServiceSettings, clock: Clock) -> Sequence[Finding]:
    """A finding for each certificate that ends soon or has ended; one that all is well if there is none."""
    found = [(name, one) for name, path in _files(settings) if (one := _latest(path)) is not None]
    found += [(name, one) for name, one in await _shown(settings) if one is not None]
    now = clock.now()
    bad = [finding for name, one in found if (finding := _ending(name, one.not_valid_after_utc, now))]
    count = len(found)
    return bad or [fine(Check.CERTIFICATES, f"{count} 张证书均在有效期内。", f"{count} certificates are valid.")]


def _ending(name: str, ends: datetime, now: datetime) -> Finding | None:
    if ends > now + SOON:
        return None
    day = f"{ends:%Y-%m-%d}"
    if ends > now:
        return warning(
            Check.CERTIFICATES,
            f"{name} 的证书将于 {day} 到期。请及时更换。",
            f"the certificate of {name} ends on {day}; renew it in time.",
        )
    return fault(
        Check.CERTIFICATES,
        f"{name} 的证书已于 {day} 到期。请更换后重启。",
        f"the certificate of {name} ended on {day}; renew it, then restart.",
    )


def _files(settings: ServiceSettings) -> Iterator[tuple[str, Path]]:
    for name in ("kafka_ca_file", "kafka_cert_file"):
        path: Path | None = getattr(settings, name)
        if path is not None:
            yield f"XIANGLI_{name.upper()}", path
    if trusted := os.environ.get("SSL_CERT_FILE"):
        yield "SSL_CERT_FILE", Path(trusted)


def _latest(path: Path) -> x509.Certificate | None:
    """What the file holds for longest: bundles of authorities hold some that ended long ago, and serve all the same.

    The settings refuse a file of theirs that holds none; others are not ours to judge, nor is what is odd in one of
    them (old authorities have the serial number 0): who asks for a check-up is not warned of it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            held = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return None
    return max(held, key=lambda one: one.not_valid_after_utc)


async def _shown(settings: ServiceSettings) -> Sequence[tuple[str, x509.Certificate | None]]:
    issuer = urlsplit(settings.oidc_issuer)
    asked = []
    if issuer.scheme == "https":
        asked.append(("XIANGLI_OIDC_ISSUER", issuer.hostname or "", issuer.port or 443, b""))
    if settings.kafka_security.endswith("SSL"):
        for broker in settings.kafka_bootstrap.split(","):
            host, _, port = broker.strip().rpartition(":")
            asked.append(("XIANGLI_KAFKA_BOOTSTRAP", host.strip("[]"), int(port), b""))
    database = make_url(settings.database_url.get_secret_value())
    if database.host and not database.host.startswith("/"):
        asked.append(("XIANGLI_DATABASE_URL", database.host, database.port or 5432, _SSL_REQUEST))
    shown = await asyncio.gather(*(_peer(host, port, first) for _, host, port, first in asked))
    return [(name, one) for (name, *_), one in zip(asked, shown, strict=True)]


async def _peer(host: str, port: int, first: bytes) -> x509.Certificate | None:
    """The certificate that a server shows, whoever signed it; None if it shows none. Trust is judged elsewhere."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, port, ssl=None if first else context)
            try:
                if first:
                    writer.write(first)
                    if await reader.readexactly(1) != b"S":
                        return None
                    await writer.start_tls(context, server_hostname=host)
                session = writer.get_extra_info("ssl_object")
                shown = session.getpeercert(binary_form=True)
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
    return None if shown is None else x509.load_der_x509_certificate(shown)
