"""How a term moves, who fits which post, and what changes of areas do to committees."""

from datetime import date
from itertools import product

import pytest

from services.registry.terms.domain import (
    COMMITTEE_RULES,
    POSTS,
    Post,
    Subordinate,
    TermDoesNotFit,
    TermFields,
    TermStatus,
    TermTransitionError,
    TermWay,
    checked,
    committee_rule,
    destinations,
    require_transition,
)
from tests.registry.builders import VILLAGE

ALLOWED = {("in_office", "left"), ("in_office", "withdrawn"), ("left", "withdrawn")}
TODAY = date(2026, 3, 16)


@pytest.mark.parametrize(("one", "other"), list(product(TermStatus, repeat=2)))
def test_moves(one: TermStatus, other: TermStatus) -> None:
    if (one, other) in ALLOWED:
        require_transition(one, other)
    else:
        with pytest.raises(TermTransitionError):
            require_transition(one, other)


@pytest.mark.parametrize("post", Post)
def test_a_post_is_of_a_village_or_of_its_grids_with_what_it_asks_for(post: Post) -> None:
    """Each post in a grid, with a committee and with a group: it says what is too much, and what is missing."""
    too_much = {"area", "committee", "group"}
    if post in (Post.GRID_HEAD, Post.GRID_WORKER, Post.BUILDING_HEAD, Post.HOUSEHOLD_HEAD):
        too_much -= {"area"}
    if post in (Post.GROUP_HEAD, Post.BUILDING_HEAD, Post.HOUSEHOLD_HEAD):
        too_much -= {"group"}
    if post in (Post.SUBORDINATE_HEAD, Post.SUBORDINATE_MEMBER):
        too_much -= {"committee"}
    missing = {Post.GROUP_HEAD: {"group"}, Post.SUBORDINATE_HEAD: {"committee"}, Post.SUBORDINATE_MEMBER: {"committee"}}
    assert _refused(post, f"{VILLAGE}001", Subordinate.HEALTH, 3) == too_much
    assert _refused(post, VILLAGE, None, None) == missing.get(post, set())


def _refused(post: Post, area: str, committee: Subordinate | None, group: int | None) -> set[str]:
    new = TermFields(area, post, TODAY, TermWay.ELECTED, committee=committee, group=group, name="某")
    try:
        checked(new, today=TODAY)
    except TermDoesNotFit as refusal:
        return {one.path for one in refusal.errors}
    return set()


def test_the_two_laws_say_how_many_with_their_source() -> None:
    assert POSTS.keys() == set(Post)
    assert all(one.members_source and (one.households is None) == (one.households_source is None)
               for one in COMMITTEE_RULES)  # fmt: skip
    before, since = (committee_rule("residents_committee", date(*day)) for day in ((2025, 12, 31), (2026, 1, 1)))
    assert before is not None
    assert since is not None
    assert (before.households, since.households) == ((100, 700), (1000, 3000))
    villagers = committee_rule("villagers_committee", TODAY)
    assert villagers is not None
    assert (villagers.members, villagers.households) == ((3, 7), None)
    assert committee_rule("town", TODAY) is None


@pytest.mark.parametrize(
    ("goals", "held", "wanted"),
    [
        ({"A": "N"}, set(), {"A": "N"}),  # converted, or under another town: the committee goes on
        ({"A": "N", "B": "N"}, set(), {"A": None, "B": None}),  # merged: elected anew
        ({"A": "B"}, {"B"}, {"A": None}),  # into one that has a committee
        ({"A": None}, set(), {"A": None}),  # abolished
        ({"A": "N", "B": "M"}, set(), {"A": "N", "B": "M"}),
    ],
)
def test_a_committee_goes_on_only_if_it_is_alone(
    goals: dict[str, str | None], held: set[str], wanted: dict[str, str | None]
) -> None:
    assert destinations(goals, held) == wanted
