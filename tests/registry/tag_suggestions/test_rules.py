"""What is suggested by which facts, and how a suggestion moves: the rules alone."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.registry.tag_suggestions.domain import (
    GROUNDS,
    TRANSITIONS,
    Circumstances,
    Companion,
    Kin,
    SuggestedTag,
    SuggestionRecord,
    SuggestionStatus,
    SuggestionTransitionRefused,
    followed,
    last_birthday,
    require_transition,
    suggested,
)
from services.registry.tags.domain import CARE, CONDITIONS
from shared.reference.identity import completed_years

TODAY, NOW = date(2026, 3, 16), datetime(2026, 3, 16, 2, tzinfo=UTC)
ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
OLD, YOUNG, CHILD = date(1950, 1, 1), date(1990, 1, 1), date(2015, 1, 1)


def said(birth_date: date, companions: list[date] | None = None, parents: tuple[bool, ...] = ()) -> set[str]:
    """Codes that are suggested for somebody who lives with people of these birth dates, with parents here or away."""
    lives_with = None if companions is None else [Companion(UUID(int=n), day) for n, day in enumerate(companions)]
    of = Circumstances(birth_date, lives_with, [Kin(UUID(int=n), here) for n, here in enumerate(parents)])
    return set(suggested(of, today=TODAY))


def test_every_tag_that_is_suggested_is_of_the_care_family_and_has_its_source() -> None:
    assert GROUNDS.keys() == SuggestedTag.names().keys()
    assert SuggestedTag.names().items() <= CARE.items()
    assert all(CONDITIONS[code].source for code in GROUNDS)


@pytest.mark.parametrize(
    ("birth_date", "companions", "wanted"),
    [
        (date(1966, 3, 16), [], {"elder_alone"}),  # sixty today
        (date(1966, 3, 17), [], set()),  # tomorrow
        (OLD, None, set()),  # of no household: nobody knows
        (OLD, [OLD], {"elder_empty_nest"}),
        (OLD, [OLD, date(1966, 3, 16)], {"elder_empty_nest"}),
        (OLD, [OLD, YOUNG], set()),
        (OLD, [CHILD], set()),  # with a grandchild: not an empty nest
        (YOUNG, [], set()),
        (date(1946, 3, 16), None, {"elder_oldest"}),  # eighty today
        (date(1946, 3, 17), None, set()),
        (date(1940, 1, 1), [], {"elder_oldest", "elder_alone"}),
        (date(1940, 1, 1), [YOUNG], {"elder_oldest"}),
    ],
)
def test_the_old_by_age_and_by_whom_they_live_with(
    birth_date: date, companions: list[date] | None, wanted: set[str]
) -> None:
    assert said(birth_date, companions) == wanted


@pytest.mark.parametrize(
    ("birth_date", "parents", "wanted"),
    [
        (CHILD, (False, False), {"left_behind_child"}),
        (CHILD, (False,), {"left_behind_child"}),
        (CHILD, (True, False), set()),
        (CHILD, (), set()),  # no living parent is known: nobody's left-behind child
        (date(2010, 3, 17), (False, False), {"left_behind_child"}),  # sixteen tomorrow
        (date(2010, 3, 16), (False, False), set()),  # sixteen today
    ],
)
def test_children_by_where_their_parents_live(birth_date: date, parents: tuple[bool, ...], wanted: set[str]) -> None:
    assert said(birth_date, [OLD], parents) == wanted


HERE, AWAY = Kin(ONE, here=True), Kin(OTHER, here=False)
DEAD, MISSING = Kin(THIRD, here=False, dead=True), Kin(UUID(int=4), here=False, missing=True)
ALSO_DEAD = Kin(UUID(int=5), here=False, dead=True)


@pytest.mark.parametrize(
    ("birth_date", "parents", "children", "wanted"),
    [
        (CHILD, [DEAD, ALSO_DEAD], [], {"orphan"}),
        (date(2008, 3, 17), [DEAD, ALSO_DEAD], [], {"orphan"}),  # eighteen tomorrow
        (date(2008, 3, 16), [DEAD, ALSO_DEAD], [], set()),  # eighteen today
        (CHILD, [DEAD], [], set()),  # of the other parent nothing is known
        (CHILD, [DEAD, MISSING], [], {"unsupported_child"}),
        (CHILD, [DEAD, AWAY], [], {"left_behind_child"}),
        (CHILD, [DEAD, HERE], [], set()),
        (OLD, [], [AWAY, DEAD], {"left_behind_elder"}),
        (OLD, [], [AWAY, HERE], set()),
        (date(1966, 3, 17), [], [AWAY], set()),  # sixty tomorrow
        (date(1977, 3, 16), [], [DEAD], {"bereaved_parent"}),  # forty-nine today
        (date(1977, 3, 17), [], [DEAD], set()),  # tomorrow
        (OLD, [], [DEAD, ALSO_DEAD], set()),  # it was no only child
        (OLD, [], [DEAD, HERE], set()),
    ],
)
def test_parents_and_children_by_what_became_of_them(
    birth_date: date, parents: list[Kin], children: list[Kin], wanted: set[str]
) -> None:
    of = Circumstances(birth_date, None, parents, children)
    assert set(suggested(of, today=TODAY)) == wanted


@pytest.mark.parametrize("day", [date(2026, 3, 16), date(2024, 2, 29), date(2026, 2, 28), date(2027, 3, 1)])
@pytest.mark.parametrize("years", [16, 60, 80])
def test_the_bound_of_birth_days_is_that_of_the_age(day: date, years: int) -> None:
    bound = last_birthday(day, years)
    later = date.fromordinal(bound.toordinal() + 1)
    assert completed_years(bound, day) == years
    assert completed_years(later, day) == years - 1 or (later.month, later.day) == (2, 29)


def a_suggestion(status: SuggestionStatus, *rests_on: UUID) -> SuggestionRecord:
    decided = status in (SuggestionStatus.CONFIRMED, SuggestionStatus.DISMISSED)
    return SuggestionRecord(
        id=ONE,
        version=1,
        person_id=ONE,
        code="elder_empty_nest",
        status=str(status),
        rests_on=[str(one) for one in rests_on],
        found_at=NOW,
        decided_by="clerk" if decided else None,
        decided_at=NOW if decided else None,
        reason="not_so" if status is SuggestionStatus.DISMISSED else None,
        tag_id=OTHER if status is SuggestionStatus.CONFIRMED else None,
    )


@pytest.mark.parametrize("status", SuggestionStatus)
@pytest.mark.parametrize("found", ["nothing", "same", "others"])
def test_what_the_search_makes_of_a_suggestion(status: SuggestionStatus, found: str) -> None:
    known = a_suggestion(status, OTHER)
    after = followed(known, {"nothing": None, "same": [OTHER], "others": [THIRD]}[found], now=NOW)
    wanted = {
        ("open", "nothing"): "lapsed",
        ("open", "others"): "open",
        ("lapsed", "same"): "open",
        ("lapsed", "others"): "open",
        ("confirmed", "others"): "open",
        ("dismissed", "others"): "open",
    }
    assert (after.status if after else None) == wanted.get((str(status), found))
    if after is not None and after.status == "open":
        assert (after.decided_by, after.decided_at, after.reason, after.tag_id) == (None, None, None, None)
        assert after.rests_on == [str(OTHER if found == "same" else THIRD)]


@pytest.mark.parametrize("present", SuggestionStatus)
@pytest.mark.parametrize("to", SuggestionStatus)
def test_the_full_product_of_moves(present: SuggestionStatus, to: SuggestionStatus) -> None:
    allowed = {("open", "confirmed"), ("open", "dismissed"), ("open", "lapsed")}
    allowed |= {("confirmed", "open"), ("dismissed", "open"), ("lapsed", "open")}
    assert (to in TRANSITIONS[present]) == ((str(present), str(to)) in allowed)
    if (str(present), str(to)) not in allowed:
        with pytest.raises(SuggestionTransitionRefused):
            require_transition(str(present), to)
