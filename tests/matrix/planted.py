"""What lies in one village of each service: a person, a case, an incident, records, and all that hangs on them.

The owner of all of it has every role in the county; whoever walks (`walking.py`) has one grant somewhere else.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import yaml
from sqlalchemy import text as sql

from services.grid.app import create_app as create_grid
from services.grid.features import ROUTES as GRID_ROUTES
from services.indicators.app import create_app as create_indicators
from services.indicators.features import ROUTES as INDICATOR_ROUTES
from services.registry.app import create_app as create_registry
from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC as REGISTRY
from services.registry.wiring import use_cases as registry_use_cases
from services.services_hall.app import create_app as create_hall
from services.services_hall.features import ROUTES as HALL_ROUTES
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, Role
from shared.contracts.envelope import Span
from shared.contracts.registry.tags import TagState
from shared.crypto.service import Crypto
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import DEPARTMENT, Arrivals, Door, a_principal
from shared.testing.settings import settings_for
from tests.architecture.worlds import samples_of
from tests.grid.builders import restricted, square
from tests.grid.dictionary_tables import samples as dictionary_tables
from tests.grid.grid_changes.changing import rectangle
from tests.indicators.definitions.drafting import a_draft
from tests.registry import builders
from tests.registry.circumstances.entering import medical, membership
from tests.registry.facility_tables import samples as facility_tables
from tests.registry.list_tables import samples as list_tables
from tests.registry.organisation_tables import samples as organisation_tables
from tests.registry.person_exports import samples as person_exports
from tests.registry.person_imports import samples as person_imports
from tests.registry.retention_runs import samples as retention_runs
from tests.services_hall import conftest as hall
from tests.services_hall.item_tables import samples as item_tables
from tests.shared.ledgers.accounts.conftest import an_hour
from tests.shared.ledgers.records.conftest import Published
from tests.shared.ledgers.records.definitions import MEDIATIONS

COUNTY = "450481"
OWNER = Principal(
    "owner",
    tuple(
        Grant(role, COUNTY, DEPARTMENT if role in DEPARTMENT_ROLES else None) for role in Role if role not in OWN_ONLY
    ),
)
NAME, PHONE, WORDS, ADDRESS = "欧阳植入", "13912345678", "植入事由", "植入村民组九十九号"
NUMBER = "45048119900307019X"
SEALED = "植入之密件"
GUARDIAN, GUARDIAN_PHONE = "上官植入", "13512345678"
HOLDER = "司马植入"
SECRETS = (NAME, PHONE, GUARDIAN_PHONE, NUMBER, WORDS, ADDRESS, "植入")
HOURS = Path(__file__).parents[2] / "services/grid/ledgers/volunteer_hours.yaml"


@dataclass
class World:
    """A service with what was planted. `ids`: by the word that stands before it in an address."""

    service: str
    door: Door
    home: str
    sibling: str
    other_town: str
    ids: dict[str, str] = field(default_factory=dict)
    public: frozenset[str] = frozenset()

    @property
    def planted(self) -> tuple[str, ...]:
        """What no stranger may be answered: words and numbers of people, and ids of what lies in the village."""
        hidden = (value for word, value in self.ids.items() if word not in self.public and "-" in value)
        return (*SECRETS, *hidden)

    async def ask(self, caller: Principal, method: str, path: str, **how: Any) -> httpx.Response:
        """A request below the service's version."""
        async with self.door.client(caller) as client:
            return await client.request(method, path, **how)

    async def made(self, path: str, body: Any = None, *, status: int = 201, **how: Any) -> dict[str, Any]:
        """What the owner made."""
        answer = await self.ask(OWNER, "POST", path, json=body, **how)
        assert answer.status_code == status, f"{path}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found


Plant = Callable[[ServiceDatabase, FrozenClock, Path], Awaitable[World]]


async def _common(world: World) -> World:
    """What the nouns' own tests can make, a file that lies loose, the owner's phone, and long work of the county."""
    world.ids |= {**await samples_of(world.service, world.door, world.home), **world.ids}
    file = await world.ask(OWNER, "POST", "/files", content=b"\xff\xd8\xff\xe0 a picture")
    assert file.status_code == 201, file.text
    world.ids["files"] = file.json()["id"]
    world.ids["jobs"] = (await world.made("/republish", {}, status=202))["job"]
    world.ids["devices"] = (await world.made("/devices", {}))["device"]["id"]
    return world


