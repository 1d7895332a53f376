"""A code list stands once: two enumerations with the same values would drift apart."""

import importlib
import pkgutil
from collections import defaultdict
from enum import StrEnum

import services
import shared


def code_lists() -> dict[frozenset[str], set[str]]:
    """Every StrEnum of the product by its values, as the full name of its class."""
    found: dict[frozenset[str], set[str]] = defaultdict(set)
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in module.name or ".testing" in module.name or module.name.endswith("__main__"):
                continue
            if not module.name.endswith((".domain", ".models")) and ".contracts." not in module.name:
                continue
            for one in vars(importlib.import_module(module.name)).values():
                if isinstance(one, type) and issubclass(one, StrEnum) and len(one):
                    found[frozenset(one)].add(f"{one.__module__}.{one.__qualname__}")
    return found


OTHER_NAMES = frozenset(
    {
        "services.registry.life_events.domain.reversals.ReversalStatus",
        "services.services_hall.case_erasures.domain.CaseErasureStatus",
    }
)
"""What two people decide has one course, and another Chinese name of its end: 已撤销 is not 已清除."""


def test_no_two_enumerations_have_the_same_values() -> None:
    twice = {names for values, names in ((v, frozenset(n)) for v, n in code_lists().items()) if len(names) > 1}
    assert twice == {OTHER_NAMES}


def test_severities_are_found_among_them() -> None:
    assert code_lists()[frozenset({"normal", "serious", "urgent"})] == {"shared.contracts.severity.Severity"}
