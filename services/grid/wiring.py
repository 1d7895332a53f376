"""The use cases of this service, built the same way for every door."""

from collections.abc import Collection
from functools import cached_property

from services.grid.area_changes.service.changes import AreaChanges
from services.grid.area_changes.service.grids import GridRecoding
from services.grid.area_changes.service.incidents import IncidentFollowing
from services.grid.area_changes.service.petitions import PetitionFollowing
from services.grid.area_changes.service.public_reports import PublicReportFollowing
from services.grid.area_changes.service.receptions import ReceptionFollowing
from services.grid.area_changes.service.staff import StaffFollowing
from services.grid.area_changes.service.units import UnitFollowing
from services.grid.coverage.service import Coverages
from services.grid.dictionaries.service import Dictionaries
from services.grid.dictionary_drafts.service import DictionaryDrafts
from services.grid.duties.service import Duties
from services.grid.escalation_rules.service import EscalationRules
from services.grid.escalations.service import Escalations
from services.grid.grid_changes.service.changes import GridChanges
from services.grid.grid_changes.service.undoing import GridChangeUndoing
from services.grid.grid_erasures.service.runs import GridErasures
from services.grid.grid_erasures.service.wishes import PublicErasing
from services.grid.grids.domain import GridIndex
from services.grid.grids.service.grids import Grids
from services.grid.inbound.service.outcomes import InboundOutcomes
from services.grid.inbound.service.requests import InboundRequests
from services.grid.incidents.domain.rules import IncidentPolicy
from services.grid.incidents.service.checking import IncidentChecks
from services.grid.incidents.service.handling import IncidentHandling
from services.grid.incidents.service.incidents import Incidents
from services.grid.incidents.service.leaving import IncidentLeaves
from services.grid.incidents.service.merging import IncidentMerging
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.orders import IncidentOrders
from services.grid.incidents.service.photos import IncidentPhotos, PhotoKeeper
from services.grid.incidents.service.places import Places
from services.grid.incidents.service.placing import IncidentPlacing
from services.grid.incidents.service.records import IncidentRecords
from services.grid.incidents.service.reporting import IncidentReporting
from services.grid.incidents.service.supervising import IncidentSupervision
from services.grid.petitions.domain.rules import PetitionLimits
from services.grid.petitions.service.handling import PetitionHandling
from services.grid.petitions.service.moving import PetitionMoving
from services.grid.petitions.service.reads import Petitions
from services.grid.petitions.service.registering import PetitionRegistering
from services.grid.public_reports.domain import PublicReportPolicy
from services.grid.public_reports.service.deciding import PublicReports
from services.grid.public_reports.service.receiving import PublicReceiving
from services.grid.receptions.service import Receptions
from services.grid.residence_proposals.service.proposals import ResidenceProposals
from services.grid.retentions.service import GridRetentions
from services.grid.satisfaction_calls.service import SatisfactionCalls
from services.grid.staff.service import Staff
from services.grid.units.service import Units
from services.grid.visit_rules.service import VisitRuleSetting
from services.grid.visits.service.missing import MissedVisits
from services.grid.visits.service.planning import VisitPlanning
from services.grid.visits.service.visits import Visits
from shared.messaging.context import UseCaseContext


