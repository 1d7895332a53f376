"""Every action from every status over HTTP, each taken back again; and the full product of who may do what where."""

from itertools import product
from typing import Any

import pytest

from services.services_hall.cases.domain.lifecycle import LIFECYCLE, CaseAction, Rule, require_allowed
from services.services_hall.cases.domain.refusals import CaseHeldElsewhere, CaseTransitionError
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, Role
from shared.contracts.services_hall.cases import CaseStatus
from shared.ids import new_id
from tests.services_hall.cases.test_rules import ROLES, TABLE
from tests.services_hall.cases.whole import PAPERS, WAYS, Whole
from tests.services_hall.conftest import NOT_ALLOWED, VILLAGE, refusal

VERBS = {action: action.value.replace("_", "-") for action in LIFECYCLE} | {
    CaseAction.ADD_PERSON: "persons",
    CaseAction.REMOVE_PERSON: "remove",
}
BEFORE: dict[str, tuple[Any, ...]] = {
    "take": ("hand-over",),
    "decline": ("hand-over",),
    "answer_consent": ("ask-consent",),
    "accept": (PAPERS[1],),
    "supply": (PAPERS[1],),
    "decide accepted": ("begin-review", "take", "pass", "take"),
    "decide in_review": ("pass", "take"),
}
"""What has to be done for an action, beside being in its status."""
LAST = ("decline", "submit")
"""What cannot be taken back."""


async def taken(whole: Whole, case: Any, action: CaseAction) -> Any:
    """The answer to an action, after what has to be done for it."""
    if action is CaseAction.REMOVE_PERSON:
        return await whole.ask(case, f"persons/{new_id()}/remove")
    return await whole.ask(case, VERBS[action])


def comparable(case: Any) -> dict[str, Any]:
    """What an undo brings back: all but the version and the steps."""
    return {name: value for name, value in case.items() if name not in ("version", "steps")}


@pytest.mark.parametrize("status", WAYS)
async def test_from_each_status_the_actions_of_the_table_are_taken_and_taken_back_and_all_others_change_nothing(
    whole: Whole, status: str
) -> None:
    case = await whole.bring(status)
    shown = await whole.read(case)
    allowed = [action for action in LIFECYCLE if status in TABLE[action][0]]
    for action in LIFECYCLE:
        if action not in allowed:
            assert refusal(await taken(whole, case, action)) == NOT_ALLOWED, action
    assert await whole.read(case) == shown
    for action in sorted(allowed, key=lambda one: LAST.index(one) if one in LAST else -1):
        before = BEFORE.get(f"{action.value} {status}", BEFORE.get(action, ()))
        if action == "answer_consent" and status not in ("accepted", "in_review"):
            continue  # asked before it stood still: `test_review.py`
        if action in (CaseAction.REMOVE_PERSON, CaseAction.ENTER_EFFECT, CaseAction.ASK_EFFECT):
            continue  # `test_persons.py`, `test_registering.py`
        case = await whole.do(case, *before)
        answer = await taken(whole, case, action)
        assert answer.status_code == 200, (action, answer.text)
        moved = answer.json()
        assert moved["version"] == case["version"] + 1
        assert moved["status"] in (TABLE[action][1] or {status}), action
        if action in LAST:
            assert refusal(await whole.ask(moved, "undo"))[:2] == (409, "case_nothing_to_undo")
            return
        case = await whole.do(moved, "undo", *("undo" for _ in before))
        assert comparable(await whole.read(case)) == comparable(shown), action


async def test_a_step_that_was_taken_back_stands_in_the_history_with_its_undo_and_the_one_before_is_next(
    whole: Whole,
) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive", PAPERS[0], PAPERS[1], "accept", "undo", "undo")
    steps = [(one["version"], one["step"], one["reason"], one["undoes"]) for one in (await whole.read(case))["steps"]]
    assert steps == [
        (1, "submit", None, None),
        (2, "receive", None, None),
        (3, "check_material", None, None),
        (4, "check_material", None, None),
        (5, "accept", None, None),
        (6, "undo", "wrong_entry", 5),
        (7, "undo", "wrong_entry", 6),
    ]
    standing = {one["number"]: one["status"] for one in (await whole.read(case))["materials"]}
    assert standing == {1: "given", 2: "missing", 3: "missing"}
    case = await whole.do(case, "undo", "undo")
    assert (case["status"], case["received_at"]) == ("submitted", None)
    assert refusal(await whole.ask(case, "undo"))[:2] == (409, "case_nothing_to_undo")


