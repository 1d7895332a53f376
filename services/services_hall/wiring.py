"""The use cases of this service, built the same way for every door."""

from collections.abc import Collection, Mapping
from functools import cached_property

from services.services_hall.agencies.domain import FORWARD_DAYS
from services.services_hall.agencies.service.agencies import Agencies
from services.services_hall.agencies.service.following import AgencyFollowing
from services.services_hall.agencies.service.visits import HomeVisits
from services.services_hall.agents.service.agents import Agents
from services.services_hall.agents.service.following import AgentFollowing
from services.services_hall.authorisations.service import AuthorisationFollowing, Authorisations
from services.services_hall.case_effects.service import CaseEffects
from services.services_hall.case_erasures.service.runs import CaseErasures
from services.services_hall.case_warnings.service.following import WarningFollowing
from services.services_hall.case_warnings.service.rules import WarningRules
from services.services_hall.case_warnings.service.scanning import WarningScan
from services.services_hall.case_warnings.service.warnings import CaseWarnings
from services.services_hall.cases.service.ending import CaseEnding
from services.services_hall.cases.service.following import CaseFollowing
from services.services_hall.cases.service.handling import CaseHandling
from services.services_hall.cases.service.pausing import CasePausing
from services.services_hall.cases.service.persons import CasePersons
from services.services_hall.cases.service.reads import CaseReads
from services.services_hall.cases.service.registering import CaseRegistering
from services.services_hall.cases.service.reviewing import CaseReviewing
from services.services_hall.cases.service.submission import CaseSubmission
from services.services_hall.catalogue.service import Catalogue
from services.services_hall.documents.service.custody import CustodyReceipts
from services.services_hall.documents.service.documents import Documents
from services.services_hall.item_tables.service import ItemTaking
from services.services_hall.items.service.items import Items
from services.services_hall.originals.service.custody import OriginalCustody
from services.services_hall.originals.service.reads import OriginalReads, OriginalsOut
from services.services_hall.packages.service.keeping import AnsweredMatters
from services.services_hall.packages.service.matters import Matters
from services.services_hall.packages.service.packages import Packages
from services.services_hall.ratings.service.ratings import Ratings
from services.services_hall.rectifications.service.following import RectificationFollowing
from services.services_hall.rectifications.service.opening import RectificationOpening
from services.services_hall.rectifications.service.rectifying import Rectifying
from services.services_hall.retentions.service import CaseRetentions
from services.services_hall.tasks.service.absences import Absences
from services.services_hall.tasks.service.batches import CasesAtOnce
from services.services_hall.tasks.service.officers import Officers
from services.services_hall.tasks.service.searching import CaseSearch
from services.services_hall.tasks.service.tasks import Tasks
from shared.crypto.extracts import ExtractReader
from shared.messaging.context import UseCaseContext

NONE: Mapping[str, str] = {}


