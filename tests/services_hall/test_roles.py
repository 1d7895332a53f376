"""Who may do what with rules, runs, warnings and what agents carry: each operation for each role, by hand."""

from typing import Any

import httpx
import pytest

from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.services_hall.agencies.carrying import BODIES
from tests.services_hall.case_warnings.samples import RULE
from tests.services_hall.conftest import VILLAGE
from tests.services_hall.retentions.samples import BODY

COUNTY, TOWN = "450481", "450481114"
NOBODY = new_id()
REFUSE = {"reason": "dispute"}
FILE = {"post": "primary", "account": "u-1", "name": "张三", "phone": "13800138000", "since": "2026-03-02"}
AWAY = {"since": "2026-03-18", "until": "2026-03-20", "substitute_id": str(NOBODY)}
SIGNED = {"case_id": str(NOBODY), "agent_id": str(NOBODY), "way": "signed", "signed_on": "2026-03-16"}
BACK = {"returned_on": "2026-03-16", "recipient": "applicant"}
CARRYING = ("accept", "decline", "forward", "deliver")
CARRIED = ("Agent", "Agents", "Authorisation", "Authorisations", "Agency", "Agencies", "Original", "Originals")
OPERATIONS: dict[str, tuple[str, str, Any]] = {
    "listCaseRetentionRules": ("GET", "/retention-rules", None),
    "setCaseRetentionRule": ("POST", "/retention-rules", BODY),
    "withdrawCaseRetentionRule": ("POST", f"/retention-rules/{NOBODY}/withdraw", None),
    "getCaseRetentionReport": ("GET", f"/due-case-erasures/report?area={VILLAGE}", None),
    "listDueCaseErasures": ("GET", f"/due-case-erasures?area={VILLAGE}", None),
    "countDueCaseErasures": ("GET", f"/due-case-erasures/count?area={VILLAGE}", None),
    "requestCaseErasure": ("POST", "/case-erasures", {"area": VILLAGE}),
    "listCaseErasures": ("GET", f"/case-erasures?area={VILLAGE}", None),
    "getCaseErasure": ("GET", f"/case-erasures/{NOBODY}", None),
    "listCaseErasureEntries": ("GET", f"/case-erasures/{NOBODY}/entries", None),
    "orderCaseErasure": ("POST", f"/case-erasures/{NOBODY}/order", None),
    "refuseCaseErasure": ("POST", f"/case-erasures/{NOBODY}/refuse", REFUSE),
    "withdrawCaseErasure": ("POST", f"/case-erasures/{NOBODY}/withdraw", None),
    "listWarningRules": ("GET", "/warning-rules", None),
    "setWarningRule": ("POST", "/warning-rules", RULE),
    "withdrawWarningRule": ("POST", f"/warning-rules/{NOBODY}/withdraw", None),
    "listCaseWarnings": ("GET", "/case-warnings", None),
    "countCaseWarnings": ("GET", "/case-warnings/count", None),
    "acknowledgeCaseWarning": ("POST", f"/case-warnings/{NOBODY}/acknowledge", None),
    "reopenCaseWarning": ("POST", f"/case-warnings/{NOBODY}/reopen", None),
    "appointAgent": ("POST", "/agents", {**FILE, "area": VILLAGE}),
    "listAgents": ("GET", "/agents", None),
    "countAgents": ("GET", "/agents/count", None),
    "getAgent": ("GET", f"/agents/{NOBODY}", None),
    "reviseAgent": ("POST", f"/agents/{NOBODY}/revise", {"name": "张三", "phone": "13800138000"}),
    "leaveAgent": ("POST", f"/agents/{NOBODY}/leave", AWAY),
    "resumeAgent": ("POST", f"/agents/{NOBODY}/return", None),
    "endAgent": ("POST", f"/agents/{NOBODY}/end", {"until": "2026-03-16"}),
    "annulAgent": ("POST", f"/agents/{NOBODY}/annul", None),
    "undoAgent": ("POST", f"/agents/{NOBODY}/undo", None),
    "recordAuthorisation": ("POST", "/authorisations", SIGNED),
    "listAuthorisations": ("GET", "/authorisations", None),
    "countAuthorisations": ("GET", "/authorisations/count", None),
    "getAuthorisation": ("GET", f"/authorisations/{NOBODY}", None),
    "revokeAuthorisation": ("POST", f"/authorisations/{NOBODY}/revoke", {"revoked_on": "2026-03-16"}),
    "annulAuthorisation": ("POST", f"/authorisations/{NOBODY}/annul", None),
    "undoAuthorisation": ("POST", f"/authorisations/{NOBODY}/undo", None),
    "entrustAgency": ("POST", "/agencies", {"case_id": str(NOBODY), "authorisation_id": str(NOBODY)}),
    "listAgencies": ("GET", "/agencies", None),
    "countAgencies": ("GET", "/agencies/count", None),
    "getAgency": ("GET", f"/agencies/{NOBODY}", None),
    **{f"{verb}Agency": ("POST", f"/agencies/{NOBODY}/{verb}", BODIES[verb]) for verb in CARRYING},
    "archiveAgency": ("POST", f"/agencies/{NOBODY}/archive", None),
    "reportAgency": ("POST", f"/agencies/{NOBODY}/report", None),
    "callBackAgency": ("POST", f"/agencies/{NOBODY}/call-back", BODIES["call-back"]),
    "reassignAgency": ("POST", f"/agencies/{NOBODY}/reassign", {"agent_id": str(NOBODY)}),
    "undoAgency": ("POST", f"/agencies/{NOBODY}/undo", None),
    "arrangeAgencyVisit": ("POST", f"/agencies/{NOBODY}/arrange-visit", BODIES["arrange-visit"]),
    "makeAgencyVisit": ("POST", f"/agencies/{NOBODY}/visit", BODIES["visit"]),
    "cancelAgencyVisit": ("POST", f"/agencies/{NOBODY}/cancel-visit", None),
    "readAgencyVisitAddress": ("POST", f"/agencies/{NOBODY}/visit-address", None),
    "receiveOriginal": ("POST", "/originals", {"agency_id": str(NOBODY), "kind": "other"}),
    "listOriginals": ("GET", "/originals", None),
    "countOriginals": ("GET", "/originals/count", None),
    "getOriginal": ("GET", f"/originals/{NOBODY}", None),
    "getOriginalReceipt": ("GET", f"/originals/{NOBODY}/receipts/1", None),
    "handOverOriginal": ("POST", f"/originals/{NOBODY}/hand-over", {"to_area": TOWN}),
    "takeOriginal": ("POST", f"/originals/{NOBODY}/take", None),
    "declineOriginal": ("POST", f"/originals/{NOBODY}/decline", None),
    "giveBackOriginal": ("POST", f"/originals/{NOBODY}/return", BACK),
    "loseOriginal": ("POST", f"/originals/{NOBODY}/lose", {"lost_on": "2026-03-16"}),
    "tellOriginalLoss": ("POST", f"/originals/{NOBODY}/tell-loss", {"told_on": "2026-03-16"}),
    "findOriginal": ("POST", f"/originals/{NOBODY}/find", None),
    "annulOriginal": ("POST", f"/originals/{NOBODY}/annul", None),
    "undoOriginal": ("POST", f"/originals/{NOBODY}/undo", None),
}
ERASURE = {name for name in OPERATIONS if "CaseErasure" in name or name == "getCaseRetentionReport"}
DECIDING = {"orderCaseErasure", "refuseCaseErasure"}
RULES = {name for name in OPERATIONS if name.endswith(("CaseRetentionRule", "CaseRetentionRules"))}
WARNING_RULES = {"listWarningRules", "setWarningRule", "withdrawWarningRule"}
SEEING = {"listCaseWarnings", "countCaseWarnings"}
NOTING = {"acknowledgeCaseWarning", "reopenCaseWarning"}
LOOKING = {
    name
    for name in OPERATIONS
    if name.startswith(("list", "count", "get")) and name.endswith(CARRIED) and name != "getOriginalReceipt"
}
APPOINTING = {name for name in OPERATIONS if name.endswith("Agent")} - LOOKING
SUPERVISING = {"callBackAgency", "reassignAgency"}
HOLDING = {name for name in OPERATIONS if "Original" in name} - LOOKING
ENTERING = {name for name in OPERATIONS if name.endswith(("Authorisation", "Agency", "Visit", "VisitAddress"))} - {
    "undoAgency",
    *LOOKING,
    *SUPERVISING,
}
LOOKING |= {"undoAgency"}  # who may take the step is asked of the step
MAY: dict[str, set[str]] = {
    "village_clerk": (ERASURE - DECIDING) | SEEING | NOTING | LOOKING | ENTERING | SUPERVISING | HOLDING,
    "town_officer": (ERASURE - DECIDING) | SEEING | NOTING | LOOKING | ENTERING | SUPERVISING | HOLDING | APPOINTING,
    "department_officer": SEEING | NOTING | LOOKING | HOLDING,
    "county_officer": WARNING_RULES | SEEING | NOTING | LOOKING | SUPERVISING | HOLDING | APPOINTING,
    "county_registrar": ERASURE | RULES,
    "agent": SEEING | LOOKING | ENTERING | HOLDING,
    "auditor": SEEING | LOOKING,
}
"""At the county. Every other role may do nothing of it."""


