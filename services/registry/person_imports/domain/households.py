"""What holds within a household of a list: one head, relations that agree with sex, age and each other, one village."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.registry.households.domain import (
    HouseholdKind,
    HouseholdNeedsOneHead,
    MemberNotOfThisPlace,
    RelationAgeDisagrees,
    RelationDisagrees,
    RelationTwice,
)
from services.registry.person_imports.domain.findings import ListProblem, at
from services.registry.person_imports.domain.rows import Listed, household_key
from shared.errors import DomainError, FieldError
from shared.reference.relations import ONCE_OF, agrees, agrees_in_age

Errors = Mapping[int, Sequence[FieldError]]


def check_household(rows: Mapping[int, Listed], *, head_known: bool) -> Errors:
    """What is wrong with rows of one household, by their numbers. `head_known`: the head stands in the register."""
    found: defaultdict[int, list[FieldError]] = defaultdict(list)
    if len(rows) == 1 and all(household_key(one.values) is None and one.relation is None for one in rows.values()):
        return found
    heads = [number for number, one in rows.items() if one.is_head]
    for number, one in rows.items():
        if one.relation is None:
            found[number].append(FieldError("relation", "missing", "与户主关系必填"))
        elif not heads and not head_known:
            found[number].append(_at("relation", HouseholdNeedsOneHead))
    for number in heads[1:]:
        found[number].append(_at("relation", HouseholdNeedsOneHead))
    held: set[str] = set()
    head = rows[heads[0]] if heads else None
    for number, one in rows.items():
        found[number] += _of_member(one, head, held)
    return found


def _of_member(one: Listed, head: Listed | None, held: set[str]) -> list[FieldError]:
    if one.person is None or one.relation is None or one is head:
        return _against_sex(one)
    found = _against_sex(one)
    once = ONCE_OF.get(one.relation)
    if once is not None and once in held:
        found.append(_at("relation", RelationTwice))
    held.add(once or "")
    if head is None or head.person is None or one.is_head:
        return found
    if not found and not agrees_in_age(one.relation, one.person.birth_date, head.person.birth_date):
        found.append(_at("relation", RelationAgeDisagrees))
    kind = head.kind
    if one.area(kind) != head.area(kind) and head.area(kind) is not None:
        found.append(_at("registration" if kind is HouseholdKind.LEGAL else "residence", MemberNotOfThisPlace))
    if one.text("head_name") not in (None, head.text("name")):
        found.append(at("head_name", ListProblem.HEAD_DISAGREES))
    if one.text("head_number") not in (None, head.text("number")):
        found.append(at("head_number", ListProblem.HEAD_DISAGREES))
    return found


def _against_sex(one: Listed) -> list[FieldError]:
    if one.person is None or one.relation is None or agrees(one.relation, one.person.sex):
        return []
    return [_at("relation", RelationDisagrees)]


def _at(column: str, refusal: type[DomainError]) -> FieldError:
    return FieldError(column, refusal.code, refusal.title)