class UseCases:
    """Everything that a door may ask of the hall, each made when it is first asked for."""

    def __init__(
        self,
        context: UseCaseContext,
        extracts: ExtractReader | None,
        departments: Mapping[str, str],
        categories: Collection[str],
        address: str,
        forward_days: int,
        rectification_days: int,
    ) -> None:
        self._context = context
        self._extracts = extracts
        self._departments = departments
        self._categories = categories
        self._address = address
        self._forward_days = forward_days
        self._rectification_days = rectification_days

    @cached_property
    def items(self) -> Items:
        return Items(self._context, departments=self._departments, categories=self._categories)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self._context)

    @cached_property
    def item_taking(self) -> ItemTaking:
        return ItemTaking(self._context, self.items)

    @cached_property
    def case_submission(self) -> CaseSubmission:
        return CaseSubmission(self._context, self._extracts)

    @cached_property
    def case_handling(self) -> CaseHandling:
        return CaseHandling(self._context, self._departments)

    @cached_property
    def case_reviewing(self) -> CaseReviewing:
        return CaseReviewing(self._context, self._departments)

    @cached_property
    def case_pausing(self) -> CasePausing:
        return CasePausing(self._context)

    @cached_property
    def case_ending(self) -> CaseEnding:
        keepers = (AnsweredMatters(self._context),)
        return CaseEnding(self._context, self.case_effects, self.case_registering, keepers)

    @cached_property
    def case_effects(self) -> CaseEffects:
        return CaseEffects(self._context)

    @cached_property
    def case_registering(self) -> CaseRegistering:
        return CaseRegistering(self._context, self.case_effects)

    @cached_property
    def case_persons(self) -> CasePersons:
        return CasePersons(self._context, self._extracts)

    @cached_property
    def packages(self) -> Packages:
        return Packages(self._context, self.items)

    @cached_property
    def matters(self) -> Matters:
        return Matters(self._context, self.case_submission, self.case_handling)

    @cached_property
    def documents(self) -> Documents:
        return Documents(self._context, self._departments, self._address)

    @cached_property
    def case_following(self) -> CaseFollowing:
        context = self._context
        followers = (WarningFollowing(context), AuthorisationFollowing(context), self.agency_following, self._custody)
        return CaseFollowing(context, followers)

    @cached_property
    def agents(self) -> Agents:
        return Agents(self._context, self.agency_following)

    @cached_property
    def agent_following(self) -> AgentFollowing:
        return AgentFollowing(self._context)

    @cached_property
    def authorisations(self) -> Authorisations:
        return Authorisations(self._context, self.agency_following)

    @cached_property
    def agencies(self) -> Agencies:
        return Agencies(self._context, self._forward_days, self._custody)

    @cached_property
    def home_visits(self) -> HomeVisits:
        return HomeVisits(self._context)

    @cached_property
    def agency_following(self) -> AgencyFollowing:
        return AgencyFollowing(self._context, self._custody)

    @cached_property
    def originals(self) -> OriginalCustody:
        return OriginalCustody(self._context, self._departments, self._receipts)

    @cached_property
    def original_reads(self) -> OriginalReads:
        return OriginalReads(self._context, self._receipts)

    @cached_property
    def _custody(self) -> OriginalsOut:
        return OriginalsOut(self._context)

    @cached_property
    def _receipts(self) -> CustodyReceipts:
        return CustodyReceipts(self._context, self._departments, self._address)

    @cached_property
    def retentions(self) -> CaseRetentions:
        return CaseRetentions(self._context)

    @cached_property
    def case_erasures(self) -> CaseErasures:
        return CaseErasures(self._context, self.retentions)

    @cached_property
    def warning_rules(self) -> WarningRules:
        return WarningRules(self._context)

    @cached_property
    def warning_scan(self) -> WarningScan:
        return WarningScan(self._context)

    @cached_property
    def case_warnings(self) -> CaseWarnings:
        return CaseWarnings(self._context)

    @cached_property
    def officers(self) -> Officers:
        return Officers(self._context)

    @cached_property
    def tasks(self) -> Tasks:
        return Tasks(self._context, self.officers)

    @cached_property
    def absences(self) -> Absences:
        return Absences(self._context, self.officers)

    @cached_property
    def case_search(self) -> CaseSearch:
        return CaseSearch(self._context)

    @cached_property
    def cases_at_once(self) -> CasesAtOnce:
        return CasesAtOnce(self._context, self.case_handling, self.case_ending)

    @cached_property
    def ratings(self) -> Ratings:
        return Ratings(self._context, RectificationOpening(self._context, self._rectification_days))

    @cached_property
    def rectifying(self) -> Rectifying:
        return Rectifying(self._context)

    @cached_property
    def rectification_following(self) -> RectificationFollowing:
        return RectificationFollowing(self._context, (WarningFollowing(self._context),))

    @cached_property
    def case_reads(self) -> CaseReads:
        return CaseReads(self._context)


def use_cases(
    context: UseCaseContext,
    *,
    extracts: ExtractReader | None = None,
    departments: Mapping[str, str] = NONE,
    categories: Collection[str] = (),
    address: str = "",
    forward_days: int = FORWARD_DAYS,
    rectification_days: int = 5,
) -> UseCases:
    """`extracts` reads what registry sealed; doors that open no case do without. `departments` and `categories` are
    the county's; doors that draft no item do without. `address`: where residents reach the county; printed on papers.
    `forward_days`: working days within which agents forward; doors that accept no agency do without.
    `rectification_days`: the county's limit for low ratings; doors that take no ratings do without.
    """
    return UseCases(context, extracts, departments, categories, address, forward_days, rectification_days)
