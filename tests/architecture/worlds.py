"""Services with one of each of their nouns, for tests that walk through all of them."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.grid.app import create_app as create_grid
from services.grid.features import ROUTES as GRID_ROUTES
from services.registry.app import create_app as create_registry
from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC as REGISTRY
from services.registry.wiring import use_cases as registry_use_cases
from services.services_hall.app import create_app as create_hall
from services.services_hall.features import ROUTES as HALL_ROUTES
from shared.auth.access_log import AccessNotes
from shared.contracts.registry.tags import TagState
from shared.crypto.service import Crypto
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from shared.testing.settings import settings_for
from tests.registry import builders
from tests.services_hall import conftest as hall

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class World:
    """A service over HTTP, and the id of one of each of its nouns by the name of its list."""

    door: Door
    samples: Mapping[str, str]


async def a_registry(database: ServiceDatabase, clock: FrozenClock, files: Path, **more: Any) -> World:
    settings = settings_for("registry", database.service_url, files=str(files), **more)
    door = Door(create_registry(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    async with database.database.session() as session:
        context = PlainContext(
            session=session,
            clock=clock,
            outbox=Outbox(session, owner=REGISTRY.name, clock=clock),
            crypto=Crypto.from_settings(settings),
            access=AccessNotes(clock),
        )
        divisions = read_divisions(builders.DIVISIONS)
        await registry_use_cases(context).areas.take_over(divisions, books_opened_on=builders.BOOKS_OPENED_ON)
        await session.commit()
    async with door.client(a_principal("county_registrar", builders.VILLAGE)) as client:
        household = (await client.post("/households", json=builders.a_household())).json()
        person = household["members"][0]["person_id"]
        tag = await client.post(f"/persons/{person}/tags", json={"code": "elder_alone", "started_on": "2026-02-01"})
        restricted = await client.post(
            f"/persons/{person}/restricted-tags", json={"code": "drug_user", "started_on": "2026-02-01"}
        )
    samples = {
        "persons": person,
        "households": household["id"],
        "tags": tag.json()["id"],
        "restricted-tags": restricted.json()["id"],
        **await samples_of("registry", door, builders.VILLAGE),
    }
    return World(door, samples)


async def a_hall(database: ServiceDatabase, clock: FrozenClock, files: Path, **more: Any) -> World:
    settings = settings_for("services_hall", database.service_url, files=str(files), **more)
    door = Door(create_hall(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    crypto = Crypto.from_settings(settings)
    arrivals = Arrivals(database.database, HALL_ROUTES, owner="services_hall", clock=clock, crypto=crypto)
    person = new_id()
    await arrivals.take(hall.an_area("450481114"), hall.an_area(hall.VILLAGE), *hall.calendars(), hall.a_person(person))
    item = await hall.publish_item(door)
    extract = hall.WRITER.write(
        person_id=person,
        fields={"name": hall.NAME, "document_type": "citizen_id", "document_number": hall.NUMBER, "phone": None},
        audience="services_hall",
        purpose="case_handling",
        place=hall.VILLAGE,
        now=clock.now(),
    ).text
    async with door.client(hall.CLERK) as client:
        case = await client.post("/cases", json={"item_id": item, "area": hall.VILLAGE, "extract": extract})
    assert case.status_code == 201, case.text
    async with door.client(hall.COUNTY_OFFICER) as client:
        package = (await client.post("/packages", json={"template": "birth"})).json()
    extract = hall.WRITER.write(
        person_id=person,
        fields={"name": hall.NAME, "document_type": "citizen_id", "document_number": hall.NUMBER, "phone": None},
        audience="services_hall",
        purpose="case_handling",
        place=hall.VILLAGE,
        now=clock.now(),
    ).text
    brought = {"package_id": package["id"], "area": hall.VILLAGE, "items": package["items"][:1], "consent": "signed"}
    async with door.client(hall.CLERK) as client:
        matter = await client.post("/matters", json={**brought, "extract": extract})
    assert matter.status_code == 201, matter.text
    samples = {
        "cases": case.json()["id"],
        "matters": matter.json()["id"],
        **await samples_of("services_hall", door, hall.VILLAGE),
    }
    return World(door, samples)


async def a_grid(database: ServiceDatabase, clock: FrozenClock, files: Path, **more: Any) -> World:
    settings = settings_for("grid", database.service_url, files=str(files), **more)
    door = Door(create_grid(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    crypto = Crypto.from_settings(settings)
    arrivals = Arrivals(database.database, GRID_ROUTES, owner="grid", clock=clock, crypto=crypto)
    person = hall.a_person(new_id())
    tag = TagState(
        id=new_id(),
        version=1,
        person_id=person.id,
        code="elder_alone",
        started_on=date(2026, 2, 1),
        sex=person.sex,
        birth_month=person.birth_month,
        residence=person.residence,
    )
    areas = hall.an_area("450481114"), hall.an_area(hall.VILLAGE), hall.an_area("450481114202")
    await arrivals.take(*areas, *hall.calendars(), person)
    await arrivals.take(tag)
    async with door.client(a_principal("village_clerk", hall.VILLAGE, subject="reporter")) as client:
        body = {"source": "resident", "category": "environment", "area": hall.VILLAGE}
        incident = await client.post("/incidents", json=body)
        assert incident.status_code == 201, incident.text
        [visit] = (await client.get("/visits")).json()["items"]
    samples = {"incidents": incident.json()["id"], "visits": visit["id"]}
    samples |= await samples_of("grid", door, hall.VILLAGE)
    return World(door, samples)


async def samples_of(service: str, door: Door, area: str) -> dict[str, str]:
    """What the nouns' own tests can make (`samples.py` beside them), a phone and a file of somebody of the area."""
    async with door.client(a_principal("village_clerk", area)) as client:
        found: dict[str, str] = {"devices": (await client.post("/devices", json={})).json()["device"]["id"]}
    # a file that is not attached is its uploader's alone: the first role that may read one (`entitled`)
    async with door.client(a_principal("agent", area)) as client:
        file = await client.post("/files", content=b"\xff\xd8\xff\xe0 a picture")
        assert file.status_code == 201, file.text
        found["files"] = file.json()["id"]
    for path in sorted(TESTS.glob(f"{service}/*/samples.py")):
        module = importlib.import_module(f"tests.{service}.{path.parent.name}.samples")
        found |= await module.samples(door, area)
    return found
