"""The use cases of this service, built the same way for every door."""

from dataclasses import dataclass

from services.registry.accesses.service import Accesses
from services.registry.area_changes.service.changes import AreaChanges
from services.registry.area_changes.service.ends import AreaEnds
from services.registry.area_changes.service.undoing import AreaChangeUndoing
from services.registry.areas.service import Areas
from services.registry.balances.service import Balances
from services.registry.book_closings.service import BookClosings
from services.registry.buildings.service import Buildings
from services.registry.calendar.service import Calendar
from services.registry.circumstances.service.circumstances import Circumstances
from services.registry.circumstances.service.following import CircumstanceFollowing
from services.registry.corrections.domain import DEFAULT_POLICY, CorrectionPolicy
from services.registry.corrections.service.corrections import Corrections
from services.registry.corrections.service.deadlines import CorrectionDeadlines
from services.registry.corrections.service.reads import CorrectionReads
from services.registry.discrepancies.service import Discrepancies
from services.registry.duplicates.service.duplicates import Duplicates
from services.registry.duplicates.service.merges import Merges
from services.registry.duplicates.service.search import DuplicateSearch
from services.registry.dwellings.service.conditions import DwellingConditions
from services.registry.dwellings.service.dwellings import Dwellings
from services.registry.dwellings.service.reads import DwellingReads
from services.registry.extracts.service import Extracts
from services.registry.households.service.changes import HouseholdChanges
from services.registry.households.service.households import Households
from services.registry.households.service.leavings import Leavings
from services.registry.households.service.reads import HouseholdReads
from services.registry.households.service.relations import HouseholdRelations
from services.registry.ledgers.service import SURROUNDINGS, RecordsOfPersons
from services.registry.marriages.service.following import MarriageFollowing
from services.registry.marriages.service.marriages import Marriages
from services.registry.marriages.service.reads import MarriageReads
from services.registry.marriages.service.registering import MarriageRegistering
from services.registry.marriages.service.settling import MarriageSettling
from services.registry.marriages.service.undoing import MarriageUndoing
from services.registry.movements.service.movements import Movements
from services.registry.movements.service.recording import LifeEventRecording
from services.registry.occupancies.service.occupancies import Occupancies
from services.registry.occupancies.service.parties import OccupancyFollowing
from services.registry.person_syncs.service import PersonSyncs
from services.registry.persons.service.admissions import Admissions
from services.registry.persons.service.correcting import PersonCorrecting
from services.registry.persons.service.names import PersonNames
from services.registry.persons.service.persons import Persons
from services.registry.postings.service import Postings
from services.registry.proofs.service.proofs import Proofs
from services.registry.reversals.service.effects import ReversalEffects
from services.registry.reversals.service.reversals import Reversals
from services.registry.tag_suggestions.service import TagSuggestions
from services.registry.tags.service import Tags
from services.registry.transfers.domain import TransferPolicy
from services.registry.transfers.service.deadlines import TransferDeadlines
from services.registry.transfers.service.following import TransferFollowing
from services.registry.transfers.service.moving import TransferMoving
from services.registry.transfers.service.transfers import Transfers
from services.registry.transfers.service.undoing import TransferUndoing
from services.registry.verifications.domain import DEFAULT_FRESHNESS, Freshness
from services.registry.verifications.service import Verifications
from shared.crypto.extracts import ExtractWriter
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.records.service.deadlines import RecordDeadlines
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything that can be done. `admissions`, `areas.take_over`, `*.…_many` are for trusted doors."""

    areas: Areas
    area_changes: AreaChanges
    area_change_undoing: AreaChangeUndoing
    area_ends: AreaEnds
    calendar: Calendar
    admissions: Admissions
    persons: Persons
    correcting: PersonCorrecting
    corrections: Corrections
    correction_reads: CorrectionReads
    correction_deadlines: CorrectionDeadlines
    names: PersonNames
    person_syncs: PersonSyncs
    movements: Movements
    reversals: Reversals
    marriages: Marriages
    marriage_registering: MarriageRegistering
    marriage_reads: MarriageReads
    transfers: Transfers
    transfer_undoing: TransferUndoing
    transfer_deadlines: TransferDeadlines
    households: Households
    household_changes: HouseholdChanges
    household_reads: HouseholdReads
    tags: Tags
    tag_suggestions: TagSuggestions
    balances: Balances
    book_closings: BookClosings
    discrepancies: Discrepancies
    duplicates: Duplicates
    postings: Postings
    extracts: Extracts
    proofs: Proofs
    accesses: Accesses
    buildings: Buildings
    dwellings: Dwellings
    dwelling_conditions: DwellingConditions
    dwelling_reads: DwellingReads
    occupancies: Occupancies
    circumstances: Circumstances
    verifications: Verifications


def use_cases(
    context: UseCaseContext,
    *,
    writer: ExtractWriter | None = None,
    transfers: TransferPolicy | None = None,
    corrections: CorrectionPolicy = DEFAULT_POLICY,
    freshness: Freshness = DEFAULT_FRESHNESS,
) -> UseCases:
    """The use cases over one transaction; doors that seal no extract do without `writer`, policies by default.

    Who follows a change of persons is decided here, and who tells areas of their residents.
    """
    admissions, tags = Admissions(context), Tags(context)
    following = OccupancyFollowing(context)
    transferring = TransferFollowing(context)
    records, dated = RecordsOfPersons(context), CircumstanceFollowing(context)
    marrying = MarriageFollowing(context)
    followers = (HouseholdRelations(context), tags, dated, following, records, transferring, marrying)
    persons = Persons(context, admissions)
    correcting = PersonCorrecting(context, followers=followers, guarded=corrections.guarded)
    correction_limits = CorrectionDeadlines(context)
    leavings = Leavings(context, followers=(following,))
    households = Households(context, persons, leavings)
    postings = Postings(context)
    occupancies = Occupancies(context)
    dwellings = Dwellings(context, followers=(occupancies,))
    buildings = Buildings(context, followers=(dwellings,))
    deadlines = RecordDeadlines(context, PublishedLedgers(context.session, context.clock), SURROUNDINGS)
    recording = LifeEventRecording(context, postings=postings, leavings=leavings, followers=followers)
    moving = TransferMoving(context, recording)
    limits = TransferDeadlines(context, moving)
    effects = ReversalEffects(context, postings=postings, leavings=leavings, followers=followers)
    reversals = Reversals(context, effects)
    settling = MarriageSettling(context, recording, leavings)
    marriages = Marriages(context, settling, MarriageUndoing(context, leavings, reversals))
    merges = Merges(
        context,
        postings=postings,
        leavings=leavings,
        heritage=(tags, dated),
        reversals=reversals,
        followers=followers,
    )
    balances = Balances(context)
    extracts = Extracts(context, writer)
    changes = HouseholdChanges(context, followers=(following,))
    area_changes = AreaChanges(context, postings=postings, buildings=buildings, tags=tags, records=records)
    return UseCases(
        areas=Areas(context),
        area_changes=area_changes,
        area_change_undoing=AreaChangeUndoing(
            context, postings=postings, buildings=buildings, tags=tags, records=records
        ),
        area_ends=AreaEnds(context, area_changes),
        calendar=Calendar(context, followers=(deadlines, limits, correction_limits)),
        admissions=admissions,
        persons=persons,
        correcting=correcting,
        corrections=Corrections(context, corrections, correcting),
        correction_reads=CorrectionReads(context),
        correction_deadlines=correction_limits,
        names=PersonNames(context),
        person_syncs=PersonSyncs(context),
        movements=Movements(context, recording),
        reversals=reversals,
        marriages=marriages,
        marriage_registering=MarriageRegistering(context, settling),
        marriage_reads=MarriageReads(context),
        transfers=Transfers(context, transfers or TransferPolicy(), moving),
        transfer_undoing=TransferUndoing(context, reversals, changes),
        transfer_deadlines=limits,
        households=households,
        household_reads=HouseholdReads(context),
        household_changes=changes,
        tags=tags,
        balances=balances,
        tag_suggestions=TagSuggestions(context, tags),
        book_closings=BookClosings(context, balances),
        discrepancies=Discrepancies(context),
        duplicates=Duplicates(context, DuplicateSearch(context), merges),
        postings=postings,
        extracts=extracts,
        proofs=Proofs(context, extracts),
        accesses=Accesses(context),
        buildings=buildings,
        dwellings=dwellings,
        dwelling_conditions=DwellingConditions(context),
        dwelling_reads=DwellingReads(context),
        occupancies=occupancies,
        circumstances=Circumstances(context, freshness),
        verifications=Verifications(context, freshness),
    )
