"""Loads the demo county through the use cases: real divisions, synthetic residents and grids, the items that ship.

Every step may be repeated: what is there already stays. Grids wait for the areas to arrive in grid over the bus,
residents for the grids to arrive in registry: so the first start is also the first proof that the bus works.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from typing import TypeVar

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from deploy.local.county.catalogue import BOOKS_OPENED_ON, UNITS
from deploy.local.county.divisions import COUNTY, divisions, villages
from deploy.local.county.grids import GridOutline, outlines
from deploy.local.county.residents import ELSEWHERE, Family, Resident, families
from deploy.local.stack.deployment import Stack
from deploy.local.stack.folder import LocalRefused
from deploy.local.stack.services import service_settings
from services.grid.grids.domain import GridKind, NewGrid
from services.grid.grids.models import Grid
from services.grid.units.models import HandlingUnit
from services.grid.wiring import use_cases as grid_use_cases
from services.registry.areas.domain import read_divisions
from services.registry.households.domain import HouseholdKind
from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place, ResidenceKind
from services.registry.persons.domain import Identity, NewPerson
from services.registry.persons.repository.persons import PersonRepository
from services.registry.tags.domain import misfits
from services.registry.wiring import use_cases as registry_use_cases
from services.services_hall.item_tables.schemas import Arrangement, shipped
from services.services_hall.items.models import Item
from services.services_hall.wiring import use_cases as hall_use_cases
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.clock import SystemClock, today
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.db.faults import passes
from shared.messaging.context import PlainContext, UseCaseContext
from shared.messaging.outbox.writer import Outbox
from shared.reference.departments import DEPARTMENTS, ITEM_CATEGORIES
from shared.reference.documents import DocumentType

BATCH = 60
ATTEMPTS = 10
"""Households a transaction."""
ARRIVAL_LIMIT = 150.0
SEEDER = Principal("system:seed", (Grant(Role.COUNTY_OFFICER, COUNTY), Grant(Role.COUNTY_REGISTRAR, COUNTY)))

Report = Callable[[str], None]
T = TypeVar("T")


@asynccontextmanager
async def opened(service: str, stack: Stack) -> AsyncIterator["OpenService"]:
    """A service opened for its use cases, on its database, with the role of the running service."""
    settings = service_settings(stack, service)
    url = settings.database_url.get_secret_value()
    database = Database(url, pool=2, application="seed", statement_timeout_ms=60_000)
    try:
        yield OpenService(service, database, Crypto.from_settings(settings))
    finally:
        await database.close()


class OpenService:
    """Runs use cases of one service without HTTP: one transaction for each step."""

    def __init__(self, owner: str, database: Database, crypto: Crypto) -> None:
        self._owner = owner
        self._database = database
        self._crypto = crypto
        self._clock = SystemClock()

    async def __call__(self, step: Callable[[UseCaseContext], Awaitable[T]]) -> T:
        """Runs the step and commits; again if a worker of the stack, which does its first duties, was in the way."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._once(step)
            except DBAPIError as error:
                if not passes(error) or attempt + 1 == ATTEMPTS:
                    raise
        raise AssertionError

    async def _once(self, step: Callable[[UseCaseContext], Awaitable[T]]) -> T:
        async with self._database.session() as session:
            outbox = Outbox(session, owner=self._owner, clock=self._clock)
            context = PlainContext(session, self._clock, outbox, self._crypto, AccessNotes(self._clock))
            done = await step(context)
            await session.commit()
        return done


async def seed(stack: Stack, *, report: Report) -> None:
    """Returns when the residents are committed. Raises LocalRefused if states do not arrive over the bus."""
    opening = min(BOOKS_OPENED_ON, today(SystemClock()))
    async with (
        opened("registry", stack) as registry,
        opened("grid", stack) as grid,
        opened("services_hall", stack) as hall,
    ):
        areas, years = await registry(lambda context: areas_and_calendar(context, opening))
        report(f"{areas} areas and {years} years of the calendar entered the register")
        published = await hall(items)
        report(f"{published} items are published in the hall")
        boundaries = outlines([code for code, _ in villages()])
        await arrived(grid, "registry.area", len(divisions()))
        drawn = await grid(lambda context: grids(context, boundaries, opening))
        report(f"{drawn} synthetic grids are drawn")
        await arrived(registry, "grid.grid", len(boundaries))
        await register(registry, families(villages()), opening, report)
        while await registry(suggest):
            pass


async def suggest(context: UseCaseContext) -> bool:
    """The first search for tags: the worker's own has been before anybody was registered, and comes again tomorrow."""
    return await registry_use_cases(context).tag_suggestions.search()


