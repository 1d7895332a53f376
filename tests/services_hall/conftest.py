"""The hall under test: registry's states arrive as from the bus, everything else goes over HTTP."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.services_hall.app import create_app
from services.services_hall.features import ROUTES
from services.services_hall.settings import Settings
from shared.contracts.envelope import Span
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.crypto.extracts import ExtractSigner
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from shared.testing.settings import EXTRACT_PRIVATE_KEY, settings_for

VILLAGE = "450481114201"
CLERK = a_principal("village_clerk", VILLAGE)
COUNTY_OFFICER = a_principal("county_officer", "450481")
NUMBER = "45048119900307019X"
NAME = "测试甲某某"

SIGNER = ExtractSigner.parse(EXTRACT_PRIVATE_KEY)

VERSION: dict[str, Any] = {
    "name": "居住证明",
    "handling_mode": "within_promise",
    "statutory_days": 20,
    "promised_days": 5,
    "levels": [9, 12],
}


def an_area(code: str) -> AreaState:
    return AreaState(
        id=code, code=code, version=1, name="测试村", level=len(code), kind="villagers_committee", parent=code[:9],
        valid_from=date(2023, 6, 30),
    )  # fmt: skip


def a_person(id: UUID) -> PersonState:
    span = Span(area=VILLAGE, kind="registered", start=date(2026, 1, 1))
    return PersonState(id=id, version=1, status=PersonStatus.ACTIVE, sex="1", birth_month="1990-03", residence=(span,))


def calendars() -> list[CalendarState]:
    """What registry announced: the years with a notice."""
    return [
        CalendarState(
            id=str(year.year), version=1, year=year.year, holidays=tuple(year.holidays),
            working_weekends=tuple(year.working_weekends), provisional=False, source="notice",
        )
        for year in published_years()
    ]  # fmt: skip


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="services_hall", clock=clock, crypto=crypto)


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    settings = settings_for("services_hall", service_database.service_url)
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=committed))


@pytest.fixture
async def person(arrivals: Arrivals) -> UUID:
    """A person whom registry announced, with counters and calendar."""
    person_id = new_id()
    await arrivals.take(an_area("450481114"), an_area(VILLAGE), *calendars(), a_person(person_id))
    return person_id


@pytest.fixture
async def item(door: Door) -> str:
    """A published item."""
    return await publish_item(door)


async def publish_item(door: Door, code: str = "VILLAGE-CERT-01", **changes: Any) -> str:
    async with door.client(COUNTY_OFFICER) as client:
        draft = await client.post(
            "/items", json={"code": code, "department": "civil_affairs", "category": "assistance"}
        )
        assert draft.status_code == 201, draft.text
        item_id: str = draft.json()["id"]
        content = {**VERSION, **changes}
        done = await client.post(f"/items/{item_id}/publish", json=content, headers={"If-Match": draft.headers["etag"]})
        assert done.status_code == 200, done.text
    return item_id


Submit = Callable[..., Awaitable[Any]]


@pytest.fixture
def extract_of(clock: FrozenClock) -> Callable[..., str]:
    """A signed extract as registry makes it; anything may be made wrong."""

    def sign(person: UUID, *, audience: str = "services_hall", signer: ExtractSigner = SIGNER) -> str:
        fields = {"name": NAME, "document_number": NUMBER}
        return signer.sign(
            person_id=person, fields=fields, audience=audience, purpose="case_handling", now=clock.now()
        ).jws

    return sign


@pytest.fixture
def submit(door: Door, person: UUID, item: str, extract_of: Callable[..., str]) -> Submit:
    """Submits a valid case as the clerk and returns its body."""

    async def send(**what_matters: Any) -> Any:
        body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person), **what_matters}
        async with door.client(CLERK) as client:
            answer = await client.post("/cases", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return send
