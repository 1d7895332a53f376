"""Rules of ratings: transitions over their full product, tokens, levels and refusals."""

import random
from itertools import product
from uuid import UUID

import pytest

from services.services_hall.ratings import domain
from services.services_hall.ratings.domain import (
    ID,
    MAC,
    SERIAL,
    TRANSITIONS,
    VALID_FOR,
    GivenRating,
    RatingReason,
    RatingTransitionError,
    parts_of,
    require_transition,
    signed,
    token_of,
)
from shared.auth.roles import DEPARTMENTAL, PERMISSIONS, Role
from shared.contracts.catalogue import TOPICS
from shared.contracts.services_hall.ratings import RatingStatus
from shared.errors import DomainError
from shared.ids import new_id
from shared.reference.satisfaction import LOWEST, Satisfaction

ALLOWED = {("valid", "withdrawn"), ("valid", "overturned"), ("overturned", "valid")}


@pytest.mark.parametrize(("present", "to"), list(product(RatingStatus, RatingStatus)))
def test_each_transition_is_allowed_or_refused(present: RatingStatus, to: RatingStatus) -> None:
    if (str(present), str(to)) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(RatingTransitionError):
            require_transition(present, to)
    assert (to in TRANSITIONS[present]) is ((str(present), str(to)) in ALLOWED)


def test_five_levels_of_which_the_two_lowest_are_low() -> None:
    assert Satisfaction.names() == {
        "5": "非常满意",
        "4": "满意",
        "3": "基本满意",
        "2": "不满意",
        "1": "非常不满意",
    }
    assert set(LOWEST) == {1, 2}
    assert VALID_FOR.days == 30


def test_a_token_is_read_as_it_was_made_and_nothing_else_is() -> None:
    draw = random.Random(7)
    for _ in range(200):
        link, serial, digest = new_id(), draw.randrange(1, 2**15), draw.randbytes(32)
        token = token_of(link, serial, digest)
        assert parts_of(token) == (link, serial, digest[:MAC])
        assert len(token) == 46
        assert token.replace("-", "").replace("_", "").isalnum(), "it goes into an address as it is"
    assert (ID, SERIAL, MAC) == (16, 2, 16)


@pytest.mark.parametrize("text", ["", "a", "=" * 46, "好" * 46, "a" * 45, "a" * 47, " " * 46, "\0" * 46, "A" * 64])
def test_what_is_no_token_is_read_as_none(text: str) -> None:
    assert parts_of(text) is None


def test_what_is_signed_names_link_and_serial_without_doubt() -> None:
    one = UUID(int=1)
    assert len({signed(one, 1), signed(one, 11), signed(UUID(int=11), 1)}) == 3


def test_what_was_said_is_in_no_repr() -> None:
    assert "没人" not in repr(GivenRating(1, (RatingReason.SLOW,), "没人理我"))


def test_who_may_read_and_enter() -> None:
    assert PERMISSIONS["rating.read"] - PERMISSIONS["rating.record"] == {Role.AUDITOR}
    assert {"rating.read", "rating.record", "rectification.handle", "rectification.review"} <= DEPARTMENTAL


@pytest.mark.parametrize("noun", ["services_hall.rating", "services_hall.rectification"])
def test_who_rated_is_told_to_indicators_alone(noun: str) -> None:
    assert (TOPICS[noun].published, TOPICS[noun].readers) == (False, ("indicators",))


def test_every_refusal_says_what_to_do_next() -> None:
    refusals = [one for one in vars(domain).values() if isinstance(one, type) and issubclass(one, DomainError)]
    refusals.remove(DomainError)
    assert len(refusals) == 7
    assert len({one.code for one in refusals}) == 7
    for one in refusals:
        assert len(one.advice) > 8
