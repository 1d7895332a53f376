"""The area predicate and the dated tree behind it."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Text, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.lineage import AreaLine, Lineage
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, DEPARTMENTAL, OWN_ONLY, PERMISSIONS, ROLES, Role
from shared.auth.scope import DepartmentScope, Judgement, Scope, inside, is_inside, outermost
from shared.errors import NotFound
from tests.each import of_each

TODAY = date(2026, 3, 2)

codes = st.one_of(
    *(st.text(alphabet="0123456789", min_size=n, max_size=n) for n in (2, 4, 6, 9, 12, 15)),
    st.sampled_from(["450481", "450481100", "450481100201", "450481100201001", "450482", "45048110"]),
)


@given(codes, codes)
def test_inside_is_the_same_as_begins_with(code: str, area: str) -> None:
    assert is_inside(code, area) == code.startswith(area)


@given(st.lists(codes, max_size=6), codes)
def test_dropping_inner_areas_changes_nothing_that_is_allowed(areas: list[str], code: str) -> None:
    assert Scope(outermost(areas)).allows(code) == any(code.startswith(area) for area in areas)


def test_a_row_without_an_area_is_in_nobodys_scope() -> None:
    assert not Scope(("45",)).allows(None)


def test_an_empty_scope_allows_nothing_and_selects_nothing() -> None:
    assert not Scope(()).allows("450481")
    assert str(Scope(()).where(Column("area", Text))) == "false"
    with pytest.raises(NotFound):
        Scope(()).require("450481")


def test_one_of_a_rows_areas_in_scope_is_enough() -> None:
    scope = Scope(("450481100",))
    assert scope.allows_any("431024001001", "450481100201")
    for elsewhere in (("431024001001", None), ()):
        assert not scope.allows_any(*elsewhere)


def test_what_is_written_in_several_areas_asks_for_each_of_them() -> None:
    scope = Scope(("450481100", "450481102"))
    scope.require("450481100201", "450481102201")
    for not_all in (("431024001001", "450481100201"), ("450481100201", None), (None,), ()):
        with pytest.raises(NotFound):
            scope.require(*not_all)


def test_what_concerns_the_whole_county_asks_for_a_grant_at_the_county_or_above() -> None:
    def holds(*areas: str) -> bool:
        return Principal("p", tuple(Grant(Role.OPERATOR, area) for area in areas)).holds_county("ops.republish")

    for enough in ("450481", "4504", "45"):
        assert holds("450481100201", enough)
    for less in (("450481100",), ("450481100201", "450481102"), ("450481100201001",), ()):
        assert not holds(*less)
    assert not Principal("p", (Grant(Role.AUDITOR, "450481"),)).holds_county("ops.republish")


async def test_the_database_selects_what_python_allows(session: AsyncSession) -> None:
    samples = ["45", "4504", "450481", "450481100", "450481100201", "450481100201001", "45048", "450482", "46"]
    for code in samples:
        for area in samples:
            selected = await session.scalar(select(inside(literal(code, Text(collation="C")), area)))
            assert selected == is_inside(code, area), (code, area)


def lineage(*lines: tuple[str, date, Sequence[str]]) -> Lineage:
    return Lineage.of([AreaLine(code, end, tuple(heirs)) for code, end, heirs in lines], TODAY)


def test_without_changes_an_area_is_itself() -> None:
    assert lineage().expand("450481100") == ("450481100",)


def test_an_abolished_area_opens_its_successors_and_theirs() -> None:
    tree = lineage(
        ("450481100", date(2020, 1, 1), ["450481101"]), ("450481101", date(2024, 1, 1), ["450481102", "450481103"])
    )
    assert tree.expand("450481100") == ("450481100", "450481101", "450481102", "450481103")


def test_a_successor_sees_the_rows_of_its_predecessors() -> None:
    tree = lineage(("450481100201", date(2020, 1, 1), ["450481101202"]))
    assert tree.expand("450481101202") == ("450481100201", "450481101202")


def test_a_town_sees_the_rows_of_a_village_that_came_to_it_from_another_town() -> None:
    tree = lineage(("450481100201", date(2020, 1, 1), ["450481101202"]))
    assert tree.expand("450481101") == ("450481100201", "450481101")
    assert tree.expand("450481102") == ("450481102",)


@pytest.mark.parametrize("heir", ["450481", "45", "450481100", "450481100202001"])
def test_a_successor_of_another_level_opens_nothing_to_anybody(heir: str) -> None:
    """A village whose successor were the county would make every grant there county-wide, for ever."""
    tree = lineage(("450481100201", date(2020, 1, 1), [heir, "450481100202"]))
    assert tree.expand("450481100201") == ("450481100201", "450481100202")
    assert tree.expand(heir) == (heir,)


def test_a_part_of_a_split_village_does_not_see_the_other_part() -> None:
    tree = lineage(("450481100201", date(2020, 1, 1), ["450481100202", "450481100203"]))
    assert tree.expand("450481100202") == ("450481100201", "450481100202")


def test_an_end_in_the_future_has_no_effect_yet_and_today_has() -> None:
    assert lineage(("450481100", date(2026, 3, 3), ["450481101"])).expand("450481100") == ("450481100",)
    assert lineage(("450481100", TODAY, ["450481101"])).expand("450481100") == ("450481100", "450481101")


def test_codes_that_replace_each_other_in_a_circle_do_not_hang() -> None:
    tree = lineage(("450481100", date(2020, 1, 1), ["450481101"]), ("450481101", date(2021, 1, 1), ["450481100"]))
    assert tree.expand("450481100") == ("450481100", "450481101")


def test_a_decision_never_crosses_roles_with_areas() -> None:
    both = Principal("p", (Grant(Role.COUNTY_REGISTRAR, "450481100201"), Grant(Role.ASSESSOR, "450481")))
    assert both.scope("person.full").areas == ("450481100201",)
    assert both.scope("indicator.read").areas == ("450481",)
    assert both.role_in("indicator.read", "450481101001") == Role.ASSESSOR
    assert both.role_in("person.full", "450481101001") is None


def test_a_resident_has_permissions_but_no_area() -> None:
    resident = Principal("p", (Grant(Role.RESIDENT, "450481"),))
    assert resident.owns("incident.read")
    assert not resident.department_scope("incident.read").allows("450481", None)
    assert not resident.scope("incident.report").allows("450481")
    assert resident.role_in("incident.read", "450481") == Role.RESIDENT
    assert not Principal("p", (Grant(Role.COUNTY_OFFICER, "450481"),)).owns("incident.read")


def test_an_unknown_role_carries_nothing_and_an_unknown_permission_is_a_programming_error() -> None:
    stranger = Principal("p", (Grant("emperor", "45"),))
    for permission in PERMISSIONS:
        assert not opened(stranger, permission, "45", "civil_affairs")
        assert not stranger.owns(permission)
    for ask in (stranger.scope, stranger.department_scope, stranger.owns):
        with pytest.raises(ValueError, match="no such permission"):
            ask("person.delete_everything")


def test_a_grant_reaches_through_the_tree_of_the_request() -> None:
    tree = lineage(("450481100", date(2020, 1, 1), ["450481101"]))
    clerk = Principal("p", (Grant(Role.TOWN_OFFICER, "450481100"),)).of_request(tree)
    assert clerk.scope("person.read").areas == ("450481100", "450481101")


def test_a_scope_narrows_to_what_it_has_in_common_with_an_area_and_nothing_in_common_is_not_found() -> None:
    clerk = Principal("p", (Grant(Role.VILLAGE_CLERK, "450481100201"), Grant(Role.VILLAGE_CLERK, "450481100202")))
    assert clerk.scope("person.read", within="450481100201").areas == ("450481100201",)
    assert clerk.scope("person.read", within="450481100201001").areas == ("450481100201001",)
    assert clerk.scope("person.read", within="450481100").areas == ("450481100201", "450481100202")
    assert clerk.scope("person.read", within=None) == clerk.scope("person.read")
    for elsewhere in ("450481101", "450481100203", "43"):
        with pytest.raises(NotFound):
            clerk.scope("person.read", within=elsewhere)


@given(st.lists(codes, min_size=1, max_size=4), codes, codes)
def test_narrowing_is_intersection(areas: list[str], within: str, code: str) -> None:
    both = any(code.startswith(area) for area in areas) and code.startswith(within)
    try:
        assert Scope(outermost(areas)).narrowed([within]).allows(code) == both
    except NotFound:
        assert not both


def test_an_area_asked_for_reaches_through_the_tree_too() -> None:
    tree = lineage(("450481100201", date(2020, 1, 1), ["450481101202"]))
    officer = Principal("p", (Grant(Role.COUNTY_OFFICER, "450481"),)).of_request(tree)
    assert officer.scope("person.read", within="450481101202").areas == ("450481100201", "450481101202")


def opened(principal: Principal, permission: str, area: str, department: str | None) -> bool:
    """Whether a permission holds in an area, for what a department answers for or for what none does."""
    if permission in DEPARTMENTAL:
        return principal.department_scope(permission).allows(area, department)
    return principal.scope(permission).allows(area)


HALVES = Principal(
    "p",
    (
        Grant(Role.DEPARTMENT_OFFICER, "450481", "civil_affairs"),
        Grant(Role.DEPARTMENT_OFFICER, "450481100", "water"),
        Grant(Role.TOWN_OFFICER, "450481101"),
    ),
)


@pytest.mark.parametrize(
    ("area", "department", "allowed"),
    [
        ("450481100201", "civil_affairs", True),
        ("450481100201", "water", True),
        ("450481102201", "water", False),
        ("450481100201", "urban_management", False),
        ("450481100201", None, False),
        ("450481101201", None, True),
        ("450481101201", "urban_management", True),
        (None, "civil_affairs", False),
    ],
)
def test_a_department_has_its_own_rows_in_the_area_of_the_same_grant(
    area: str | None, department: str | None, allowed: bool
) -> None:
    scope = HALVES.department_scope("case.handle")
    assert scope.allows(area, department) is allowed
    assert (HALVES.role_in("case.handle", area, department) is not None) is allowed
    if not allowed:
        with pytest.raises(NotFound):
            scope.require(area, department)


@pytest.mark.parametrize("role", sorted(DEPARTMENT_ROLES))
def test_a_department_role_without_a_department_may_do_nothing(role: str) -> None:
    officer = Principal("p", (Grant(role, "45"),))
    for permission in PERMISSIONS:
        for department in (None, "", "civil_affairs"):
            assert not opened(officer, permission, "450481", department)
        assert officer.role_in(permission, "450481", "civil_affairs") is None


def test_only_one_grant_with_every_permission_opens_what_needs_several() -> None:
    two = Principal("p", (Grant(Role.VILLAGE_CLERK, "450481"), Grant(Role.COUNTY_REGISTRAR, "450481100")))
    assert two.scope("indicator.read").allows("450481101")
    scope = two.scope("indicator.read", "tag.restricted")
    assert scope.allows("450481100201")
    assert not scope.allows("450481101")
    apart = Principal("p", (Grant(Role.ASSESSOR, "450481"), Grant(Role.GRID_HEAD, "450481")))
    assert not apart.scope("balance.read", "visit.record").allows("450481")


@of_each(lambda: sorted(PERMISSIONS))
def test_what_a_department_answers_for_is_not_asked_without_it(permission: str) -> None:
    wrong = HALVES.scope if permission in DEPARTMENTAL else HALVES.department_scope
    with pytest.raises(ValueError, match="department"):
        wrong(permission)


@pytest.mark.parametrize("scope", [HALVES.scope("person.lookup"), HALVES.department_scope("case.read")], ids=str)
def test_a_scope_is_no_yes_or_no(scope: object) -> None:
    with pytest.raises(TypeError, match="asked with an area"):
        bool(scope)


parts = st.lists(
    st.tuples(st.sampled_from([None, "civil_affairs", "water"]), st.lists(codes, max_size=3).map(outermost)), max_size=4
)


@given(parts.map(tuple), codes, codes, st.sampled_from([None, "civil_affairs", "water", "other"]))
def test_a_narrowed_department_scope_is_the_intersection(
    parts: tuple[tuple[str | None, tuple[str, ...]], ...], within: str, code: str, department: str | None
) -> None:
    both = DepartmentScope(parts).allows(code, department) and code.startswith(within)
    try:
        assert DepartmentScope(parts).narrowed([within]).allows(code, department) == both
    except NotFound:
        assert not both


async def test_the_database_selects_of_departments_what_python_allows(session: AsyncSession) -> None:
    scopes = [HALVES.department_scope("case.read"), DepartmentScope(()), DepartmentScope(((None, ("450481",)),))]
    for scope in scopes:
        for area in ("450481", "450481100", "450481100201", "450481101", "450482"):
            for department in ("civil_affairs", "water", "other", None):
                columns = literal(area, Text(collation="C")), literal(department, Text())
                selected = await session.scalar(select(scope.where(*columns)))
                assert bool(selected) is scope.allows(area, department), (area, department)


def test_what_was_judged_in_a_request_can_be_judged_again() -> None:
    asked = HALVES.of_request(lineage())
    asked.department_scope("case.handle").require("450481100201", "water")
    assert asked.scope("person.lookup").allows_any("43", "450481100201")
    assert not asked.scope("person.lookup").allows("43"), "what was refused is not remembered"
    assert not asked.scope("grid.manage").has_below("43")
    assert asked.scope("grid.manage").has_below("450481")
    assert asked.judged is not None
    for judgement in asked.judged:
        assert HALVES.holds(judgement)
    first, second, third = asked.judged
    assert third.areas == ("450481101",)
    moved = Principal("p", (Grant(Role.DEPARTMENT_OFFICER, "450481100", "civil_affairs"),))
    assert not moved.holds(first)
    assert moved.holds(second)
    assert not Principal("p").holds(second)
    assert not HALVES.holds(Judgement(("person.of_another_version",), ("450481100201",)))


def test_every_role_has_a_row_and_the_dangerous_permissions_are_few() -> None:
    assert set(ROLES) == set(Role)
    assert OWN_ONLY.issubset(Role)
    holders = {p: {role for role in Role if p in ROLES[role]} for p in PERMISSIONS}
    assert holders["person.full"] == {Role.COUNTY_REGISTRAR}
    assert holders["tag.restricted"] == {Role.COUNTY_REGISTRAR}
    assert holders["access.restricted"] == {Role.AUDITOR}
    assert not holders["access.restricted"] & (holders["tag.read"] | holders["tag.restricted"]), "decision 37"
    assert holders["ops.republish"] == {Role.OPERATOR}
    assert not any(p.startswith(("person.", "household.", "tag.", "case.")) for p in ROLES[Role.OPERATOR])
