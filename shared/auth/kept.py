"""Grants and judgements kept with long work: the same caller when a worker takes it up, judged again at its end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.auth.lineage import Lineage
from shared.auth.principal import Grant, Principal
from shared.auth.scope import Judgement


def granted(principal: Principal) -> list[dict[str, Any]]:
    """Grants as an import or an export keeps them."""
    return [{"role": one.role, "area": one.area, "department": one.department} for one in principal.grants]


def as_granted(subject: str, grants: Sequence[Mapping[str, Any]], lineage: Lineage) -> Principal:
    """Who asked for long work, with the grants of that moment under today's tree. Nothing is judged again."""
    return Principal(subject, tuple(Grant(**one) for one in grants), lineage)


def judged(judgements: Iterable[Judgement]) -> list[dict[str, Any]]:
    """Judgements as an answer or long work keeps them, each once."""
    return [one._asdict() for one in dict.fromkeys(judgements)]


def holds_today(principal: Principal, kept: Iterable[Mapping[str, Any]]) -> bool:
    """Whether each of the kept judgements falls the same way by the caller's grants and tree of today."""
    again = [Judgement(tuple(one["permissions"]), tuple(one["areas"]), one["department"]) for one in kept]
    return all(principal.holds(one) for one in again)
