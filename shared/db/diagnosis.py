"""Diagnosis of a PostgreSQL connection that fails."""

import socket
import ssl

import asyncpg
from sqlalchemy.exc import DBAPIError

from shared.diagnostics import Diagnosis

URL = "XIANGLI_DATABASE_URL"
MIGRATOR_URL = "XIANGLI_MIGRATOR_DATABASE_URL"

_SENTENCES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "the database server refuses its user or password (PGUSER and PGPASSWORD where it holds none)",
    ),
    (
        (asyncpg.ProtocolViolationError,),
        "what stands there refuses the settings that we send first: a pooler (PgBouncer); name PostgreSQL itself",
    ),
    ((asyncpg.InvalidCatalogNameError,), "it names a database that does not exist on that server"),
    ((asyncpg.TooManyConnectionsError,), "the database server has no connection left for us"),
    ((asyncpg.CannotConnectNowError,), "the database server is starting up or shutting down"),
    ((ssl.SSLCertVerificationError,), "the certificate of the database server does not match it or its authority"),
    ((ssl.SSLError,), "the database server speaks another TLS than it asks for"),
    ((socket.gaierror,), "its host name is not known"),
    ((ConnectionRefusedError,), "no database server listens there"),
    ((TimeoutError,), "no database server answers there in time"),
    ((OSError,), "no database server can be reached there"),
)


def diagnose_database(error: BaseException, setting: str = URL) -> Diagnosis | None:
    """Diagnosis of a connection error; None if the error is not about the connection."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig.__cause__ or error.orig
    for kinds, sentence in _SENTENCES:
        if isinstance(error, kinds):
            return Diagnosis(setting, sentence)
    return None
