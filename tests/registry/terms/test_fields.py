"""What of a term is kept as it was entered: names, phones, days; who overlaps whom; which law is in force."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from services.registry.terms.domain import (
    COMMITTEE,
    POSTS,
    REQUIRED,
    SINGLE,
    Post,
    Subordinate,
    TermDatesWrong,
    TermDoesNotFit,
    TermFields,
    TermWay,
    check_days,
    checked,
    committee_rule,
    destinations,
    overlap,
)
from services.registry.terms.models import Term
from services.registry.terms.service.handling import columns_of, read_back
from shared.errors import DomainError, Invalid
from tests.registry.builders import TODAY, VILLAGE

YESTERDAY, TOMORROW = date(2026, 3, 15), date(2026, 3, 17)


def fields(**what: Any) -> TermFields:
    """A director from outside the register, unless something else is said."""
    one = TermFields(VILLAGE, Post.DIRECTOR, date(2026, 1, 20), TermWay.ELECTED, name="司马植入")
    return replace(one, **what)


def refused(new: TermFields) -> tuple[type[DomainError], list[tuple[str, str]]] | None:
    """Which refusal it is, with its fields and codes; None if nothing is refused."""
    try:
        checked(new, today=TODAY)
    except (Invalid, TermDoesNotFit, TermDatesWrong) as refusal:
        return type(refusal), [(one.path, one.code) for one in refusal.errors]
    return None


@pytest.mark.parametrize(
    ("what", "problems"),
    [
        ({"name": "司马植入"}, None),
        ({"name": None}, [("name", "empty")]),
        ({"name": " \u3000"}, [("name", "empty")]),
        ({"name": "司?入"}, [("name", "lost_character")]),
        ({"name": None, "person_id": uuid4()}, None),
        ({"name": "司马植入", "person_id": uuid4()}, [("name", "unexpected")]),
        ({"name": None, "sex": "1", "person_id": uuid4()}, [("name", "unexpected")]),
        ({"sex": "1"}, None),
        ({"phone": "12345"}, None),
        ({"phone": "12"}, [("phone", "phone")]),
        ({"name": None, "phone": "12"}, [("name", "empty"), ("phone", "phone")]),
    ],
)
def test_a_holder_is_of_the_register_or_has_a_name_and_all_that_is_wrong_is_said(
    what: dict[str, Any], problems: list[tuple[str, str]] | None
) -> None:
    assert refused(fields(**what)) == (None if problems is None else (Invalid, problems))


def test_name_and_phone_are_kept_in_one_form() -> None:
    kept = checked(fields(name=" 司马 植入 ", phone="（0774）8212345", sex="2", until=TOMORROW), today=TODAY)
    assert kept == fields(name="司马植入", phone="0774-8212345", sex="2", until=TOMORROW)
    of_register = fields(name=None, person_id=uuid4())
    assert checked(of_register, today=TODAY) == of_register


@pytest.mark.parametrize(
    ("began_on", "until", "wrong"),
    [
        (TODAY, None, None),
        (TOMORROW, None, "began_on"),
        (date(1999, 1, 1), None, None),
        (TODAY, TOMORROW, None),
        (TODAY, TODAY, "until"),
        (TODAY, YESTERDAY, "until"),
        (TOMORROW, TODAY, "began_on"),
    ],
)
def test_a_term_begins_today_at_the_latest_and_is_over_after_it_began(
    began_on: date, until: date | None, wrong: str | None
) -> None:
    found = refused(fields(began_on=began_on, until=until))
    assert found == (None if wrong is None else (TermDatesWrong, [(wrong, "term_dates_wrong")]))


def test_what_is_wrong_with_a_holder_is_said_before_what_does_not_fit_the_post_and_that_before_days() -> None:
    wrong = fields(name=None, committee=Subordinate.HEALTH, group=3, began_on=TOMORROW)
    assert refused(wrong) == (Invalid, [("name", "empty")])
    misfit = [("committee", "unexpected"), ("group", "unexpected")]
    assert refused(replace(wrong, name="某")) == (TermDoesNotFit, misfit)
    assert refused(replace(wrong, name="某", committee=None, group=None)) == (
        TermDatesWrong,
        [("began_on", "term_dates_wrong")],
    )


@pytest.mark.parametrize(
    ("earliest", "day", "right"),
    [
        (YESTERDAY, YESTERDAY, True),
        (YESTERDAY, TODAY, True),
        (TODAY, YESTERDAY, False),
        (YESTERDAY, TOMORROW, False),
    ],
)
def test_an_end_lies_between_the_beginning_and_today(earliest: date, day: date, right: bool) -> None:
    if right:
        check_days("ended_on", earliest, day, TODAY)
    else:
        with pytest.raises(TermDatesWrong) as refusal:
            check_days("ended_on", earliest, day, TODAY)
        assert [one.path for one in refusal.value.errors] == ["ended_on"]


@dataclass(frozen=True)
class Span:
    began_on: date
    ended_on: date | None


DAYS = [date(2026, 3, day) for day in (1, 2, 3)]
SPANS = [Span(began, ended) for began in DAYS for ended in (*DAYS, None) if ended is None or ended > began]


@pytest.mark.parametrize(("one", "other"), list(product(SPANS, repeat=2)))
def test_two_terms_overlap_if_they_have_a_day_in_common(one: Span, other: Span) -> None:
    """Counted day by day, where the end is the first day without the office."""

    def days(span: Span) -> set[int]:
        return set(range(span.began_on.day, 9 if span.ended_on is None else span.ended_on.day))

    assert overlap(one, other) == bool(days(one) & days(other))


def test_posts_of_one_posts_that_each_village_has_and_members_of_the_committee() -> None:
    assert REQUIRED == (Post.PARTY_SECRETARY, Post.DIRECTOR, Post.SUPERVISION_HEAD), "the first two may be one person"
    assert COMMITTEE == (Post.DIRECTOR, Post.DEPUTY_DIRECTOR, Post.COMMITTEE_MEMBER)
    assert set(SINGLE) == {
        *REQUIRED,
        *(Post.SUBORDINATE_HEAD, Post.WOMEN_HEAD, Post.YOUTH_SECRETARY, Post.MILITIA_HEAD),
        *(Post.GRID_HEAD, Post.GROUP_HEAD, Post.FIRST_SECRETARY),
    }
    of_law = {post for post, rule in POSTS.items() if rule.years is not None}
    assert {POSTS[post].years for post in of_law} == {5}
    assert of_law == {*COMMITTEE, Post.PARTY_SECRETARY, Post.PARTY_DEPUTY, Post.PARTY_MEMBER}
    assert all(POSTS[post].source for post in of_law)


@pytest.mark.parametrize(
    ("kind", "on", "members"),
    [
        ("villagers_committee", date(2010, 10, 27), None),
        ("villagers_committee", date(2010, 10, 28), (3, 7)),
        ("residents_committee", date(1989, 12, 31), None),
        ("residents_committee", date(1990, 1, 1), (5, 9)),
        ("residents_committee", date(2026, 1, 1), (5, 9)),
    ],
)
def test_a_law_counts_from_the_day_on_which_it_is_in_force(
    kind: str, on: date, members: tuple[int, int] | None
) -> None:
    rule = committee_rule(kind, on)
    assert (rule and rule.members) == members


def test_a_village_that_goes_where_somebody_holds_a_post_ends_alone() -> None:
    goals = {"A": "N", "B": "M", "C": None, "D": "P", "E": "P"}
    assert destinations(goals, {"M"}) == {"A": "N", "B": None, "C": None, "D": None, "E": None}
    assert destinations({}, {"M"}) == {}


@pytest.mark.parametrize("person", [None, uuid4()])
def test_a_version_is_read_back_as_it_was(person: Any) -> None:
    new = fields(post=Post.GROUP_HEAD, group=3, person_id=person, until=TOMORROW)
    columns = columns_of(new)
    assert set(columns) <= set(Term.__table__.columns.keys())
    assert columns == {
        "area": VILLAGE,
        "post": "group_head",
        "committee": None,
        "group_number": 3,
        "person_id": person,
        "way": "elected",
        "began_on": date(2026, 1, 20),
        "until": TOMORROW,
    }
    assert columns_of(fields(committee=Subordinate.HEALTH))["committee"] == "health"
    ends: dict[str, Any] = {"ended_on": None, "ended_by": None}
    stored = {
        **columns,
        "person_id": None if person is None else str(person),
        **{name: str(columns[name]) for name in ("began_on", "until")},
        **ends,
    }
    assert read_back(stored) == {**columns, **ends}
    by = uuid4()
    assert read_back(stored | {"ended_on": "2026-03-10", "ended_by": str(by)}) == {
        **columns,
        "ended_on": date(2026, 3, 10),
        "ended_by": by,
    }
