"""Grants kept with long work: whoever asked for it is the same caller when a worker takes it up."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.auth.lineage import Lineage
from shared.auth.principal import Grant, Principal


def granted(principal: Principal) -> list[dict[str, Any]]:
    """Grants as an import or an export keeps them."""
    return [{"role": one.role, "area": one.area, "department": one.department} for one in principal.grants]


def as_granted(subject: str, grants: Sequence[Mapping[str, Any]], lineage: Lineage) -> Principal:
    """Who asked for long work, with the grants of that moment under today's tree. Nothing is judged again."""
    return Principal(subject, tuple(Grant(**one) for one in grants), lineage)
