"""Rules of consents: moves, who is a parent, who gives, which data a purpose needs, ends."""

from datetime import date
from itertools import product

import pytest

from services.registry.consents.domain import (
    PURPOSES,
    SENSITIVE,
    ConsentByGuardian,
    ConsentGuardianWrong,
    ConsentOfOwnWish,
    ConsentTransitionError,
    check_giver,
    is_parent_by_household,
    require_not_own_wish,
    require_transition,
)
from shared.contracts.registry.consents import ConsentGiver, ConsentPurpose, ConsentStatus, ConsentWay
from shared.reference.relations import RELATIONS

MOVES = {
    ("valid", "withdrawn"),
    ("valid", "annulled"),
    ("withdrawn", "annulled"),
    ("ended", "withdrawn"),
    ("ended", "annulled"),
}
"""Restated by hand. Life events and undo besides."""
CHILDREN = {*map(str, range(20, 28)), *map(str, range(29, 38)), "39"}
PARENTS_OF_HEAD, SIBLINGS = {"50", "51", "52", "57", "58"}, {"70", "71", "73", "75", "77"}


def test_moves_are_these_and_no_others() -> None:
    for one, other in product(ConsentStatus, ConsentStatus):
        if (one, other) in MOVES:
            require_transition(one, other)
            continue
        with pytest.raises(ConsentTransitionError):
            require_transition(one, other)


def test_a_parent_is_the_head_or_the_spouse_of_children_and_the_heads_parent_of_siblings() -> None:
    """Whoever is a child of the head may be the uncle of the head's grandchild."""
    wanted = {(one, child) for one in ("02", "10", "11", "12") for child in CHILDREN}
    wanted |= {(one, child) for one in PARENTS_OF_HEAD for child in {"02", *SIBLINGS}}
    assert {pair for pair in product(RELATIONS, RELATIONS) if is_parent_by_household(*pair)} == wanted


@pytest.mark.parametrize(("born", "minor"), [(date(2012, 3, 17), True), (date(2012, 3, 16), False)])
def test_the_guardian_speaks_to_the_fourteenth_birthday(born: date, minor: bool) -> None:
    day = date(2026, 3, 16)
    alone, others = ConsentGiver.PERSON, ConsentGiver.GUARDIAN_OF_MINOR
    with pytest.raises(ConsentByGuardian if minor else ConsentGuardianWrong):
        check_giver(alone if minor else others, born, day)
    check_giver(others if minor else alone, born, day)
    if minor:
        with pytest.raises(ConsentGuardianWrong):
            check_giver(ConsentGiver.GUARDIAN_OF_INCAPABLE, born, day)
    else:
        check_giver(ConsentGiver.GUARDIAN_OF_INCAPABLE, born, day)


def test_every_purpose_names_its_articles_and_sensitive_data_take_a_consent_of_their_own() -> None:
    assert set(PURPOSES) == set(ConsentPurpose)
    for purpose, one in PURPOSES.items():
        assert one.basis.startswith("个人信息保护法第十三条第一款第一项"), purpose
        assert one.groups
        assert one.separate or not one.groups & SENSITIVE, purpose
        assert ("第二十九条" in one.basis) >= bool(one.groups & SENSITIVE), purpose


@pytest.mark.parametrize(
    ("way", "by", "kept"),
    [
        (ConsentWay.OWN, "resident-1", True),
        (ConsentWay.OWN, "clerk", True),
        (ConsentWay.COUNTER, "counter", True),
        (ConsentWay.COUNTER, None, True),
        (ConsentWay.COUNTER, "clerk", False),
        (ConsentWay.PAPER, "counter", False),
    ],
)
def test_what_somebody_did_alone_no_officer_turns_round(way: str, by: str | None, kept: bool) -> None:
    if kept:
        with pytest.raises(ConsentOfOwnWish):
            require_not_own_wish(way, by, "clerk")
    else:
        require_not_own_wish(way, by, "clerk")
