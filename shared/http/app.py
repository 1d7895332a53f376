"""Builds the HTTP process of a service: the one composition root that all four share."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from shared.auth.access_log import AccessLog
from shared.auth.keys import IssuerKeys
from shared.auth.lineage import CachedLineage
from shared.auth.tokens import OidcVerifier
from shared.clock import Clock, SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.feature import Feature, code_lists_of, constraints_of, parts_of, routes_of, tags_of
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.http.code_lists import CODE_LISTS
from shared.http.conventions import CONVENTIONS
from shared.http.dispatch import Dispatch, flatten
from shared.http.documents import documentation, openapi_document
from shared.http.endpoint import access_of, is_public
from shared.http.files import FILES
from shared.http.idempotency import ONCE, RequestInFlight
from shared.http.kit import Access, Kit, Verifier
from shared.http.lookout import Lookout
from shared.http.middleware import Shell
from shared.http.openapi import describe
from shared.http.operations import OPERATIONS
from shared.http.refusals import refusals_of
from shared.http.route import POSITION, ServiceRoute
from shared.http.under_way import UnderWay
from shared.ids import new_id
from shared.messaging.outbox.position import Positions
from shared.reference.codes import published
from shared.rotation.watch import KeyWatch
from shared.service import ServiceSpec
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

VERSION = "1"

STREAMS = 4
"""Answers that go on (progress of long work) of one caller at a time in one process."""

SHARED = (CODE_LISTS, OPERATIONS, FILES)
"""What every service that owns nouns has beside them."""


def build_app(
    spec: ServiceSpec,
    settings: ServiceSettings,
    *,
    features: Sequence[Feature],
    clock: Clock | None = None,
    database: Database | None = None,
    access_log: AccessLog | None = None,
    verifier: Verifier | None = None,
) -> FastAPI:
    """HTTP application of a service: the endpoints of its features, mounted under `/<path>/v1`.

    Every route must be a `ServiceRoute` and name its permission. A service that owns nouns gets the operators'
    endpoints beside them. What is not handed in is made from the settings; what is made here is closed here. Nothing
    connects before the lifespan begins.
    """
    departments = published("departments", "部门", settings.department_names)
    features = [*features, *((*SHARED, Feature(code_lists=(departments,))) if spec.restate else ())]
    clock = clock or SystemClock()
    ours = database is None
    if database is None:
        database = Database(
            settings.database_url.get_secret_value(),
            pool=settings.database_pool,
            application=f"{spec.name}-api",
            statement_timeout_ms=settings.statement_timeout_ms,
            lock_timeout_ms=settings.lock_timeout_ms,
        )
    our_log = access_log is None
    if access_log is None:
        writer = f"{spec.name}-api-{socket.gethostname()}-{os.getpid()}-{new_id().hex[:12]}"
        access_log = AccessLog(raw_dsn(settings.database_url.get_secret_value()), writer=writer, clock=clock)
    access: dict[str, Access] = {}
    crypto = Crypto.from_settings(settings)
    refusals: dict[str, frozenset[str]] = {}
    public: set[str] = set()
    projects = frozenset(route.noun for route in routes_of(features))
    keys = IssuerKeys(settings.oidc_issuer, clock=clock, stale_limit=settings.oidc_stale_limit)
    kit = Kit(
        spec=spec,
        settings=settings,
        clock=clock,
        database=database,
        verifier=verifier
        or OidcVerifier(
            keys,
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            clock=clock,
            types=settings.token_types,
        ),
        access=access,
        crypto=crypto,
        access_log=access_log,
        lineage=CachedLineage(database, spec.lineage, clock),
        positions=Positions.from_settings(settings),
        lookout=Lookout(database, projects),
        under_way=UnderWay(settings.requests_per_caller),
        archive=Archive(FileStore.from_settings(settings, spec.name), database, crypto, clock),
        streams=UnderWay(STREAMS),
        constraints={ONCE: RequestInFlight, **constraints_of(features)},
        code_lists=code_lists_of(features),
        refusals=refusals,
        public=public,
        projects=projects,
        parts=parts_of(features),
        key_watch=KeyWatch(database, crypto, spec.metadata, clock, database.diagnostics),
        keys=keys if verifier is None else None,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if our_log:
            await kit.access_log.start()
        if kit.keys is not None:
            kit.keys.begin()
        stop = asyncio.Event()
        watching = asyncio.create_task(kit.key_watch.run(stop)) if kit.key_watch else None
        try:
            yield
        finally:
            kit.draining = True
            stop.set()
            if watching is not None:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
            await kit.lookout.close()
            if our_log:
                await kit.access_log.stop()
            await keys.close()
            if ours:
                await kit.database.close()

    prefix = f"/{spec.path}"
    app = ServiceApp(
        title=f"Xiangli {spec.path}",
        summary=spec.title,
        version=VERSION,
        description=CONVENTIONS,
        openapi_tags=tags_of(features),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        swagger_ui_oauth2_redirect_url=None,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.kit = kit
    for router in (feature.router for feature in features if feature.router is not None):
        for route in flatten(router, f"{prefix}/v1"):
            app.router.routes.append(route)
            operation = check(route).operation
            access[operation], refusals[operation] = access_of(route), refusals_of(route)
            if is_public(route):
                public.add(operation)
    for foreign in (route for feature in features for route in feature.foreign):
        app.add_route(f"{prefix}/v1{foreign.path}", foreign.answer, list(foreign.methods), include_in_schema=False)
    app.openapi = describe(app)  # type: ignore[method-assign]
    app.add_route(f"{prefix}/openapi.json", openapi_document(app), include_in_schema=False)
    app.add_route(f"{prefix}/docs", documentation(app), include_in_schema=False)
    return app


class ServiceApp(FastAPI):
    """FastAPI with our two layers in place of its own stack: `Shell` outside, `Dispatch` inside."""

    def build_middleware_stack(self) -> ASGIApp:
        """Every exception travels to the shell, which alone knows what it means in HTTP.

        Pages elsewhere that the operator allows may call: outermost, so that they can read refusals too.
        """
        kit: Kit = self.state.kit
        shell = Shell(Dispatch(self.router, endpoints(self)), kit.constraints, kit.refusals)
        if not kit.settings.allowed_origins:
            return shell
        return CORSMiddleware(
            shell,
            allow_origins=kit.settings.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=(
                "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Traceparent",
                "X-Request-Id",
            ),
            expose_headers=("ETag", "Location", "Retry-After", "WWW-Authenticate", "X-Request-Id", POSITION),
            max_age=600,
        )  # fmt: skip


def endpoints(app: FastAPI) -> list[APIRoute]:
    """Every endpoint of an application."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def check(route: APIRoute) -> ServiceRoute:
    """The route as it may be served. Raises TypeError for a route that could not keep the kit's promises."""
    if not isinstance(route, ServiceRoute):
        raise TypeError(f"{route.path} is not a ServiceRoute: nobody would check its caller")
    return route


def readiness(kit: Kit) -> Callable[[], Any]:
    """`/readyz` of an API process: the database answers, the issuer's keys are known, nothing lies under a key that it
    does not hold, and it is not on its way out.

    The issuer counts until it gave its keys once: a process that could not judge a single token must not take the place
    of one that can. If it goes away later, requests go on with the known keys.
    """

    async def ready() -> Mapping[str, bool]:
        identity = kit.keys is None or kit.keys.known
        sound = kit.key_watch is None or kit.key_watch.sound
        parts = {"database": await kit.database.ready(), "identity": identity, "serving": not kit.draining}
        return {**parts, "keys": sound}

    return ready


def reasons(kit: Kit) -> Callable[[], Mapping[str, str]]:
    """Why an API process is not ready: sentences that name a setting."""

    def why() -> Mapping[str, str]:
        found = dict(kit.database.diagnostics.reasons())
        if kit.keys is not None and not kit.keys.known:
            found["identity"] = kit.keys.fault or "XIANGLI_OIDC_ISSUER: it has not given its keys yet"
        return found

    return why