async def registry(database: ServiceDatabase, clock: FrozenClock, files: Path) -> World:
    """A household with a care tag and a restricted one, and the dwelling of its head."""
    settings = settings_for("registry", database.service_url, files=str(files), rate_per_minute=100_000)
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
    world = World(
        "registry",
        door,
        builders.VILLAGE,
        builders.SISTER,
        builders.FAR,
        public=frozenset({"areas", "reading-limits", "retention-rules"}),
    )
    head = builders.a_person(
        name=NAME, phone=PHONE, address=ADDRESS, document={"number": NUMBER}, birth_date="1990-03-07", sex="1"
    )
    household = await world.made("/households", builders.a_household({"relation": "02", "person": head}))
    person = household["members"][0]["person_id"]
    building = {"area": world.home, "kind": "farmhouse", "address": ADDRESS, "valid_from": "2026-02-01"}
    world.ids["buildings"] = (await world.made("/buildings", building))["id"]
    room = {"building_id": world.ids["buildings"], "room": "1", "valid_from": "2026-02-01"}
    world.ids["dwellings"] = (await world.made("/dwellings", room))["id"]
    seat = {"area": world.home, "kind": "resident_unit", "name": "植入合作社", "responsible": NAME, "phone": PHONE}
    seat |= {"address": ADDRESS, "began_on": "2026-02-01"}
    world.ids["organisations"] = (await world.made("/organisations", seat))["id"]
    place = {"area": world.home, "kind": "outlet", "name": "植入超市", "opened_on": "2026-02-01"}
    world.ids["facilities"] = (await world.made("/facilities", place))["id"]
    line = {"kind": "demonstration_line", "name": "植入示范线", "formed_on": "2026-02-01", "members": [world.home]}
    world.ids["area-sets"] = (await world.made("/area-sets", line))["id"]
    office = {"area": world.home, "post": "director", "name": HOLDER, "phone": PHONE, "way": "elected"}
    world.ids["terms"] = (await world.made("/terms", {**office, "began_on": "2026-02-01"}))["id"]
    living = {"role": "occupant", "person_id": person, "since": "2026-02-01"}
    occupancy = await world.made(f"/dwellings/{world.ids['dwellings']}/occupancies", living)
    undocumented = {"undocumented": {"reason": "lost", "due_on": "2026-04-30"}}
    entered = {key: value for key, value in builders.a_person(name="植入无证").items() if key != "document"}
    world.ids["undocumented"] = (await world.made("/persons", {**entered, **undocumented}))["id"]
    looked = {"groups": ["contact"], "verified_on": "2020-02-01"}
    await world.made(f"/persons/{person}/verifications", looked, status=200)  # so that it is due again
    wedding = {"spouse": {"name": "植入新娘", "sex": "2", "birth_date": "1992-05-17"}, "married_on": "2026-02-01"}
    world.ids["marriages"] = (await world.made("/marriages", {"person_id": person, **wedding}))["id"]
    told = {"place": world.home, "purpose": "case_handling", "document_number": NUMBER, "phone": PHONE}
    world.ids["proofs"] = (await world.made("/proofs", told))["id"]
    guess = {"document_number": NUMBER, "code": "00000000"}
    guessed = await world.ask(a_principal("resident", world.home), "POST", "/own/binding", json=guess)
    world.ids["bindings"] = guessed.json()["id"]
    tagged = {"started_on": "2026-02-01"}
    world.ids |= {
        "areas": world.home,
        "reading-limits": "full",
        "households": household["id"],
        "persons": person,
        "members": person,
        "occupancies": occupancy["id"],
        "tags": (await world.made(f"/persons/{person}/tags", {"code": "disabled", **tagged}))["id"],
        "restricted-tags": (await world.made(f"/persons/{person}/restricted-tags", {"code": "drug_user", **tagged}))[
            "id"
        ],
        "circumstances": (await world.made(f"/persons/{person}/circumstances", medical()))["id"],
        "restricted-circumstances": (await world.made(f"/persons/{person}/circumstances", membership()))["id"],
        "life-events": (await world.ask(OWNER, "GET", f"/persons/{person}/life-events")).json()["items"][0]["id"],
    }
    asked = {"role": "responsible", "party": "outside", "relation": "volunteer", "began_on": "2026-02-01"}
    told_of = {**asked, "name": GUARDIAN, "phone": GUARDIAN_PHONE}
    world.ids["tag-contacts"] = (await world.made(f"/tags/{world.ids['tags']}/contacts", told_of))["id"]
    await world.made(f"/tags/{world.ids['restricted-tags']}/contacts", told_of)
    paper = {"purpose": "publicity", "groups": ["name"], "given_on": "2026-02-01", "reference": f"{WORDS}第一号"}
    world.ids["consents"] = (await world.made(f"/persons/{person}/consents", paper))["id"]
    child = await world.made("/persons", builders.a_person(name="植入小童", birth_date="2015-03-02"))
    await world.made(f"/persons/{child['id']}/tags", {"code": "orphan", **tagged})  # whose guardian nobody knows
    left = await world.made("/persons", builders.a_person(name="植入离人", occurred_on="2010-01-01"))
    await world.made(f"/persons/{left['id']}/move-out", {"occurred_on": "2019-01-01"}, status=200)
    world.ids["erasures"] = (await world.made(f"/persons/{left['id']}/erasures", {"ground": "term_over"}))["id"]
    world = await _common(world)
    world.ids |= await person_imports.samples(door, world.home, OWNER)
    world.ids |= await person_exports.samples(door, world.home, OWNER)
    for tables in (organisation_tables, facility_tables, list_tables):
        world.ids |= await tables.samples(door, world.home, OWNER)
    world.ids |= await retention_runs.samples(door, world.home, OWNER)
    return world


