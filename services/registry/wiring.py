"""The use cases of this service, built the same way for every door."""

from functools import cached_property

from services.registry.area_changes.domain import LeftKind
from services.registry.area_changes.service.ends import AreaEnds
from services.registry.area_changes.service.followers import SeatsFollower
from services.registry.area_changes.service.placing import LeftBehindPlacing
from services.registry.area_changes.service.undoing import AreaChangeUndoing
from services.registry.area_editions.service import AreaEditions
from services.registry.benefits.service.applying import BenefitApplying
from services.registry.book_closings.service import BookClosings
from services.registry.calendar.service import Calendar
from services.registry.case_effect_answers.service.answers import CaseEffectAnswers
from services.registry.circumstances.service.circumstances import Circumstances
from services.registry.consents.service.own import OwnConsents
from services.registry.corrections.domain import DEFAULT_POLICY, CorrectionPolicy
from services.registry.corrections.service.corrections import Corrections
from services.registry.duplicates.service.duplicates import Duplicates
from services.registry.duplicates.service.search import DuplicateSearch
from services.registry.erasures.service.answers import ErasureAnswers
from services.registry.erasures.service.erasures import Erasures
from services.registry.households.service.households import Households
from services.registry.job_matches.service.offering import JobOffering
from services.registry.job_matches.service.suggesting import JobSuggesting
from services.registry.ledgers.service import SURROUNDINGS
from services.registry.marriages.service.marriages import Marriages
from services.registry.marriages.service.registering import MarriageRegistering
from services.registry.marriages.service.undoing import MarriageUndoing
from services.registry.movements.service.movements import Movements
from services.registry.own_data.service.own_data import OwnDataUse
from services.registry.parts import Parts
from services.registry.proofs.service.proofs import Proofs
from services.registry.residence_answers.service import ResidenceAnswers
from services.registry.retention_runs.service.runs import RetentionRuns
from services.registry.tag_contacts.service.reads import TagContactReads
from services.registry.tag_suggestions.service import TagSuggestions
from services.registry.transfers.domain import TransferPolicy
from services.registry.transfers.service.transfers import Transfers
from services.registry.transfers.service.undoing import TransferUndoing
from services.registry.verifications.domain import DEFAULT_FRESHNESS, Freshness
from services.registry.verifications.service import Verifications
from shared.crypto.extracts import ExtractWriter
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.messaging.context import UseCaseContext


class UseCases(Parts):
    """Everything that can be done, each made when it is first asked for: a request needs few of them.

    `admissions`, `areas.take_over`, `*.…_many` are for trusted doors.
    """

    @cached_property
    def area_change_undoing(self) -> AreaChangeUndoing:
        return AreaChangeUndoing(
            self._context,
            postings=self.postings,
            buildings=self.buildings,
            tags=self.tags,
            records=self._records,
            seats=(self.organisations, self.facilities, self.terms, self._area_set_following),
        )

    @cached_property
    def area_ends(self) -> AreaEnds:
        return AreaEnds(self._context, self.area_changes)

    @cached_property
    def left_behind(self) -> LeftBehindPlacing:
        seats: dict[LeftKind, SeatsFollower] = {
            LeftKind.ORGANISATION: self.organisations,
            LeftKind.FACILITY: self.facilities,
        }
        return LeftBehindPlacing(self._context, buildings=self.buildings, seats=seats)

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
    def corrections(self) -> Corrections:
        return Corrections(self._context, self._correction_policy, self.correcting)

    @cached_property
    def movements(self) -> Movements:
        return Movements(self._context, self._recording)

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
    def transfers(self) -> Transfers:
        return Transfers(self._context, self._transfer_policy, self._transfer_moving)

    @cached_property
    def transfer_undoing(self) -> TransferUndoing:
        return TransferUndoing(self._context, self.reversals, self.household_changes)

    @cached_property
    def households(self) -> Households:
        return Households(self._context, self.persons, self._leavings)

    @cached_property
    def tag_contact_reads(self) -> TagContactReads:
        return TagContactReads(self._context, self.tags)

    @cached_property
    def tag_suggestions(self) -> TagSuggestions:
        return TagSuggestions(self._context, self.tags)

    @cached_property
    def book_closings(self) -> BookClosings:
        return BookClosings(self._context, self.balances)

    @cached_property
    def duplicates(self) -> Duplicates:
        return Duplicates(self._context, DuplicateSearch(self._context), self._merges)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self._context, self.extracts)

    @cached_property
    def own_data(self) -> OwnDataUse:
        return OwnDataUse(self._context, self.bindings, self.proofs, self.corrections)

    @cached_property
    def own_consents(self) -> OwnConsents:
        return OwnConsents(self._context, self.bindings, self.proofs)

    @cached_property
    def erasures(self) -> Erasures:
        return Erasures(self._context, self._register_erasing, self.bindings, self.proofs)

    @cached_property
    def erasure_answers(self) -> ErasureAnswers:
        return ErasureAnswers(self._context, self._register_erasing)

    @cached_property
    def retention_runs(self) -> RetentionRuns:
        return RetentionRuns(self._context, self._register_erasing, self.erasures)

    @cached_property
    def residence_answers(self) -> ResidenceAnswers:
        return ResidenceAnswers(self._context, self._recording, self._person_followers)

    @cached_property
    def case_effect_answers(self) -> CaseEffectAnswers:
        return CaseEffectAnswers(self._context, self._recording)

    @cached_property
    def circumstances(self) -> Circumstances:
        return Circumstances(self._context, self._freshness)

    @cached_property
    def verifications(self) -> Verifications:
        return Verifications(self._context, self._freshness)

    @cached_property
    def benefit_applying(self) -> BenefitApplying:
        return BenefitApplying(self._context, self.tag_contacts)

    @cached_property
    def job_suggesting(self) -> JobSuggesting:
        return JobSuggesting(self._context, PublishedLedgers(self._context.session, self._context.clock))

    @cached_property
    def job_offering(self) -> JobOffering:
        ledgers = PublishedLedgers(self._context.session, self._context.clock)
        return JobOffering(self._context, ledgers, SURROUNDINGS)


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
