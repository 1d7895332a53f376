"""Use cases of registry that need the transaction and nothing else."""

from functools import cached_property

from services.registry.accesses.service import Accesses
from services.registry.area_sets.service.area_sets import AreaSets
from services.registry.area_sets.service.reads import AreaSetReads
from services.registry.areas.service.areas import Areas
from services.registry.bindings.service import Bindings
from services.registry.consents.service.consents import Consents
from services.registry.consents.service.reads import ConsentReads
from services.registry.corrections.service.reads import CorrectionReads
from services.registry.discrepancies.service import Discrepancies
from services.registry.dwellings.service.conditions import DwellingConditions
from services.registry.dwellings.service.reads import DwellingReads
from services.registry.erasures.service.reads import ErasureReads
from services.registry.facilities.service.reads import FacilityReads
from services.registry.households.service.reads import HouseholdReads
from services.registry.inbound_lists.service.outcomes import ListOutcomes
from services.registry.marriages.service.reads import MarriageReads
from services.registry.organisations.service.reads import OrganisationReads
from services.registry.person_syncs.service import PersonSyncs
from services.registry.persons.service.names import PersonNames
from services.registry.profiles.service import Profiles
from services.registry.reading_findings.service import ReadingFindings
from services.registry.retention_runs.service.due import DueErasures
from services.registry.retentions.domain import RetentionKind
from services.registry.retentions.service import register_retentions
from services.registry.terms.service.reads import TermReads
from shared.messaging.context import UseCaseContext
from shared.retentions.service import Retentions


class PlainUseCases:
    """Each is made when it is first asked for."""

    _context: UseCaseContext

    @cached_property
    def areas(self) -> Areas:
        return Areas(self._context)

    @cached_property
    def area_sets(self) -> AreaSets:
        return AreaSets(self._context)

    @cached_property
    def area_set_reads(self) -> AreaSetReads:
        return AreaSetReads(self._context)

    @cached_property
    def correction_reads(self) -> CorrectionReads:
        return CorrectionReads(self._context)

    @cached_property
    def names(self) -> PersonNames:
        return PersonNames(self._context)

    @cached_property
    def marriage_reads(self) -> MarriageReads:
        return MarriageReads(self._context)

    @cached_property
    def household_reads(self) -> HouseholdReads:
        return HouseholdReads(self._context)

    @cached_property
    def discrepancies(self) -> Discrepancies:
        return Discrepancies(self._context)

    @cached_property
    def bindings(self) -> Bindings:
        return Bindings(self._context)

    @cached_property
    def consents(self) -> Consents:
        return Consents(self._context)

    @cached_property
    def consent_reads(self) -> ConsentReads:
        return ConsentReads(self._context)

    @cached_property
    def erasure_reads(self) -> ErasureReads:
        return ErasureReads(self._context)

    @cached_property
    def retentions(self) -> Retentions[RetentionKind]:
        return register_retentions(self._context)

    @cached_property
    def due_erasures(self) -> DueErasures:
        return DueErasures(self._context)

    @cached_property
    def accesses(self) -> Accesses:
        return Accesses(self._context)

    @cached_property
    def reading_findings(self) -> ReadingFindings:
        return ReadingFindings(self._context)

    @cached_property
    def dwelling_conditions(self) -> DwellingConditions:
        return DwellingConditions(self._context)

    @cached_property
    def dwelling_reads(self) -> DwellingReads:
        return DwellingReads(self._context)

    @cached_property
    def organisation_reads(self) -> OrganisationReads:
        return OrganisationReads(self._context)

    @cached_property
    def facility_reads(self) -> FacilityReads:
        return FacilityReads(self._context)

    @cached_property
    def term_reads(self) -> TermReads:
        return TermReads(self._context)

    @cached_property
    def profiles(self) -> Profiles:
        return Profiles(self._context)

    @cached_property
    def list_outcomes(self) -> ListOutcomes:
        return ListOutcomes(self._context)

    @cached_property
    def person_syncs(self) -> PersonSyncs:
        return PersonSyncs(self._context)
