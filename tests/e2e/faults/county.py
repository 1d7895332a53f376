"""The county under test: its own PostgreSQL, broker and issuer, and processes that a test starts, doubles and kills."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from deploy.local.issuer.tokens import Issuer
from deploy.local.stack.postgres import Postgres
from services.indicators.features import SPEC as INDICATORS
from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC as REGISTRY
from services.registry.wiring import use_cases
from shared.clock import SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.bus.kafka import KafkaBus
from shared.migration.migrate import migrate
from shared.process import plain_context
from shared.service import ServiceSpec
from shared.settings import BrokerProfile
from shared.testing.broker import BrokerProcess, free_port
from shared.testing.settings import VALUES, settings_for
from tests.e2e.faults.processes import Child, Children
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS

ROLE = "county_registrar"


class County:
    """Everything is real but small: two towns with two villages each, nobody registered yet."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder / "pg", max_connections=100)
        self.broker = BrokerProcess()
        self.children = Children(folder)
        issuer_port = free_port()
        self._issuer = Issuer(folder, url=f"http://127.0.0.1:{issuer_port}")
        self._issuer_arguments = ("deploy.local.issuer", "--port", str(issuer_port), "--dir", str(folder))
        self._api_port = free_port()

    # -- how it is put together ----------------------------------------------------------------------------------------
    async def found(self) -> None:
        """Databases, areas, broker and issuer; no service runs yet."""
        await asyncio.gather(self._prepare_databases(), self.broker.start())
        await self.children.start("issuer", self._issuer_arguments, settings={})

    async def close(self) -> None:
        """Nothing of it is left afterwards."""
        try:
            await self.children.end()
        finally:
            try:
                await self.broker.stop()
            finally:
                await asyncio.to_thread(self.postgres.stop, immediately=True)

    async def api(self) -> Child:
        """Registry's HTTP process."""
        return await self._service("registry", "api", port=self._api_port)

    async def registry_worker(self, **settings: object) -> Child:
        """Registry's worker: the relay, above all."""
        return await self._service("registry", "worker", **settings)

    async def indicators_worker(self, **settings: object) -> Child:
        """The worker of indicators: it counts."""
        return await self._service("indicators", "worker", **settings)

    async def dying(self, service: str, moment: str) -> Child:
        """A worker that kills itself at a moment, see `tests.e2e.faults.dying`. It may never become ready."""
        settings = self.settings(service)
        return await self.children.start(f"{service}-dying", ("tests.e2e.faults.dying", moment), settings=settings)

    def settings(self, service: str, **more: object) -> Mapping[str, object]:
        """What the processes of a service are told."""
        return VALUES | {
            "database_url": self.postgres.urls_of(service).service_url,
            "kafka_bootstrap": self.broker.bootstrap,
            "broker_profile": BrokerProfile.EMBEDDED.value,
            "oidc_issuer": self._issuer.url,
            "internal_port": free_port(),
            "shutdown_grace": 10,
            **more,
        }

    async def _service(self, service: str, verb: str, **more: object) -> Child:
        settings = self.settings(service, **more)
        port = settings["internal_port"]
        assert isinstance(port, int)
        arguments = (f"services.{service}", verb)
        return await self.children.start(f"{service}-{verb}", arguments, settings=settings, health_port=port)

    async def _prepare_databases(self) -> None:
        await asyncio.to_thread(self.postgres.start)
        for spec in (REGISTRY, INDICATORS):  # one after the other: Alembic's context is one per process
            await self._migrate(spec)
        url = self.postgres.urls_of(REGISTRY.name).service_url
        crypto = Crypto.from_settings(settings_for(REGISTRY.name, url))
        database = Database(url, pool=1, application="test")
        try:
            async with database.session() as session:
                areas = use_cases(plain_context(session, REGISTRY, SystemClock(), crypto)).areas
                await areas.take_over(read_divisions(DIVISIONS), books_opened_on=BOOKS_OPENED_ON)
                await session.commit()
        finally:
            await database.close()

    async def _migrate(self, spec: ServiceSpec) -> None:
        urls = await self.postgres.create_service(spec.name)
        await migrate(spec, urls.owner_url, service_role=urls.service_role)

    # -- how a test gets at it -----------------------------------------------------------------------------------------
    @asynccontextmanager
    async def clerk(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of registry's API with a real token that may do everything these tests do."""
        token = self._issuer.mint(role=ROLE, area=COUNTY)
        base = f"http://127.0.0.1:{self._api_port}/registry/v1"
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=30) as client:
            yield client

    @asynccontextmanager
    async def bus(self) -> AsyncIterator[KafkaBus]:
        """A client of the broker."""
        settings = settings_for(
            REGISTRY.name,
            self.postgres.urls_of(REGISTRY.name).service_url,
            kafka_bootstrap=self.broker.bootstrap,
            broker_profile=BrokerProfile.EMBEDDED,
        )
        bus = KafkaBus(settings, client_id="test")
        try:
            yield bus
        finally:
            await bus.close()


@asynccontextmanager
async def a_county(folder: Path) -> AsyncIterator[County]:
    """A county with its areas; services are started by the test, and everything ends with the body."""
    county = County(folder)
    try:
        await county.found()
        yield county
    finally:
        await county.close()
