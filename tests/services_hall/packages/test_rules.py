"""Rules of packages by themselves: templates as they ship, steps of packages and matters, the one answer."""

from itertools import combinations_with_replacement, product
from typing import Any

import pytest

from services.services_hall.packages.domain import (
    ENDED,
    PACKAGE_TRANSITIONS,
    TRANSITIONS,
    MatterNotDecided,
    one_answer,
    read_templates,
)
from services.services_hall.packages.service.packages import templates
from shared.contracts.services_hall.cases import CaseStatus
from shared.contracts.services_hall.packages import MatterStatus, PackageStatus

UNDER_WAY = {"draft", "submitted", "received", "supplement", "accepted", "in_review", "special", "suspended"}
LINE: dict[str, Any] = {
    "code": "moving", "name": "迁居一件事", "lead_department": "health", "shared": ["身份证"],
    "items": [{"code": "M-1", "name": "落户", "department": "health", "category": "medical", "days": 3,
               "materials": ["身份证", "照片"]}],
}  # fmt: skip


def test_a_case_of_a_matter_has_its_result_once_nothing_is_done_with_it_any_more() -> None:
    assert {str(status) for status in CaseStatus} - UNDER_WAY == {str(status) for status in ENDED}


def test_an_answer_waits_for_every_case_and_grants_only_if_each_was_granted() -> None:
    """The full product of statuses and results of two cases."""
    each = list(product(CaseStatus, (True, False, None)))
    for pair in combinations_with_replacement(each, 2):
        if any(status in UNDER_WAY for status, _ in pair):
            with pytest.raises(MatterNotDecided):
                one_answer(pair)
        else:
            assert one_answer(pair) is all(granted is True for _, granted in pair), pair


def test_packages_and_matters_move_along_their_tables() -> None:
    assert {(str(was), str(to)) for was, tos in PACKAGE_TRANSITIONS.items() for to in tos} == {
        ("active", "retired"), ("retired", "active"),
    }  # fmt: skip
    assert set(PACKAGE_TRANSITIONS) == set(PackageStatus)
    assert {(str(was), str(to)) for was, tos in TRANSITIONS.items() for to in tos} == {
        ("open", "answered"), ("open", "withdrawn"), ("answered", "open"), ("withdrawn", "open"),
    }  # fmt: skip
    assert set(TRANSITIONS) == set(MatterStatus)


def test_a_template_is_read_whole_and_cannot_be_changed_by_who_uses_it() -> None:
    [read] = read_templates([LINE]).values()
    assert (read.code, read.name, read.lead_department, read.shared) == ("moving", "迁居一件事", "health", ("身份证",))
    [item] = read.items
    assert (item.code, item.days, item.materials) == ("M-1", 3, ("身份证", "照片"))
    with pytest.raises(AttributeError):
        read.code = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        item.days = 1  # type: ignore[misc]


@pytest.mark.parametrize("missing", ["code", "name", "lead_department", "shared", "items"])
def test_a_template_without_a_part_does_not_ship(missing: str) -> None:
    with pytest.raises(KeyError):
        read_templates([{name: value for name, value in LINE.items() if name != missing}])
    with pytest.raises(TypeError):
        read_templates([{**LINE, "items": [{**LINE["items"][0], "unheard": 1}]}])


def test_no_material_stands_twice_in_an_item_and_none_is_shared_that_nobody_wants() -> None:
    """A material is known by its name: what is checked off once is checked off wherever it is wanted."""
    for one in templates().values():
        for item in one.items:
            assert len(set(item.materials)) == len(item.materials), item.code
            assert item.days > 0, item.code
        assert len(set(one.shared)) == len(one.shared), one.code
        assert set(one.shared) <= {name for item in one.items for name in item.materials}, one.code
