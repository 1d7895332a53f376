"""No decision asks whether somebody has a permission somewhere: it is asked with an area, and a department."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from shared.auth.principal import Principal
from shared.auth.roles import OWN_ONLY, PERMISSIONS, ROLES
from tests.architecture.operations import operations

ROOT = Path(__file__).parents[2]
ADMISSION = ROOT / "shared/http/security.py"
"""Refuses early those whom no grant could let in; the use case decides."""
AUTH = ROOT / "shared/auth"
GRANTS = frozenset({"grants", "carries", "opens", "may", "may_in_area", "departments", "lineage"})
"""What a decision without an area would look at."""
LEVELLED = frozenset({"owns", "holds_county"})
"""What lies in no area: the caller's own rows, and what concerns the county as a whole."""
SCOPES = frozenset({"scope", "department_scope", "narrowed"})
INSIDE = frozenset({"areas", "parts"})


def places() -> Iterator[Path]:
    for folder in ("services", "shared", "deploy/local", "deploy/noun"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path != ADMISSION and AUTH not in path.parents:
                yield path


def somewhere(source: str) -> list[str]:
    """The lines that look at grants, or into a scope, instead of asking a scope with an area."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute):
            continue
        of = node.value
        named = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
        called = of.func.attr if isinstance(of, ast.Call) and isinstance(of.func, ast.Attribute) else ""
        asked = node.attr in GRANTS and named in {"principal", "grant", "caller"}
        opened = node.attr in INSIDE and (called in SCOPES or named in SCOPES)
        bare = node.attr == "require" and named == "principal"
        if asked or opened or bare:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


def test_no_decision_looks_for_a_grant_somewhere() -> None:
    wrong = {str(path.relative_to(ROOT)): somewhere(path.read_text(encoding="utf-8")) for path in places()}
    assert {path: lines for path, lines in wrong.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        'principal.require("person.full")',
        'state.principal.may("person.full")',
        'principal.may_in_area("tag.restricted")',
        'any(grant.opens("case.read") for grant in principal.grants)',
        'if principal.scope("case.read").areas: pass',
        "listed(scope.areas)",
        "list(principal.lineage.expand(area))",
    ],
)
def test_it_would_be_found(line: str) -> None:
    assert somewhere(line)


def test_a_principal_answers_yes_or_no_only_with_an_area_at_hand_or_about_what_has_none() -> None:
    for name, method in inspect.getmembers(Principal, inspect.isfunction):
        if name.startswith("_") or get_type_hints(method).get("return") is not bool:
            continue
        asked = set(inspect.signature(method).parameters)
        assert name in LEVELLED or asked & {"area", "judgement"}, name


@pytest.mark.parametrize("role", sorted(OWN_ONLY))
def test_who_sees_the_own_only_has_no_permission_that_every_endpoint_refuses(role: str) -> None:
    """A permission that is never asked for the caller's own, or of everybody, would promise what nothing keeps."""
    reached = {one.access.permission for one in operations() if one.access and one.access.scope != "area"}
    assert ROLES[role] <= reached


def test_every_permission_is_asked_for() -> None:
    """By a route, by name in a use case, or by the definition of a ledger that ships."""
    asked = {one.access.permission for one in operations() if one.access}
    source = "".join(path.read_text(encoding="utf-8") for path in places())
    defined = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("services/*/ledgers/*.yaml"))
    unasked = {one for one in set(PERMISSIONS) - asked if f'"{one}"' not in source}
    assert {one for one in unasked if not re.search(rf"permission: {re.escape(one)}\b", defined)} == set()