async def services_hall(database: ServiceDatabase, clock: FrozenClock, files: Path) -> World:
    """A case of a person by a sealed extract."""
    settings = settings_for("services_hall", database.service_url, files=str(files), rate_per_minute=100_000)
    door = Door(create_hall(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    crypto = Crypto.from_settings(settings)
    arrivals = Arrivals(database.database, HALL_ROUTES, owner="services_hall", clock=clock, crypto=crypto)
    person = new_id()
    await arrivals.take(
        *(hall.an_area(code) for code in ("450481114", hall.VILLAGE, hall.OTHER_VILLAGE)),
        *hall.calendars(),
        hall.a_person(person),
    )
    world = World(
        "services_hall",
        door,
        hall.VILLAGE,
        hall.OTHER_VILLAGE,
        "450481113201",
        public=frozenset({"catalogue", "items", "packages", "retention-rules", "warning-rules"}),
    )
    item = await hall.publish_item(door)
    fields = {"name": NAME, "document_type": "citizen_id", "document_number": NUMBER, "phone": PHONE}
    extract = hall.WRITER.write(
        person_id=person,
        fields=fields,
        audience="services_hall",
        purpose="case_handling",
        place=hall.VILLAGE,
        now=clock.now(),
    ).text
    case = await world.made("/cases", {"item_id": item, "area": world.home, "extract": extract})
    guardian = {"name": GUARDIAN, "document_type": "citizen_id", "document_number": "321083197812162119"}
    party = {"capacity": "guardian", "proof": "guardianship", "person": {**guardian, "phone": GUARDIAN_PHONE}}
    await world.made(f"/cases/{case['id']}/persons", party, status=200)
    persons = await world.ask(OWNER, "GET", f"/cases/{case['id']}/persons")
    world.ids |= {"cases": case["id"], "items": item, "persons": persons.json()["items"][1]["id"]}
    package = await world.made("/packages", {"template": "death"})
    extract = hall.WRITER.write(
        person_id=person,
        fields=fields,
        audience="services_hall",
        purpose="case_handling",
        place=hall.VILLAGE,
        now=clock.now(),
    ).text
    brought = {"package_id": package["id"], "area": world.home, "items": package["items"], "consent": "signed"}
    world.ids["matters"] = (await world.made("/matters", {**brought, "extract": extract}))["id"]
    world.ids |= {"packages": package["id"], "catalogue": item}
    world.ids |= await item_tables.samples(door, world.home, OWNER)
    await world.made(f"/cases/{case['id']}/receive", None, status=200)
    world.ids["documents"] = (await world.made(f"/cases/{case['id']}/documents", {"kind": "receipt"}))["id"]
    assert (await hall.draft_version(door, item, promised_days=1)).status_code == 200
    await _common(world)
    async with database.database.session() as session:  # of who withdrew the years are over
        await session.execute(sql("UPDATE cases SET withdrawn_at = '2020-01-01' WHERE status = 'withdrawn'"))
        await session.commit()
    return world


async def grid(database: ServiceDatabase, clock: FrozenClock, files: Path) -> World:
    """An incident, a visit of a restricted tag, a grid, and two ledgers with all that hangs on a record."""
    settings = settings_for("grid", database.service_url, files=str(files), rate_per_minute=100_000)
    door = Door(create_grid(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    crypto = Crypto.from_settings(settings)
    arrivals = Arrivals(database.database, GRID_ROUTES, owner="grid", clock=clock, crypto=crypto)
    person = hall.a_person(new_id())
    tag = TagState(
        id=new_id(), version=1, person_id=person.id, code="drug_user", started_on=date(2026, 2, 1), sex=person.sex,
        birth_month=person.birth_month, residence=person.residence,
    )  # fmt: skip
    areas = (hall.an_area(code) for code in ("450481114", hall.VILLAGE, hall.OTHER_VILLAGE))
    await arrivals.take(*areas, *hall.calendars(), person)
    await arrivals.take(restricted(tag))
    published = Published(database.database)
    for text in (MEDIATIONS, HOURS.read_text(encoding="utf-8")):
        await published.publish(text)
    public = frozenset({"duties", "versions", "escalation-rules", "receptions", "visit-rules"})
    world = World("grid", door, hall.VILLAGE, hall.OTHER_VILLAGE, "450481113201", public=public)
    world.ids["versions"] = "1"  # of the dictionary of incidents
    drawn = {"code": f"{world.home}001", "polygon": square(111.0, 22.9), "valid_from": "2026-01-01"}
    world.ids["grids"] = (await world.made("/grids", drawn))["code"]
    world.ids["coverage"] = world.home
    lives = Span(area=f"{world.home}002", kind="registered", start=date(2026, 1, 1))
    await arrivals.take(hall.a_person(new_id()).model_copy(update={"residence": (lives,)}))
    await _grids(world)
    photo = await world.ask(OWNER, "POST", "/files", content=b"\xff\xd8\xff\xe0 a photo")
    world.ids["photos"] = photo.json()["id"]
    incident: dict[str, Any] = {"source": "resident", "category": "environment", "area": world.home}
    await world.made("/incidents", incident)  # one about the same: `listSimilarIncidents`
    incident |= {"description": WORDS, "photos": [world.ids["photos"]]}
    world.ids["incidents"] = (await world.made("/incidents", incident))["id"]
    [visit] = (await world.ask(OWNER, "GET", "/visits")).json()["items"]
    world.ids["visits"] = visit["id"]
    report = {"category": "environment", "area": world.home, "description": WORDS, "phone": PHONE}
    reported = await world.ask(OWNER, "POST", "/public-reports", json=report)
    assert reported.status_code == 201, reported.text
    world.ids["public-reports"] = (await world.ask(OWNER, "GET", "/public-reports")).json()["items"][0]["id"]
    told = {"name": NAME, "phone": PHONE, "address": ADDRESS, "claim": WORDS, "registered_on": "2026-03-16"}
    petition = {"area": world.home, "form": "visit", "matter": "land", **told}
    world.ids["petitions"] = (await world.made("/petitions", petition))["id"]
    unit = {"area": world.home, "department": DEPARTMENT, "name": "植入处置队"}
    world.ids["units"] = (await world.made("/units", unit))["id"]
    world.ids |= await dictionary_tables.samples(door, world.home, OWNER)
    await _ledgers(world)
    await published.publish(MEDIATIONS, number=2, additive=False, mapping={}, title="调解（新）")
    world.ids["moves"] = (await world.made("/ledgers/mediations/moves"))["id"]
    return await _common(world)


async def _grids(world: World) -> None:
    """A grid in which somebody lives becomes another one, for which somebody answers."""
    old, new = {"code": f"{world.home}002"}, {"code": f"{world.home}003"}
    await world.made("/grids", {**old, "polygon": square(111.01, 22.9), "valid_from": "2026-01-01"})
    part = {**new, "polygon": rectangle(111.01, 111.015)}
    rest = {"code": f"{world.home}004", "polygon": rectangle(111.015, 111.02)}
    split = {"kind": "split", "effective_on": "2026-03-01", "ends": [old], "draws": [part, rest], "heir": new["code"]}
    world.ids["grid-changes"] = (await world.made("/grid-changes", split))["id"]
    [proposal] = (await world.ask(OWNER, "GET", "/residence-proposals")).json()["items"]
    world.ids["residence-proposals"] = proposal["id"]
    staff = {"grid": new["code"], "worker": "u-1", "post": "head", "since": "2026-03-01"}
    world.ids["grid-staff"] = (await world.made("/grid-staff", staff))["id"]


async def _ledgers(world: World) -> None:
    path = "/ledgers/mediations"
    paper = await world.ask(OWNER, "POST", "/files", content=b"%PDF-1.7 a paper")
    values = {
        "kind": "land",
        "found_on": "2026-03-02",
        "matter": WORDS,
        "contact": NAME,
        "phone": PHONE,
        "number": NUMBER,
        "secret": SEALED,
        "paper": paper.json()["id"],
        "parties": [{"name": NAME}],
    }
    record = await world.made(f"{path}/records", {"area": world.home, "values": values, "note": WORDS})
    table = await world.ask(OWNER, "POST", "/files", content=f"类型,发现日期,联系人\n土地,2026-03-02,{NAME}\n".encode())
    imported = await world.made(f"{path}/imports", {"file": table.json()["id"], "area": world.home})
    exported = await world.made(f"{path}/exports", {"purpose": "audit", "area": world.home})
    card = {"card": "SJ-1", "name": NAME, "phone": PHONE, "team": "youth", "joined_on": "2026-01-05"}
    hours = "/ledgers/volunteer_hours"
    volunteer = await world.made(f"{hours}/records", {"area": world.home, "values": card})
    posting = {**an_hour(volunteer["id"], 90, area=world.home), "remark": WORDS}
    posted = await world.made(f"{hours}/postings", posting)
    closed = await world.made(f"{hours}/closings", {"area": world.home, "month": "2026-02"})
    asked = {"account_id": posted["sides"][0]["account_id"], "since": "2026-01-01", "until": "2026-12-31"}
    statement = await world.made(f"{hours}/statement-exports", {"purpose": "audit", **asked})
    draft = yaml.load(MEDIATIONS, yaml.CSafeLoader) | {"code": "drafted_one"}
    await world.made("/ledger-drafts", {"definition": draft})
    world.ids |= {
        "records": record["id"],
        "files/": paper.json()["id"],
        "imports": imported["id"],
        "exports": exported["id"],
        "statement-exports": statement["id"],
        "postings": posted["id"],
        "accounts": posted["sides"][0]["account_id"],
        "closings": closed["id"],
        "ledger-drafts": "drafted_one",
        "disclosed-records": record["id"],
    }


async def indicators(database: ServiceDatabase, clock: FrozenClock, files: Path) -> World:
    """Figures of a village."""
    settings = settings_for("indicators", database.service_url, files=str(files), rate_per_minute=100_000)
    door = Door(create_indicators(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    crypto = Crypto.from_settings(settings)
    arrivals = Arrivals(database.database, INDICATOR_ROUTES, owner="indicators", clock=clock, crypto=crypto)
    areas = (hall.an_area(code) for code in ("450481114", hall.VILLAGE, hall.OTHER_VILLAGE))
    await arrivals.take(*areas, *hall.calendars(), hall.a_person(new_id()))
    public = frozenset({"definitions"})
    world = World("indicators", door, hall.VILLAGE, hall.OTHER_VILLAGE, "450481113201", public=public)
    world.ids["rebuilds"] = (await world.made("/rebuilds", {}, status=202))["id"]
    drafted = await world.made("/definition-drafts", a_draft())
    world.ids |= {"definitions": "POP-RES", "definition-drafts": drafted["code"]}
    await world.made(f"/definition-drafts/{drafted['code']}/try", {}, status=202)
    return await _common(world)


PLANTS: Mapping[str, Plant] = {
    "registry": registry,
    "services_hall": services_hall,
    "grid": grid,
    "indicators": indicators,
}