async def arrived(service: OpenService, noun: str, wanted: int) -> None:
    """Waits until the service's projection holds so many states of another service's noun. Raises LocalRefused."""
    query = text("SELECT count(DISTINCT aggregate) FROM projected_states WHERE noun = :noun")

    async def received(context: UseCaseContext) -> int:
        return int(await context.session.scalar(query, {"noun": noun}) or 0)

    deadline = time.monotonic() + ARRIVAL_LIMIT
    while (have := await service(received)) < wanted:
        if time.monotonic() > deadline:
            raise LocalRefused(f"{have} of {wanted} {noun} came over the bus in {ARRIVAL_LIMIT:.0f} s.")
        await asyncio.sleep(0.2)


async def areas_and_calendar(context: UseCaseContext, opening: date) -> tuple[int, int]:
    """Opens the areas, enters the working calendar; how many areas and years were new."""
    cases = registry_use_cases(context)
    taken = await cases.areas.take_over(read_divisions(divisions()), books_opened_on=opening)
    return taken.opened, await cases.calendar.seed()


async def grids(context: UseCaseContext, boundaries: Sequence[GridOutline], opening: date) -> int:
    """Draws the grids and founds the units; how many grids were new."""
    known = set(await context.session.scalars(select(Grid.code)))
    new = [
        NewGrid(outline.code, GridKind.COMPREHENSIVE, outline.ring, synthetic=True, valid_from=opening)
        for outline in boundaries
        if outline.code not in known
    ]
    if new:
        await grid_use_cases(context).grids.draw_all(SEEDER, new)
    units = set(await context.session.scalars(select(HandlingUnit.name)))
    for department, name in UNITS:
        if name not in units:
            await grid_use_cases(context, departments=DEPARTMENTS).units.create(
                SEEDER, area=COUNTY, department=department, name=name
            )
    return len(new)


async def items(context: UseCaseContext) -> int:
    """Publishes the service items; how many were new."""
    known = set(await context.session.scalars(select(Item.code)))
    cases = hall_use_cases(context, departments=DEPARTMENTS, categories=ITEM_CATEGORIES).items
    entries = [one.entry() for arrangement in Arrangement for one in shipped(arrangement)]
    new = [one for one in entries if one.item.code not in known]
    for one in new:
        item = await cases.draft(SEEDER, one.item)
        await cases.publish_shipped(SEEDER, item.id, one.version)
    return len(new)


async def register(registry: OpenService, everyone: Sequence[Family], opening: date, report: Report) -> None:
    """Registers all families, sixty in a transaction."""
    began = time.monotonic()
    count = reported = 0
    for start in range(0, len(everyone), BATCH):
        batch = everyone[start : start + BATCH]
        await registry(partial(residents, batch=batch, opening=opening))
        count += sum(len(family.residents) for family in batch)
        if count // 1_000 > reported:
            reported = count // 1_000
            report(f"{count} synthetic residents are registered ({time.monotonic() - began:.1f} s)")
    report(f"{count} residents in {len(everyone)} households are there")


async def residents(context: UseCaseContext, batch: Sequence[Family], opening: date) -> bool:
    """Persons, households and tags of a batch of families; False if they were there already (all or none)."""
    first = context.crypto.blind(DocumentType.CITIZEN_ID, batch[0].residents[0].number)
    if await PersonRepository(context.session).by_digests(DocumentType.CITIZEN_ID, first) is not None:
        return False
    cases = registry_use_cases(context)
    members = [(family, resident) for family in batch for resident in family.residents]
    records = await cases.admissions.admit([new_person(family, resident, opening) for family, resident in members])
    by_number = {resident.number: record for (_, resident), record in zip(members, records, strict=True)}
    await cases.households.found_many(
        [
            (
                HouseholdKind.LIVING if family.floating else HouseholdKind.LEGAL,
                family.village,
                opening,
                [(by_number[resident.number], resident.relation) for resident in family.residents],
            )
            for family in batch
        ]
    )
    tagged = [(by_number[resident.number], tag) for _, resident in members for tag in resident.tags]
    day = today(context.clock)
    await cases.tags.start_many(
        [(person, tag, opening) for person, tag in tagged if not misfits(tag, person, opening, today=day)]
    )
    return True


def new_person(family: Family, resident: Resident, opening: date) -> NewPerson:
    """A synthetic resident as the input of registry's admission."""
    left_behind = any(tag.startswith("left_behind") for tag in resident.tags)
    kind = ResidenceKind.LEFT_BEHIND if left_behind else ResidenceKind.REGISTERED
    return NewPerson(
        entry=LifeEventKind.ENROLLED,
        occurred_on=opening,
        reported_on=opening,
        name=resident.name,
        sex=resident.sex,
        birth_date=resident.birth_date,
        document=Identity(DocumentType.CITIZEN_ID, resident.number),
        ethnic_group=resident.ethnic_group,
        phone=resident.phone,
        address=resident.address,
        residence=Place(family.grid, ResidenceKind.FLOATING if family.floating else kind),
        registration=Place(ELSEWHERE if family.floating else family.village, REGISTERED_PLACE),
    )
