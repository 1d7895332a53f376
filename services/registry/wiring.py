"""The use cases of this service, built the same way for every door."""

from functools import cached_property

from services.registry.accesses.service import Accesses
from services.registry.area_changes.service.changes import AreaChanges
from services.registry.area_changes.service.ends import AreaEnds
from services.registry.area_changes.service.undoing import AreaChangeUndoing
from services.registry.area_editions.service import AreaEditions
from services.registry.areas.service.areas import Areas
from services.registry.areas.service.names import AreaNames
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
from services.registry.facilities.service.facilities import Facilities
from services.registry.facilities.service.reads import FacilityReads
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
from services.registry.organisations.service.organisations import Organisations
from services.registry.organisations.service.reads import OrganisationReads
from services.registry.person_imports.service.following import ImportFollowing
from services.registry.person_syncs.service import PersonSyncs
from services.registry.persons.service.admissions import Admissions
from services.registry.persons.service.correcting import PersonCorrecting, PersonFollower
from services.registry.persons.service.names import PersonNames
from services.registry.persons.service.persons import Persons
from services.registry.postings.service import Postings
from services.registry.profiles.service import Profiles
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


class UseCases:
    """Everything that can be done, each made when it is first asked for: a request needs few of them.

    `admissions`, `areas.take_over`, `*.…_many` are for trusted doors. Who follows a change of persons is decided here,
    and who tells areas of their residents. A leading underscore: no door asks for it.
    """

    def __init__(
        self,
        context: UseCaseContext,
        writer: ExtractWriter | None,
        transfer_policy: TransferPolicy,
        correction_policy: CorrectionPolicy,
        freshness: Freshness,
    ) -> None:
        self._context = context
        self._writer = writer
        self._transfer_policy = transfer_policy
        self._correction_policy = correction_policy
        self._freshness = freshness

    @cached_property
    def areas(self) -> Areas:
        return Areas(self._context)

    @cached_property
    def area_names(self) -> AreaNames:
        return AreaNames(self._context)

    @cached_property
    def area_changes(self) -> AreaChanges:
        return AreaChanges(
            self._context,
            postings=self.postings,
            buildings=self.buildings,
            tags=self.tags,
            records=self._records,
            seats=(self.organisations, self.facilities),
        )

    @cached_property
    def area_change_undoing(self) -> AreaChangeUndoing:
        return AreaChangeUndoing(
            self._context,
            postings=self.postings,
            buildings=self.buildings,
            tags=self.tags,
            records=self._records,
            seats=(self.organisations, self.facilities),
        )

    @cached_property
    def area_ends(self) -> AreaEnds:
        return AreaEnds(self._context, self.area_changes)

    @cached_property
    def area_editions(self) -> AreaEditions:
        return AreaEditions(self._context, self.area_changes, self.area_names)

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(
            self._context,
            followers=(self._record_deadlines, self.transfer_deadlines, self.correction_deadlines),
        )

    @cached_property
    def admissions(self) -> Admissions:
        return Admissions(self._context)

    @cached_property
    def persons(self) -> Persons:
        return Persons(self._context, self.admissions)

    @cached_property
    def correcting(self) -> PersonCorrecting:
        return PersonCorrecting(
            self._context, followers=self._person_followers, guarded=self._correction_policy.guarded
        )

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self._context, self._correction_policy, self.correcting)

    @cached_property
    def correction_reads(self) -> CorrectionReads:
        return CorrectionReads(self._context)

    @cached_property
    def correction_deadlines(self) -> CorrectionDeadlines:
        return CorrectionDeadlines(self._context)

    @cached_property
    def names(self) -> PersonNames:
        return PersonNames(self._context)

    @cached_property
    def movements(self) -> Movements:
        return Movements(self._context, self._recording)

    @cached_property
    def reversals(self) -> Reversals:
        return Reversals(self._context, self._reversal_effects)

    @cached_property
    def marriages(self) -> Marriages:
        return Marriages(
            self._context,
            self._marriage_settling,
            MarriageUndoing(self._context, self._leavings, self.reversals),
        )

    @cached_property
    def marriage_registering(self) -> MarriageRegistering:
        return MarriageRegistering(self._context, self._marriage_settling)

    @cached_property
    def marriage_reads(self) -> MarriageReads:
        return MarriageReads(self._context)

    @cached_property
    def transfers(self) -> Transfers:
        return Transfers(self._context, self._transfer_policy, self._transfer_moving)

    @cached_property
    def transfer_undoing(self) -> TransferUndoing:
        return TransferUndoing(self._context, self.reversals, self.household_changes)

    @cached_property
    def transfer_deadlines(self) -> TransferDeadlines:
        return TransferDeadlines(self._context, self._transfer_moving)

    @cached_property
    def households(self) -> Households:
        return Households(self._context, self.persons, self._leavings)

    @cached_property
    def household_changes(self) -> HouseholdChanges:
        return HouseholdChanges(self._context, followers=(self._occupancy_following,))

    @cached_property
    def household_reads(self) -> HouseholdReads:
        return HouseholdReads(self._context)

    @cached_property
    def tags(self) -> Tags:
        return Tags(self._context)

    @cached_property
    def tag_suggestions(self) -> TagSuggestions:
        return TagSuggestions(self._context, self.tags)

    @cached_property
    def balances(self) -> Balances:
        return Balances(self._context)

    @cached_property
    def book_closings(self) -> BookClosings:
        return BookClosings(self._context, self.balances)

    @cached_property
    def discrepancies(self) -> Discrepancies:
        return Discrepancies(self._context)

    @cached_property
    def duplicates(self) -> Duplicates:
        return Duplicates(self._context, DuplicateSearch(self._context), self._merges)

    @cached_property
    def postings(self) -> Postings:
        return Postings(self._context)

    @cached_property
    def extracts(self) -> Extracts:
        return Extracts(self._context, self._writer)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self._context, self.extracts)

    @cached_property
    def accesses(self) -> Accesses:
        return Accesses(self._context)

    @cached_property
    def buildings(self) -> Buildings:
        return Buildings(self._context, followers=(self.dwellings,))

    @cached_property
    def dwellings(self) -> Dwellings:
        return Dwellings(self._context, followers=(self.occupancies,))

    @cached_property
    def dwelling_conditions(self) -> DwellingConditions:
        return DwellingConditions(self._context)

    @cached_property
    def dwelling_reads(self) -> DwellingReads:
        return DwellingReads(self._context)

    @cached_property
    def occupancies(self) -> Occupancies:
        return Occupancies(self._context)

    @cached_property
    def circumstances(self) -> Circumstances:
        return Circumstances(self._context, self._freshness)

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(self._context)

    @cached_property
    def organisation_reads(self) -> OrganisationReads:
        return OrganisationReads(self._context)

    @cached_property
    def facilities(self) -> Facilities:
        return Facilities(self._context)

    @cached_property
    def facility_reads(self) -> FacilityReads:
        return FacilityReads(self._context)

    @cached_property
    def profiles(self) -> Profiles:
        return Profiles(self._context)

    @cached_property
    def verifications(self) -> Verifications:
        return Verifications(self._context, self._freshness)

    @cached_property
    def person_syncs(self) -> PersonSyncs:
        return PersonSyncs(self._context)

    @cached_property
    def _person_followers(self) -> tuple[PersonFollower, ...]:
        return (
            HouseholdRelations(self._context),
            self.tags,
            self._circumstance_following,
            self._occupancy_following,
            self._records,
            TransferFollowing(self._context),
            MarriageFollowing(self._context),
            ImportFollowing(self._context),
        )

    @cached_property
    def _occupancy_following(self) -> OccupancyFollowing:
        return OccupancyFollowing(self._context)

    @cached_property
    def _circumstance_following(self) -> CircumstanceFollowing:
        return CircumstanceFollowing(self._context)

    @cached_property
    def _records(self) -> RecordsOfPersons:
        return RecordsOfPersons(self._context)

    @cached_property
    def _record_deadlines(self) -> RecordDeadlines:
        return RecordDeadlines(
            self._context, PublishedLedgers(self._context.session, self._context.clock), SURROUNDINGS
        )

    @cached_property
    def _leavings(self) -> Leavings:
        return Leavings(self._context, followers=(self._occupancy_following,))

    @cached_property
    def _recording(self) -> LifeEventRecording:
        return LifeEventRecording(
            self._context, postings=self.postings, leavings=self._leavings, followers=self._person_followers
        )

    @cached_property
    def _reversal_effects(self) -> ReversalEffects:
        return ReversalEffects(
            self._context, postings=self.postings, leavings=self._leavings, followers=self._person_followers
        )

    @cached_property
    def _transfer_moving(self) -> TransferMoving:
        return TransferMoving(self._context, self._recording)

    @cached_property
    def _marriage_settling(self) -> MarriageSettling:
        return MarriageSettling(self._context, self._recording, self._leavings)

    @cached_property
    def _merges(self) -> Merges:
        return Merges(
            self._context,
            recording=self._recording,
            leavings=self._leavings,
            heritage=(self.tags, self._circumstance_following),
            reversals=self.reversals,
            followers=self._person_followers,
        )


def use_cases(
    context: UseCaseContext,
    *,
    writer: ExtractWriter | None = None,
    transfers: TransferPolicy | None = None,
    corrections: CorrectionPolicy = DEFAULT_POLICY,
    freshness: Freshness = DEFAULT_FRESHNESS,
) -> UseCases:
    """The use cases over one transaction; doors that seal no extract do without `writer`, policies by default."""
    return UseCases(context, writer, transfers or TransferPolicy(), corrections, freshness)