async def test_an_undo_names_the_version_that_was_seen_and_is_not_taken_twice(whole: Whole) -> None:
    case = await whole.do(await whole.bring("submitted"), "receive")
    async with whole.door.client(Principal("officer", (Grant(Role.COUNTY_OFFICER, "450481", None),))) as client:
        path, body = f"/cases/{case['id']}/undo", {"reason": "wrong_step"}
        for headers in ({}, {"If-Match": "*"}):
            assert refusal(await client.post(path, json=body, headers=headers))[:2] == (428, "precondition_required")
        first = await client.post(path, json=body, headers={"If-Match": '"2"'})
        again = await client.post(path, json=body, headers={"If-Match": '"2"'})
    assert (first.json()["status"], refusal(again)[:2]) == ("submitted", (412, "version_mismatch"))


async def test_who_may_not_take_a_step_does_not_take_it_back(whole: Whole) -> None:
    agent = Principal("agent", (Grant(Role.AGENT, VILLAGE, None),))
    clerk = Principal("clerk", (Grant(Role.VILLAGE_CLERK, VILLAGE, None),))
    case = await whole.do(await whole.bring("submitted"), "receive")
    assert refusal(await whole.ask(case, "undo", agent))[:2] == (403, "forbidden")
    decided = await whole.bring("decided")
    assert refusal(await whole.ask(decided, "undo", clerk))[:2] == (403, "forbidden")
    assert (await whole.ask(case, "undo", clerk)).status_code == 200


AREAS = {"counter": VILLAGE, "holder": "450481114", "receiver": "450481"}
DEPARTMENTS = {"counter": "civil_affairs", "holder": "civil_affairs", "receiver": "medical_insurance"}
CALLERS = [
    (role, area, department)
    for role in Role
    for area in ("450481", "450481114", VILLAGE, "450481114202", "450482")
    for department in (("civil_affairs", "medical_insurance", "health") if role in DEPARTMENT_ROLES else (None,))
]


def may(rule: str, role: Role, area: str, department: str | None) -> bool:
    """Restated by hand: the role has the permission, and its area and department hold the place of the action."""
    _, _, permission, place = TABLE[rule]
    if role not in ROLES[permission]:
        return False
    if place == "asked":
        return area == "450481" and department in (None, "health")
    places = ("counter", "holder") if place == "either" else (place,)
    return any(AREAS[one].startswith(area) and department in (None, DEPARTMENTS[one]) for one in places)


def test_the_full_product_of_statuses_actions_roles_areas_and_departments() -> None:
    """A file that lies with the town, is on its way to another department of the county, and asks health's consent."""
    case = Case(
        id=new_id(), version=3, area=VILLAGE, department="civil_affairs", held_area="450481114",
        held_department="civil_affairs", sent={"area": "450481", "department": "medical_insurance"},
    )  # fmt: skip
    moving = object.__new__(CaseMoving)
    tried = 0
    for (action, rule), status, (role, area, department) in product(LIFECYCLE.items(), CaseStatus, CALLERS):
        caller = Principal("x", () if role in OWN_ONLY else (Grant(role, area, department),))
        allowed = status in TABLE[action][0] and may(action, role, area, department)
        tried += 1
        assert decided(moving, caller, case, status, action, rule) is allowed, (action, status, role, area, department)
    assert tried == len(LIFECYCLE) * len(CaseStatus) * len(CALLERS)


def decided(moving: CaseMoving, caller: Principal, case: Case, status: str, action: CaseAction, rule: Rule) -> bool:
    """Whether the service lets the caller take the action on the case in this status."""
    try:
        require_allowed(CaseStatus(status), action)
        moving.require_place(caller, case, rule, "health")
    except (CaseTransitionError, CaseHeldElsewhere):
        return False
    return True