class UseCases:
    """Everything that a door may ask of grid, each made when it is first asked for."""

    def __init__(
        self,
        context: UseCaseContext,
        index: GridIndex,
        departments: Collection[str],
        policy: IncidentPolicy,
        photos: PhotoKeeper | None,
        public: PublicReportPolicy,
    ) -> None:
        self._context = context
        self._index = index
        self._departments = departments
        self._policy = policy
        self._photos = photos
        self._public = public

    @cached_property
    def grids(self) -> Grids:
        return Grids(self._context, self._index, (self.residence_proposals, self.incident_placing))

    @cached_property
    def grid_changes(self) -> GridChanges:
        return GridChanges(self._context, self.residence_proposals, (self.incident_placing,))

    @cached_property
    def grid_change_undoing(self) -> GridChangeUndoing:
        return GridChangeUndoing(self._context, self.residence_proposals, (self.incident_placing,))

    @cached_property
    def residence_proposals(self) -> ResidenceProposals:
        return ResidenceProposals(self._context)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self._context, (self.visit_planning,))

    @cached_property
    def coverages(self) -> Coverages:
        return Coverages(self._context)

    @cached_property
    def units(self) -> Units:
        return Units(self._context, self._departments)

    @cached_property
    def dictionaries(self) -> Dictionaries:
        return Dictionaries(self._context)

    @cached_property
    def duties(self) -> Duties:
        return Duties(self._context, self.dictionaries, self._departments)

    @cached_property
    def _places(self) -> Places:
        return Places(self._context, Grids(self._context, self._index))

    @cached_property
    def _moving(self) -> IncidentMoving:
        return IncidentMoving(
            self._context,
            (self.inbound_outcomes, self.satisfaction_calls),
            IncidentPhotos(self._photos),
            (self.escalations, self.satisfaction_calls),
        )

    @cached_property
    def dictionary_drafts(self) -> DictionaryDrafts:
        return DictionaryDrafts(self._context)

    @cached_property
    def incident_reporting(self) -> IncidentReporting:
        return IncidentReporting(
            self._context, self._moving, places=self._places, dictionaries=self.dictionaries, policy=self._policy
        )

    @cached_property
    def incidents(self) -> Incidents:
        return Incidents(
            self._moving, units=self.units, dictionaries=self.dictionaries, duties=self.duties, policy=self._policy
        )

    @cached_property
    def incident_handling(self) -> IncidentHandling:
        return IncidentHandling(self._moving)

    @cached_property
    def incident_leaves(self) -> IncidentLeaves:
        return IncidentLeaves(self._moving, self.dictionaries)

    @cached_property
    def incident_orders(self) -> IncidentOrders:
        return IncidentOrders(self._moving, self.units)

    @cached_property
    def incident_merging(self) -> IncidentMerging:
        return IncidentMerging(self._moving, self._policy)

    @cached_property
    def incident_checks(self) -> IncidentChecks:
        return IncidentChecks(self._moving, self.dictionaries, self.incident_merging)

    @cached_property
    def incident_supervision(self) -> IncidentSupervision:
        return IncidentSupervision(self._moving)

    @cached_property
    def incident_placing(self) -> IncidentPlacing:
        return IncidentPlacing(self._context, self._moving, self._places)

    @cached_property
    def incident_records(self) -> IncidentRecords:
        return IncidentRecords(self._context)

    @cached_property
    def escalation_rules(self) -> EscalationRules:
        return EscalationRules(self._context)

    @cached_property
    def escalations(self) -> Escalations:
        return Escalations(self._context, self.dictionaries)

    @cached_property
    def satisfaction_calls(self) -> SatisfactionCalls:
        return SatisfactionCalls(self._context)

    @cached_property
    def public_receiving(self) -> PublicReceiving:
        return PublicReceiving(
            self._context,
            places=self._places,
            dictionaries=self.dictionaries,
            incidents=self._policy,
            policy=self._public,
        )

    @cached_property
    def public_reports(self) -> PublicReports:
        return PublicReports(self._context, self.incident_reporting, self.incidents, self._places)

    @cached_property
    def receptions(self) -> Receptions:
        return Receptions(self._context)

    @cached_property
    def petition_moving(self) -> PetitionMoving:
        return PetitionMoving(self._context)

    @cached_property
    def petition_registering(self) -> PetitionRegistering:
        return PetitionRegistering(self._context, self.petition_moving, self.receptions, PetitionLimits())

    @cached_property
    def petition_handling(self) -> PetitionHandling:
        return PetitionHandling(self.petition_moving, self._departments, PetitionLimits())

    @cached_property
    def petitions(self) -> Petitions:
        return Petitions(self._context)

    @cached_property
    def retentions(self) -> GridRetentions:
        return GridRetentions(self._context)

    @cached_property
    def grid_erasures(self) -> GridErasures:
        return GridErasures(self._context, self.retentions)

    @cached_property
    def public_erasing(self) -> PublicErasing:
        return PublicErasing(self._context, self.retentions)

    @cached_property
    def inbound_requests(self) -> InboundRequests:
        return InboundRequests(self._context, self.incident_reporting)

    @cached_property
    def inbound_outcomes(self) -> InboundOutcomes:
        return InboundOutcomes(self._context)

    @cached_property
    def area_changes(self) -> AreaChanges:
        following = (
            UnitFollowing(self._context),
            StaffFollowing(self._context),
            IncidentFollowing(self._moving),
            PublicReportFollowing(self._context),
            ReceptionFollowing(self._context),
            PetitionFollowing(self.petition_moving),
        )
        return AreaChanges(self._context, GridRecoding(self._context), following)

    @cached_property
    def visit_rules(self) -> VisitRuleSetting:
        return VisitRuleSetting(self._context, self.dictionaries)

    @cached_property
    def visit_planning(self) -> VisitPlanning:
        return VisitPlanning(self._context)

    @cached_property
    def visits(self) -> Visits:
        return Visits(self._context, self.visit_planning)

    @cached_property
    def missed_visits(self) -> MissedVisits:
        return MissedVisits(self._context, self.visit_planning, self.incident_reporting)


def use_cases(
    context: UseCaseContext,
    *,
    index: GridIndex | None = None,
    departments: Collection[str] = (),
    policy: IncidentPolicy | None = None,
    photos: PhotoKeeper | None = None,
    public: PublicReportPolicy | None = None,
) -> UseCases:
    """`index` is the process's grids in memory; a door that locates nothing, or once, does without. `departments` are
    those that units may belong to; a door that makes no unit does without. `policy`: what the county set for its
    incidents; `public`: its limits for public reports; `photos`: the caller's files, for doors at which
    people hand them in.
    """
    known = GridIndex() if index is None else index
    limits = public or PublicReportPolicy()
    limits = public or PublicReportPolicy()
    return UseCases(context, known, departments, policy or IncidentPolicy(), photos, limits)
