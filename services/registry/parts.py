"""Use cases of registry that others are built of, each made when it is first asked for."""

from functools import cached_property

from services.registry.area_changes.service.changes import AreaChanges
from services.registry.area_sets.service.following import AreaSetFollowing
from services.registry.areas.service.names import AreaNames
from services.registry.balances.service import Balances
from services.registry.benefits.service.benefits import Benefits
from services.registry.benefits.service.following import BenefitFollowing
from services.registry.buildings.service import Buildings
from services.registry.case_effect_answers.service.answers import CaseEffectFollowing
from services.registry.circumstances.service.following import CircumstanceFollowing
from services.registry.consents.service.following import ConsentFollowing
from services.registry.corrections.domain import CorrectionPolicy
from services.registry.corrections.service.deadlines import CorrectionDeadlines
from services.registry.duplicates.service.merges import Merges
from services.registry.dwellings.service.dwellings import Dwellings
from services.registry.erasures.service.erasing import RegisterErasing
from services.registry.extracts.service import Extracts
from services.registry.facilities.service.facilities import Facilities
from services.registry.households.service.changes import HouseholdChanges
from services.registry.households.service.leavings import Leavings
from services.registry.households.service.relations import HouseholdRelations
from services.registry.ledgers.service import SURROUNDINGS, RecordsOfPersons
from services.registry.marriages.service.following import MarriageFollowing
from services.registry.marriages.service.settling import MarriageSettling
from services.registry.movements.service.recording import LifeEventRecording
from services.registry.occupancies.service.occupancies import Occupancies
from services.registry.occupancies.service.parties import OccupancyFollowing
from services.registry.organisations.service.organisations import Organisations
from services.registry.person_imports.service.following import ImportFollowing
from services.registry.persons.service.admissions import Admissions
from services.registry.persons.service.correcting import PersonCorrecting, PersonFollower
from services.registry.persons.service.persons import Persons
from services.registry.plain import PlainUseCases
from services.registry.postings.service import Postings
from services.registry.reversals.service.effects import ReversalEffects
from services.registry.reversals.service.reversals import Reversals
from services.registry.tag_contacts.service.contacts import TagContacts
from services.registry.tags.service.tags import Tags
from services.registry.terms.service.terms import Terms
from services.registry.transfers.domain import TransferPolicy
from services.registry.transfers.service.deadlines import TransferDeadlines
from services.registry.transfers.service.following import TransferFollowing
from services.registry.transfers.service.moving import TransferMoving
from services.registry.verifications.domain import Freshness
from shared.crypto.extracts import ExtractWriter
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.records.service.deadlines import RecordDeadlines
from shared.messaging.context import UseCaseContext


class Parts(PlainUseCases):
    """What other use cases are built of: who follows a change of persons or areas is decided here.

    A leading underscore: no door asks for it.
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
            posts=self.terms,
            sets=self._area_set_following,
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
    def correction_deadlines(self) -> CorrectionDeadlines:
        return CorrectionDeadlines(self._context)

    @cached_property
    def reversals(self) -> Reversals:
        return Reversals(self._context, self._reversal_effects)

    @cached_property
    def transfer_deadlines(self) -> TransferDeadlines:
        return TransferDeadlines(self._context, self._transfer_moving)

    @cached_property
    def household_changes(self) -> HouseholdChanges:
        return HouseholdChanges(self._context, followers=(self._occupancy_following,))

    @cached_property
    def tags(self) -> Tags:
        return Tags(self._context)

    @cached_property
    def tag_contacts(self) -> TagContacts:
        return TagContacts(self._context, self.tags)

    @cached_property
    def benefits(self) -> Benefits:
        return Benefits(self._context, followers=(self._case_effect_following,))

    @cached_property
    def balances(self) -> Balances:
        return Balances(self._context)

    @cached_property
    def postings(self) -> Postings:
        return Postings(self._context)

    @cached_property
    def extracts(self) -> Extracts:
        return Extracts(self._context, self._writer)

    @cached_property
    def buildings(self) -> Buildings:
        return Buildings(self._context, followers=(self.dwellings,))

    @cached_property
    def dwellings(self) -> Dwellings:
        return Dwellings(self._context, followers=(self.occupancies,))

    @cached_property
    def occupancies(self) -> Occupancies:
        return Occupancies(self._context)

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(self._context)

    @cached_property
    def facilities(self) -> Facilities:
        return Facilities(self._context)

    @cached_property
    def terms(self) -> Terms:
        return Terms(self._context)

    @cached_property
    def _area_set_following(self) -> AreaSetFollowing:
        return AreaSetFollowing(self._context)

    @cached_property
    def _register_erasing(self) -> RegisterErasing:
        return RegisterErasing(self._context)

    @cached_property
    def _person_followers(self) -> tuple[PersonFollower, ...]:
        return (
            HouseholdRelations(self._context),
            self.tags,
            self._circumstance_following,
            self._consent_following,
            self._occupancy_following,
            self._records,
            TransferFollowing(self._context),
            MarriageFollowing(self._context),
            ImportFollowing(self._context),
            self._case_effect_following,
        )

    @cached_property
    def _case_effect_following(self) -> CaseEffectFollowing:
        return CaseEffectFollowing(self._context)

    @cached_property
    def _occupancy_following(self) -> OccupancyFollowing:
        return OccupancyFollowing(self._context)

    @cached_property
    def _circumstance_following(self) -> CircumstanceFollowing:
        return CircumstanceFollowing(self._context)

    @cached_property
    def _consent_following(self) -> ConsentFollowing:
        return ConsentFollowing(self._context)

    @cached_property
    def _benefit_following(self) -> BenefitFollowing:
        return BenefitFollowing(self._context)

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
            heritage=(
                self.tags,
                self.tag_contacts,
                self._circumstance_following,
                self._benefit_following,
                self._consent_following,
            ),
            reversals=self.reversals,
            followers=self._person_followers,
        )
