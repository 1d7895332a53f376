"""Kinship that rules a marriage out (Civil Code, article 1048), as far as the register's births and households tell."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.registry.households.domain import HouseholdRecord
from shared.reference.relations import BLOOD, HEAD

GENERATIONS = 2
"""Three generations (三代以内): one's own is the first, the grandparents' the third."""


def are_near_kin(one: Mapping[UUID, int], other: Mapping[UUID, int], who: tuple[UUID, UUID]) -> bool:
    """Whether two persons are near kin by their ancestors, each with the generations up to it.

    In direct line whatever the distance; else with a common ancestor within three generations of both.
    """
    if who[1] in one or who[0] in other:
        return True
    return any(one[up] <= GENERATIONS and other[up] <= GENERATIONS for up in one.keys() & other.keys())


def are_kin_by_household(who: tuple[UUID, UUID], households: Sequence[HouseholdRecord]) -> bool:
    """Whether two persons are near kin by what they were to one head, as certain as that tells.

    Head and kin; descendants of the head and any kin of the head. Of two who are both above or beside the head it is
    not certain that they are related to each other.
    """
    for household in households:
        for head in {one.person_id for one in household.members if one.relation == HEAD}:
            told = [_paths(household, person, head) for person in who]
            if any(_near(first, second) for first in told[0] for second in told[1]):
                return True
    return False


def _paths(household: HouseholdRecord, person: UUID, head: UUID) -> Sequence[tuple[int, int]]:
    """What somebody was to a head by blood: generations up and down. A relation is to the head of its first day."""
    if person == head:
        return [(0, 0)]
    headships = [one for one in household.members if one.person_id == head and one.relation == HEAD]
    return [
        BLOOD[one.relation]
        for one in household.members
        if one.person_id == person and one.relation in BLOOD and one.relation != HEAD
        if any(own.since <= one.since and own.lasts_beyond(one.since) for own in headships)
    ]


def _near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    (up, down), (other_up, other_down) = one, other
    if up and other_up:
        return False
    if not up and not other_up:  # the head is the common ancestor, or one of them
        return down == 0 or other_down == 0 or (down <= GENERATIONS and other_down <= GENERATIONS)
    return _through(down, up, other_down) if up else _through(other_down, other_up, down)


def _through(down: int, up: int, descent: int) -> bool:
    """One is `up` and `down` from the head, the other `descent` below the head."""
    return down == 0 or (down <= GENERATIONS and up + descent <= GENERATIONS)
