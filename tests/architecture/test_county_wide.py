"""What concerns the whole county is asked for at the county: a grant in one of its towns or villages is not enough."""

import httpx

from shared.auth.lineage import FixedLineage
from shared.auth.principal import Grant, Principal
from shared.auth.roles import PERMISSIONS, Role
from tests.architecture.operations import Callers, Operation, app_of, assert_problem, operations
from tests.each import of_each

LEDGER_DRAFTS = (
    *("listLedgerDrafts", "draftLedger", "getLedgerDraft", "getLedgerDraftChanges", "tryLedgerDraft"),
    *("draftLedgerFromXlsForm", "redraftLedger", "discardLedgerDraft", "publishLedger", "retireLedger"),
    *("moveRecords", "getMove", "cancelMove", "listUnmovedRecords"),
)
"""A ledger is the county's, whoever its records belong to."""

OF_EACH = (
    *("startRepublish", "getJob", "followJob", "cancelJob", "readKeys", "startKeyRotation"),
    *("takeChecksums", "listStateDifferences"),
    *LEDGER_DRAFTS,
)
"""Of each service."""

COUNTY_WIDE = {
    "registry-publishCalendarYear",
    "services_hall-draftItem",
    *(f"services_hall-{one}CaseRetentionRule" for one in ("set", "withdraw")),
    "services_hall-listCaseRetentionRules",
    *(f"services_hall-{one}" for one in ("listWarningRules", "setWarningRule", "withdrawWarningRule")),
    "services_hall-publishItem",
    *(f"services_hall-{one}" for one in ("listItemDrafts", "getItemDraft", "draftItemVersion", "discardItemDraft")),
    *(f"services_hall-{one}" for one in ("publishItemDrafts", "proposeItemRetirement", "retireItem", "reopenItem")),
    "services_hall-takeItemCollection",
    *(f"services_hall-{one}" for one in ("adoptPackage", "retirePackage", "reopenPackage")),
    "grid-listInboundRequests",
    *(f"grid-{one}" for one in ("listGridRetentionRules", "setGridRetentionRule", "withdrawGridRetentionRule")),
    *(f"grid-{one}DictionaryDraft" for one in ("begin", "get", "compare", "revise", "discard", "restore")),
    *(f"grid-{one}" for one in ("listDictionaryDrafts", "countDictionaryDrafts", "getDictionaryDraftTable")),
    *("grid-publishDictionary", "grid-withdrawDictionary"),
    *(f"grid-{one}VisitRule" for one in ("enter", "end", "resume")),
    *(f"grid-{one}EscalationRule" for one in ("layDown", "amend", "retire", "reinstate")),
    "registry-listInboundLists",
    "registry-listRetentionRules",
    "registry-setRetentionRule",
    "registry-withdrawRetentionRule",
    "registry-listReadingLimits",
    "registry-setReadingLimit",
    "indicators-startRebuild",
    "indicators-getRebuild",
    *(f"indicators-{one}Definition" for one in ("draft", "redraft", "publish", "end", "resume", "try")),
    *("indicators-listDefinitionDrafts", "indicators-getDefinitionDraft", "indicators-discardDefinitionDraft"),
    "indicators-getDefinitionTrial",
    *(f"indicators-{one}" for one in ("checkFigures", "getFigureCheck", "listFigureDifferences")),
    *(f"{service}-{one}" for service in ("registry", "services_hall", "grid", "indicators") for one in OF_EACH),
}
"""Calendar, catalogue of items, figures as a whole, what the machines do: they belong to no town."""

BY_LINK = {"lookAtRatingLink", "rateContact", "withdrawContactRating"}
"""Of whoever holds a signed link: it names one contact, and nobody has a grant for it."""
QUESTIONS = {"convertLunarDay", "locateGrid", "locateGrids", "verifyDocument"}
"""POST endpoints that change nothing, and ask for what is no secret in any place."""
ANYBODYS = {"reportInPublic", "showPublicProgress", "withdrawPublicReport", "erasePublicReport"}
"""What people do without a login, limited by client, and with a progress code: `tests/grid/public_reports`."""


def test_these_operations_and_no_others_ask_for_the_county() -> None:
    asked = {str(one) for one in operations() if one.access is not None and one.access.scope == "county"}
    assert asked == COUNTY_WIDE


def test_no_change_is_open_to_a_grant_wherever_it_was_given() -> None:
    open_ones = {
        one.id for one in operations() if one.access is not None and one.access.scope == "open" and one.method != "get"
    }
    assert open_ones == QUESTIONS | BY_LINK | ANYBODYS


def test_looking_at_long_work_and_stopping_it_are_two_permissions() -> None:
    asked = {one.id: one.access.permission for one in operations() if one.access and one.id in ("getJob", "cancelJob")}
    assert asked == {"getJob": "ops.jobs", "cancelJob": "ops.cancel_jobs"}
    assert set(PERMISSIONS["ops.jobs"]) == {Role.AUDITOR, Role.OPERATOR}
    assert set(PERMISSIONS["ops.cancel_jobs"]) == {Role.OPERATOR}


@of_each(lambda: [one for one in operations() if str(one) in COUNTY_WIDE])
async def test_a_grant_below_the_county_is_refused_before_anything_is_read(operation: Operation) -> None:
    assert operation.access is not None
    assert operation.access.permission is not None
    without = next(role for role in Role if role not in PERMISSIONS[operation.access.permission])
    app, callers = app_of(operation.service), Callers()
    app.state.kit.verifier, app.state.kit.lineage = callers, FixedLineage()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        for role in PERMISSIONS[operation.access.permission]:
            for area in ("450481100", "450481100201", "450481100201001"):
                caller = Principal(f"{role}@{area}", (Grant(role, area, "civil_affairs"), Grant(without, "450481")))
                answer = await client.request(operation.method.upper(), operation.url(), headers=callers.header(caller))
                assert_problem(answer, 403, "county_grant_needed")
