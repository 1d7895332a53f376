"""The use cases of this service, built the same way for every door."""

from collections.abc import Collection
from dataclasses import dataclass

from services.services_hall.cases.service.handling import CaseHandling
from services.services_hall.cases.service.reads import CaseReads
from services.services_hall.cases.service.submission import CaseSubmission
from services.services_hall.items.service import Items
from shared.crypto.extracts import ExtractReader
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of the hall."""

    items: Items
    case_submission: CaseSubmission
    case_handling: CaseHandling
    case_reads: CaseReads


def use_cases(
    context: UseCaseContext,
    *,
    extracts: ExtractReader | None = None,
    departments: Collection[str] = (),
    categories: Collection[str] = (),
) -> UseCases:
    """`extracts` reads what registry sealed; doors that open no case do without. `departments` and `categories` are
    the county's; doors that draft no item do without.
    """
    return UseCases(
        items=Items(context, departments=departments, categories=categories),
        case_submission=CaseSubmission(context, extracts),
        case_handling=CaseHandling(context),
        case_reads=CaseReads(context),
    )
