"""The lifecycle of a case, restated by hand and walked in full."""

from datetime import date
from itertools import product

import pytest

from services.services_hall.cases.domain.lifecycle import LIFECYCLE, OPEN, CaseAction, require_allowed
from services.services_hall.cases.domain.refusals import CaseTransitionError, case_number
from services.services_hall.cases.domain.remedies import remedies_from
from shared.auth.roles import PERMISSIONS, Role
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import ErrorKind
from shared.ids import new_id
from tests.services_hall.conftest import NATIONAL

BEFORE_DECISION = {"draft", "submitted", "received", "supplement", "accepted", "in_review", "special", "suspended"}
STAYS: set[str] = set()
CLERK, DECIDER, AGENT = "case.handle", "case.decide", "case.submit"
TABLE: dict[str, tuple[set[str], set[str], str, str]] = {
    "submit": ({"draft"}, {"submitted"}, AGENT, "counter"),
    "receive": ({"submitted"}, {"received"}, CLERK, "holder"),
    "notify": ({"received"}, {"supplement"}, CLERK, "holder"),
    "supply": ({"supplement"}, {"received"}, CLERK, "either"),
    "accept": ({"received"}, {"accepted"}, CLERK, "holder"),
    "refuse": ({"received"}, {"refused"}, CLERK, "holder"),
    "begin_review": ({"accepted"}, {"in_review"}, CLERK, "holder"),
    "pass": ({"in_review"}, {"in_review"}, CLERK, "holder"),
    "send_back": ({"in_review"}, {"in_review", "accepted"}, CLERK, "holder"),
    "hand_over": ({"received", "accepted", "in_review"}, STAYS, CLERK, "holder"),
    "take": ({"received", "accepted", "in_review"}, STAYS, CLERK, "receiver"),
    "decline": ({"received", "accepted", "in_review"}, STAYS, CLERK, "receiver"),
    "ask_consent": ({"accepted", "in_review"}, STAYS, CLERK, "holder"),
    "answer_consent": ({"accepted", "in_review", "special", "suspended"}, STAYS, CLERK, "asked"),
    "begin_special": ({"accepted", "in_review"}, {"special"}, CLERK, "holder"),
    "suspend": ({"accepted", "in_review"}, {"suspended"}, CLERK, "holder"),
    "resume": ({"special", "suspended"}, {"accepted", "in_review"}, CLERK, "holder"),
    "extend": ({"accepted", "in_review"}, STAYS, DECIDER, "holder"),
    "decide": ({"accepted", "in_review"}, {"decided"}, DECIDER, "holder"),
    "close": ({"decided"}, {"closed"}, CLERK, "either"),
    "deliver": ({"closed"}, {"delivered"}, CLERK, "either"),
    "archive": ({"delivered", "refused", "withdrawn", "expired"}, {"archived"}, CLERK, "either"),
    "withdraw": (BEFORE_DECISION, {"withdrawn"}, AGENT, "counter"),
    "check_material": (BEFORE_DECISION, STAYS, AGENT, "either"),
    "add_person": (BEFORE_DECISION, STAYS, AGENT, "either"),
    "remove_person": (BEFORE_DECISION, STAYS, AGENT, "either"),
    "enter_effect": (BEFORE_DECISION, STAYS, CLERK, "either"),
    "ask_effect": ({"decided", "closed", "delivered", "archived"}, STAYS, CLERK, "either"),
}
"""Each action: from which statuses, to which (none: it stays), by which permission, asked for which place."""

ROLES = {
    AGENT: {"agent", "village_clerk", "town_officer", "department_officer", "county_officer"},
    CLERK: {"village_clerk", "town_officer", "department_officer", "county_officer"},
    DECIDER: {"town_officer", "department_officer", "county_officer"},
}


def test_the_lifecycle_is_the_one_restated_here() -> None:
    written = {
        action.value: ({one.value for one in rule.origins}, {one.value for one in rule.to}, rule.permission, rule.place)
        for action, rule in LIFECYCLE.items()
    }
    assert written == TABLE
    by_time_or_by_whatever_was_done = {"draft", "expire", "undo", "reschedule", "boundary", "effect_answered"}
    assert {action.value for action in CaseAction} - set(TABLE) == by_time_or_by_whatever_was_done


def test_who_may_take_which_action_is_restated_by_role() -> None:
    for permission, roles in ROLES.items():
        assert set(PERMISSIONS[permission]) == roles


@pytest.mark.parametrize("action", LIFECYCLE)
def test_an_action_is_taken_from_the_statuses_of_the_table_and_from_no_other(action: CaseAction) -> None:
    for status in CaseStatus:
        if status in TABLE[action][0]:
            assert require_allowed(status, action).permission == TABLE[action][2]
            continue
        case_id = new_id()
        with pytest.raises(CaseTransitionError) as refused:
            require_allowed(status, action, case_id)
        assert (refused.value.kind, refused.value.code) == (ErrorKind.CONFLICT, "case_transition_not_allowed")
        assert refused.value.subject == case_id


def test_every_status_is_reached_and_every_one_but_the_archive_is_left() -> None:
    reached = {"draft", "submitted", "expired"} | {to for _, tos, _, _ in TABLE.values() for to in tos}
    left = {status for origins, tos, _, _ in TABLE.values() if tos for status in origins}
    assert reached == set(CaseStatus)
    assert set(CaseStatus) - left == {"archived"}


def test_a_case_is_open_until_its_matter_is_at_an_end() -> None:
    assert {status.value for status in OPEN} == BEFORE_DECISION | {"decided"}


def test_no_role_may_what_the_table_gives_to_none() -> None:
    for role, (action, (_, _, permission, _)) in product(Role, TABLE.items()):
        assert (role in PERMISSIONS[permission]) == (role in ROLES[permission]), (role, action)


def test_a_case_number_is_item_day_and_serial() -> None:
    assert case_number(NATIONAL, "20220623", 68) == "12441500196720244T3442199806003202206230068"
    assert case_number("VILLAGE-01", "20260101", 12345) == "VILLAGE-012026010112345"
    assert len(case_number(NATIONAL, "20220623", 9999)) == 31 + 8 + 4


@pytest.mark.parametrize(
    ("told", "review", "suit"),
    [
        (date(2026, 3, 16), date(2026, 5, 15), date(2026, 9, 16)),
        (date(2026, 8, 31), date(2026, 10, 30), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2027, 10, 30), date(2028, 2, 29)),
        (date(2026, 12, 1), date(2027, 1, 30), date(2027, 6, 1)),
    ],
)
def test_remedies_run_sixty_days_and_six_months(told: date, review: date, suit: date) -> None:
    assert remedies_from(told) == {"review_until": review, "suit_until": suit}
