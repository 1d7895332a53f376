"""Forms under test: grid's application with published ledgers, devices and the door of OpenRosa."""

import base64
import json
import zlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.grid.features import FEATURES, ROUTES, SPEC
from services.grid.settings import Settings
from shared.auth.principal import Principal
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.errors import NotFound
from shared.http.app import build_app
from shared.ids import new_id
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.forms.feature import form_feature
from shared.ledgers.forms.openrosa.areas import projected_area_names
from shared.ledgers.forms.openrosa.service import FormParts
from shared.messaging.context import UseCaseContext
from shared.reference.departments import DEPARTMENTS
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for
from tests.grid.builders import WORKER, an_area
from tests.shared.ledgers.forms.ledgers import EVERYTHING, LISTS, definition_in, shipped

DISPUTES = next(path for path in shipped() if path.stem == "disputes")
VOLUNTEERS = next(path for path in shipped() if path.stem == "volunteer_hours")
"""Its access does not say that it is captured in the field."""


class Published:
    """Published ledgers, as the noun of definitions gives them."""

    def __init__(self) -> None:
        self.ledgers: dict[str, Ledger] = {}
        for path in (DISPUTES, EVERYTHING, VOLUNTEERS):
            ledger = compile_ledger(definition_in(path), version=1)
            self.ledgers[ledger.code] = ledger

    async def open_for_records(self, code: str) -> Ledger:
        if code not in self.ledgers:
            raise NotFound(code)
        return self.ledgers[code]

    async def in_force(self) -> Sequence[Ledger]:
        return list(self.ledgers.values())


@dataclass
class Book:
    """Records as they were opened: judged by scope and by the ledger, kept in memory."""

    published: Published
    clock: FrozenClock
    records: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, context: UseCaseContext, departments: Collection[str]) -> "Book":
        assert set(departments) == set(DEPARTMENTS)
        return self

    async def take(
        self, principal: Principal, code: str, *, area: str, subject: str | None, values: Mapping[str, Any]
    ) -> UUID:
        ledger = self.published.ledgers[code]
        principal.department_scope("record.write").require(area, None)
        accepted = ledger.accept(values, today=self.clock.now().date())
        record_id = new_id()
        self.records.append({"id": record_id, "by": principal.subject, "area": area, "values": accepted})
        return record_id


class Phone:
    """A phone with its credentials: it knows the server's address from its QR code, and speaks OpenRosa."""

    def __init__(self, door: Door, settings: str) -> None:
        read = json.loads(zlib.decompress(base64.b64decode(settings)))["general"]
        self.server: str = read["server_url"]
        self.credentials = (read["username"], read["password"])
        self._door = door

    async def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """A request below the server's address, or to a whole address."""
        transport = httpx.ASGITransport(app=self._door.app)
        async with httpx.AsyncClient(transport=transport, auth=how.pop("auth", self.credentials)) as client:
            url = path if path.startswith("http") else f"{self.server}/{path}"
            headers = {"X-OpenRosa-Version": "1.0", **how.pop("headers", {})}
            return await client.request(method, url, headers=headers, **how)

    async def send(self, instance: bytes, files: Mapping[str, bytes] | None = None, **how: Any) -> httpx.Response:
        """One submission, as ODK Collect sends it."""
        parts = [("xml_submission_file", ("instance.xml", instance, "text/xml"))]
        parts += [(name, (name, content, "image/jpeg")) for name, content in (files or {}).items()]
        return await self.ask("POST", "submission", files=parts, **how)


@pytest.fixture
def service_name() -> str:
    return "grid"


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def book(published: Published, clock: FrozenClock) -> Book:
    return Book(published, clock)


@pytest.fixture
def parts(published: Published, book: Book) -> FormParts:
    return FormParts(lambda session, clock: published, book, projected_area_names, LISTS)


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, parts: FormParts) -> Door:
    settings = settings_for("grid", service_database.service_url)
    assert isinstance(settings, Settings)
    features = [*(one for one in FEATURES if one.tag != "devices"), form_feature(parts)]
    return Door(build_app(SPEC, settings, features=features, clock=clock, database=committed))


Enrol = Callable[..., Awaitable[Phone]]


@pytest.fixture
def enrol(door: Door) -> Enrol:
    """A new phone: `await enrol(WORKER)`."""

    async def make(who: Principal = WORKER, **body: Any) -> Phone:
        async with door.client(who) as client:
            answer = await client.post("/devices", json=body)
        assert answer.status_code == 201, answer.text
        return Phone(door, answer.json()["settings"])

    return make


@pytest.fixture
async def phone(enrol: Enrol, villages: None) -> Phone:
    """The phone of the village's grid worker."""
    return await enrol(WORKER)


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="grid", clock=clock, crypto=crypto)


@pytest.fixture
async def villages(arrivals: Arrivals) -> None:
    """Registry announced a town with two villages, and another town with one."""
    codes = ("450481", "450481100", "450481100201", "450481100202", "450481101", "450481101201")
    await arrivals.take(*(an_area(code) for code in codes))


async def devices_of(door: Door, who: Principal) -> list[dict[str, Any]]:
    """The devices that somebody sees."""
    async with door.client(who) as client:
        answer = await client.get("/devices")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def message_of(answer: httpx.Response) -> str:
    """The sentence that the phone shows."""
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert answer.headers["content-type"].startswith("text/xml")
    return answer.text.partition("<message")[2].partition(">")[2].partition("</message>")[0]
