"""Registry put together: the use cases for every door."""

from dataclasses import dataclass

from services.registry.accesses.service import Accesses
from services.registry.areas.service import Areas
from services.registry.balances.service import Balances
from services.registry.calendar.service import Calendar
from services.registry.extracts.service import Extracts
from services.registry.households.service import Households
from services.registry.movements.service import Movements
from services.registry.persons.repository.loader import PersonLoader
from services.registry.persons.service.admissions import Admissions
from services.registry.persons.service.persons import Persons
from services.registry.persons.service.reads import PersonReads
from services.registry.tags.service import Tags
from shared.auth.access_log import AccessNotes
from shared.crypto.extracts import ExtractSigner
from shared.crypto.service import Crypto
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything that can be done. `admissions`, `areas.take_over`, `*.…_many` are for trusted doors."""

    areas: Areas
    calendar: Calendar
    admissions: Admissions
    persons: Persons
    movements: Movements
    households: Households
    tags: Tags
    balances: Balances
    accesses: Accesses


def use_cases(context: UseCaseContext) -> UseCases:
    """The use cases over one transaction. Who follows a change of persons is decided here."""
    admissions, tags = Admissions(context), Tags(context)
    persons = Persons(context, admissions, followers=[tags])
    households = Households(context, persons)
    return UseCases(
        areas=Areas(context),
        calendar=Calendar(context),
        admissions=admissions,
        persons=persons,
        movements=Movements(context, households, tags),
        households=households,
        tags=tags,
        balances=Balances(context),
        accesses=Accesses(context),
    )


def person_reads(loader: PersonLoader, crypto: Crypto, access: AccessNotes) -> PersonReads:
    """Read of one person over the loader, without a transaction."""
    return PersonReads(loader.load, crypto, access)


def extracts(context: UseCaseContext, signer: ExtractSigner) -> Extracts:
    """The one use case that needs the signing key."""
    return Extracts(context, signer)
