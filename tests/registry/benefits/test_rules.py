"""How a benefit moves: the whole table, and who may deliver which list."""

from datetime import date

import pytest

from services.registry.benefits.domain import OF_HALL, BenefitStatus, BenefitTransitionRefused, require_transition
from services.registry.inbound_lists.domain import (
    Authorities,
    ListInTheFuture,
    ListNotAuthorised,
    ListOutdated,
    ListPartRepeated,
    ListPartsDiffer,
    Series,
    followed,
    is_complete,
)
from shared.contracts.county.lists import ListKind, ListSubmitted

ALLOWED = {
    ("held", "missing"),
    ("missing", "held"), ("missing", "kept"), ("missing", "ended"),
    ("kept", "held"), ("kept", "missing"),
    ("ended", "held"), ("ended", "missing"),
}  # fmt: skip
ALLOWED_OF_HALL = {("held", "ended"), ("ended", "held")}


@pytest.mark.parametrize(("source", "allowed"), [("urn:a", ALLOWED), (OF_HALL, ALLOWED_OF_HALL)])
def test_a_benefit_moves_as_the_table_of_its_source_says(source: str, allowed: set[tuple[str, str]]) -> None:
    for seen in BenefitStatus:
        for to in BenefitStatus:
            if (seen, to) in allowed:
                require_transition(seen, to, source=source)
            else:
                with pytest.raises(BenefitTransitionRefused):
                    require_transition(seen, to, source=source)


def test_a_source_delivers_its_kinds_inside_its_area() -> None:
    known = Authorities.parse("urn:a=b=450481:minimum_living+disabled, urn:c=450481100:orphan")
    assert known.sources == {"urn:a=b", "urn:c"}
    known.require("urn:a=b", ListKind.DISABLED, "450481100201")
    for source, kind, area in (
        ("urn:a=b", ListKind.ORPHAN, "450481"),
        ("urn:c", ListKind.ORPHAN, "450481"),
        ("urn:c", ListKind.ORPHAN, "4504811"),
        ("urn:x", ListKind.ORPHAN, "450481100"),
    ):
        with pytest.raises(ListNotAuthorised):
            known.require(source, kind, area)
    for wrong in (
        "urn:a",
        "urn:a=450481",
        "urn:a=450481:nothing",
        "=450481:orphan",
        "urn:a=45:orphan",
        "u a=450481:orphan",
    ):
        with pytest.raises(ValueError, match="XIANGLI_INBOUND_LISTS"):
            Authorities.parse(wrong)


def a_part(**what: object) -> ListSubmitted:
    return ListSubmitted.model_validate(
        {"kind": ListKind.ORPHAN, "list_id": "A", "area": "450481", "as_of": date(2026, 3, 10), "part": 1, "parts": 2,
         "rows": [], **what}
    )  # fmt: skip


def test_a_newer_list_takes_the_place_of_an_older_one() -> None:
    today, seen = date(2026, 3, 16), Series("A", date(2026, 3, 10), 2, frozenset({1}))
    assert followed(None, a_part(), today=today) == seen
    whole = followed(seen, a_part(part=2), today=today)
    assert (is_complete(seen), is_complete(whole)) == (False, True)
    assert followed(whole, a_part(list_id="B", as_of=date(2026, 3, 11)), today=today).list_id == "B"
    for part, refusal in (
        (a_part(), ListPartRepeated),
        (a_part(part=2, parts=3), ListPartsDiffer),
        (a_part(part=2, as_of=date(2026, 3, 11)), ListPartsDiffer),
        (a_part(list_id="B"), ListOutdated),
        (a_part(list_id="B", as_of=date(2026, 3, 9)), ListOutdated),
        (a_part(as_of=date(2026, 3, 17)), ListInTheFuture),
    ):
        with pytest.raises(refusal):
            followed(seen, part, today=today)
