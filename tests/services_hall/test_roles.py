"""Who may do what with rules, runs and warnings of the hall: the full product of operations and roles, by hand."""

from typing import Any

import httpx
import pytest

from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.services_hall.case_warnings.samples import RULE
from tests.services_hall.conftest import VILLAGE
from tests.services_hall.retentions.samples import BODY

COUNTY, TOWN = "450481", "450481114"
NOBODY = new_id()
REFUSE = {"reason": "dispute"}
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
}
ERASURE = {name for name in OPERATIONS if "CaseErasure" in name or name == "getCaseRetentionReport"}
DECIDING = {"orderCaseErasure", "refuseCaseErasure"}
RULES = {name for name in OPERATIONS if name.endswith(("CaseRetentionRule", "CaseRetentionRules"))}
WARNING_RULES = {"listWarningRules", "setWarningRule", "withdrawWarningRule"}
SEEING = {"listCaseWarnings", "countCaseWarnings"}
NOTING = {"acknowledgeCaseWarning", "reopenCaseWarning"}
MAY: dict[str, set[str]] = {
    "village_clerk": (ERASURE - DECIDING) | SEEING | NOTING,
    "town_officer": (ERASURE - DECIDING) | SEEING | NOTING,
    "department_officer": SEEING | NOTING,
    "county_officer": WARNING_RULES | SEEING | NOTING,
    "county_registrar": ERASURE | RULES,
    "agent": SEEING,
    "auditor": SEEING,
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
