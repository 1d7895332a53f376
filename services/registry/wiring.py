"""Registry put together: the use cases for every door, and what the kit knows of the service."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from services.registry.accesses.service import Accesses
from services.registry.areas import service as areas
from services.registry.areas.models import Area
from services.registry.areas.repository import lines
from services.registry.areas.service import Areas
from services.registry.balances import service as balances
from services.registry.balances.service import Balances
from services.registry.base import Base
from services.registry.calendar import service as calendar
from services.registry.calendar.models import CalendarYear
from services.registry.calendar.service import Calendar
from services.registry.extracts.service import Extracts
from services.registry.households import service as households
from services.registry.households.domain import MemberElsewhere
from services.registry.households.models import Household
from services.registry.households.service import Households
from services.registry.movements.service import LifeEvents
from services.registry.persons.domain import PersonAlreadyRegistered
from services.registry.persons.models import Person, Posting
from services.registry.persons.repository.loader import PersonLoader
from services.registry.persons.service import persons
from services.registry.persons.service.admissions import Admissions
from services.registry.persons.service.persons import Persons
from services.registry.persons.service.reads import PersonReads
from services.registry.tags import service as tags
from services.registry.tags.domain import Family, TagAlreadyOpen
from services.registry.tags.models import Tag
from services.registry.tags.service import Tags
from shared.auth.access_log import AccessNotes
from shared.crypto.extracts import ExtractSigner
from shared.crypto.service import Crypto
from shared.service import ServiceSpec, UseCaseContext

SPEC = ServiceSpec(
    name="registry",
    title="乡里·居民底册",
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    restate={
        "registry.area": areas.restate,
        "registry.calendar": calendar.restate,
        "registry.person": persons.restate,
        "registry.posting": balances.restate,
        "registry.household": households.restate,
        "registry.tag": tags.restate_care,
        "registry.restricted_tag": tags.restate_sensitive,
    },
    aggregates={
        "registry.area": select(Area.code),
        "registry.calendar": select(CalendarYear.year),
        "registry.person": select(Person.id),
        "registry.posting": select(Posting.id),
        "registry.household": select(Household.id),
        "registry.tag": select(Tag.id).where(Tag.family == Family.CARE),
        "registry.restricted_tag": select(Tag.id).where(Tag.family == Family.SENSITIVE),
    },
)

CONSTRAINTS = {
    "pk_person_digests": PersonAlreadyRegistered,
    "uq_household_members_person": MemberElsewhere,
    "uq_tags_open": TagAlreadyOpen,
}
"""What the database refuses by name."""

lineage = lines
"""Registry reads the lineage out of its own tree."""


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything that can be done. `admissions`, `areas.take_over`, `*.…_many` are for trusted doors."""

    areas: Areas
    calendar: Calendar
    admissions: Admissions
    persons: Persons
    life_events: LifeEvents
    households: Households
    tags: Tags
    balances: Balances
    accesses: Accesses


def use_cases(context: UseCaseContext) -> UseCases:
    """The use cases over one transaction."""
    session, outbox, clock, crypto, access = (
        context.session,
        context.outbox,
        context.clock,
        context.crypto,
        context.access,
    )
    admissions = Admissions(session, outbox, clock, crypto)
    tags_ = Tags(session, outbox, clock, access)
    persons_ = Persons(session, outbox, clock, crypto, access, admissions, tags_)
    households_ = Households(session, outbox, clock, access, persons_)
    return UseCases(
        areas=Areas(session, outbox, clock),
        calendar=Calendar(session, outbox),
        admissions=admissions,
        persons=persons_,
        life_events=LifeEvents(session, outbox, clock, crypto, access, households_, tags_),
        households=households_,
        tags=tags_,
        balances=Balances(session, clock),
        accesses=Accesses(session, access),
    )


def person_reads(loader: PersonLoader, crypto: Crypto, access: AccessNotes) -> PersonReads:
    """The hot read, which needs no transaction."""
    return PersonReads(loader.load, crypto, access)


def extracts(context: UseCaseContext, signer: ExtractSigner) -> Extracts:
    """The one use case that needs the signing key."""
    return Extracts(context.session, context.clock, context.crypto, context.access, signer)
