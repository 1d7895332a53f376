"""The use cases of this service, built the same way for every door."""

from collections.abc import Collection, Mapping
from functools import cached_property

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
from services.services_hall.documents.service import Documents
from services.services_hall.item_tables.service import ItemTaking
from services.services_hall.items.service.items import Items
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
        rectification_days: int,
    ) -> None:
        self._context = context
        self._extracts = extracts
        self._departments = departments
        self._categories = categories
        self._address = address
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
        return CaseFollowing(self._context, (WarningFollowing(self._context),))

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
    rectification_days: int = 5,
) -> UseCases:
    """`extracts` reads what registry sealed; doors that open no case do without. `departments` and `categories` are
    the county's; doors that draft no item do without. `address`: where residents reach the county; printed on papers.
    `rectification_days`: the county's limit for low ratings; doors that take no ratings do without.
    """
    return UseCases(context, extracts, departments, categories, address, rectification_days)