async def asked(door: Door, who: Principal | None, name: str) -> httpx.Response:
    method, path, body = OPERATIONS[name]
    async with door.client(who) as client:
        return await client.request(method, path, json=body)


def who_is(role: Role, area: str) -> Principal:
    department = "civil_affairs" if role == Role.DEPARTMENT_OFFICER else None
    return Principal("somebody", (Grant(role, area, department),))


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_may_what_the_table_says_and_nothing_else(door: Door, role: Role) -> None:
    may = MAY.get(str(role), set())
    for name in OPERATIONS:
        answer = await asked(door, who_is(role, COUNTY), name)
        assert (answer.status_code != 403) is (name in may), (role, name, answer.text)


@pytest.mark.parametrize(("role", "names"), [("county_officer", WARNING_RULES), ("county_registrar", RULES)])
async def test_what_is_the_countys_is_nobodys_below_it(door: Door, role: Role, names: set[str]) -> None:
    for name in sorted(names):
        assert (await asked(door, a_principal(role, COUNTY), name)).status_code != 403, name
        for area in (TOWN, VILLAGE):
            assert (await asked(door, a_principal(role, area), name)).status_code == 403, (name, area)


async def test_nobody_does_anything_without_a_login(door: Door) -> None:
    for name in OPERATIONS:
        assert (await asked(door, None, name)).status_code == 401, name


async def test_two_grants_are_not_one(door: Door) -> None:
    """A registrar of a village who is an officer at the county decides nothing there."""
    both = Principal("both", (Grant("county_registrar", VILLAGE), Grant("county_officer", COUNTY)))
    for name in sorted(RULES):
        assert (await asked(door, both, name)).status_code == 403, name
    assert (await asked(door, both, "setWarningRule")).status_code == 201
    assert (await asked(door, both, "orderCaseErasure")).status_code == 404, "nothing of that id, wherever"
