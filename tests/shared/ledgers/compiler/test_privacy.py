"""Every way by which a definition could make personal data leave, or show somebody more than their grants: refused."""

from typing import Any

import pytest

from shared.auth.roles import OWN_ONLY, PERMISSIONS
from shared.ledgers.grammar.words import Privacy
from tests.shared.ledgers.builders import choices, compiled, definition, field, refused

FIELDS = definition()["fields"]
STEP = definition()["steps"][0]
WHO = field("who", "name", privacy="personal")
CASE = field("case", "choice", privacy="restricted", choices=choices("a", "b"))
MEASURE = {"code": "all", "title": "数", "meaning": "数", "kind": "flow", "date": "found_on"}


def having(*more: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"fields": [*FIELDS, *more], **parts}


def computed(type_: str, value: str) -> list[dict[str, Any]]:
    return [{"name": "told", "title": "转述", "type": type_, "value": value}]


def measure(**parts: Any) -> dict[str, Any]:
    return {"published": ["found_on", "kind"], "measures": [{**MEASURE, **parts}]}


def counted(**parts: Any) -> dict[str, Any]:
    """A measure over whatever of these is published."""
    return {"published": ["found_on", "p", *parts.pop("also", ())], "measures": [{**MEASURE, **parts}]}


IS_ONE = "record.p == '0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77'"
"""Whether it is somebody certain."""
ROWS = [{"name": "parties", "title": "人", "fields": [WHO, field("age", "integer")]}]


@pytest.mark.parametrize(
    ("parts", "place", "code"),
    [
        # on the bus
        (having(WHO, published=["who"]), "published.0", "published_private"),
        (having(CASE, published=["case"]), "published.0", "published_private"),
        (having(field("note"), published=["note"]), "published.0", "published_text"),
        (having(field("where", "point"), published=["where"]), "published.0", "published_point"),
        (having(field("paper", "file"), published=["paper"]), "published.0", "published_point"),
        (having(rows=ROWS, published=["parties"]), "published.0", "published_rows"),
        (having(published=["gone"]), "published.0", "unknown_field"),
        (
            having(WHO, computed=computed("choice", "record.who"), published=["told"]),
            "published.0",
            "published_private",
        ),
        (
            having(field("note"), computed=computed("choice", "record.note"), published=["told"]),
            "published.0",
            "published_text",
        ),
        (
            having(rows=ROWS, computed=computed("integer", "size(record.parties.age)"), published=["told"]),
            None,
            None,
        ),
        (
            having(rows=ROWS, computed=computed("integer", "size(record.parties.who)"), published=["told"]),
            "published.0",
            "published_private",
        ),
        (
            having(field("p", "person"), published=["p"], access={"travels_openly": "测试"}),
            "published.0",
            "published_person",
        ),
        *(
            (
                having(
                    whom, computed=computed("boolean", IS_ONE), published=["told"], access={"travels_openly": "测试"}
                ),
                "published.0",
                "published_person",
            )
            for whom in (field("p", "person"), field("p", "household"), field("p", "record", ledger="disputes"))
        ),
        (
            having(field("p", "record", ledger="disputes"), published=["p"], access={"travels_openly": "测试"}),
            "published.0",
            "published_person",
        ),
        (having(access={"travels_openly": "测试"}), "access.travels_openly", "travels_nobody"),
        # in a measure
        (having(WHO, **measure(dimension="who")), "measures.0.dimension", "measure_private"),
        (having(CASE, **measure(dimension="case")), "measures.0.dimension", "measure_private"),
        (having(CASE, **measure(where="record.case == 'a'")), "measures.0.where", "measure_private"),
        (
            having(field("fine", "money", privacy="personal"), **measure(sum="fine")),
            "measures.0.sum",
            "measure_private",
        ),
        (
            having(field("born_on", "date", privacy="personal"), **measure(date="born_on")),
            "measures.0.date",
            "measure_private",
        ),
        (
            having(CASE, computed=computed("boolean", "record.case == 'a'"), **measure(where="record.told")),
            "measures.0.where",
            "measure_private",
        ),
        (having(field("note"), **measure(dimension="note")), "measures.0.dimension", "measure_dimension"),
        # of one certain person
        (having(field("p", "person"), **counted(where=IS_ONE)), "measures.0.where", "measure_private"),
        (
            having(field("p", "record", ledger="disputes"), **counted(where=IS_ONE)),
            "measures.0.where",
            "measure_private",
        ),
        (
            having(field("p", "person"), computed=computed("boolean", IS_ONE), **counted(where="record.told")),
            "measures.0.where",
            "measure_private",
        ),
        (
            having(field("p", "person"), computed=computed("boolean", IS_ONE), **counted(dimension="told")),
            "measures.0.dimension",
            "measure_private",
        ),
        (having(field("p", "person"), **counted(dimension="p")), "measures.0.dimension", "measure_private"),
        (having(field("p", "record", ledger="rounds"), **counted(where="record.p != null")), None, None),
        # in lists and in the open
        (having(CASE, layout={"list_columns": ["case"]}), "layout.list_columns.0", "listed_restricted"),
        (having(WHO, layout={"list_columns": ["who"]}), "layout.list_columns.0", "listed_private"),
        (having(rows=ROWS, layout={"list_columns": ["parties"]}), "layout.list_columns.0", "listed_type"),
        (
            having(WHO, computed=computed("text", "record.who"), layout={"list_columns": ["told"]}),
            "layout.list_columns.0",
            "listed_private",
        ),
        *(
            (
                having(WHO, access={"disclosed": {"fields": [name], "after": ["done"]}}),
                "access.disclosed.fields.0",
                "disclosed_private",
            )
            for name in ("who", "kind")
        ),
        (
            having(field("p", "person", privacy="public"), access={"disclosed": {"fields": ["p"], "after": ["done"]}}),
            "access.disclosed.fields.0",
            "disclosed_type",
        ),
        (
            having(
                field("p", "person", privacy="public"),
                computed=computed("boolean", IS_ONE),
                access={"disclosed": {"fields": ["told"], "after": ["done"]}},
            ),
            "access.disclosed.fields.0",
            "disclosed_type",
        ),
        # by permissions
        (having(access={"read": "item.read"}), "access.read", "permission_wide"),
        (having(access={"read": "person.lookup"}), "access.read", "permission_wide"),
        (having(access={"write": "record.read"}), "access.write", "permission_wide"),
        (having(WHO, access={"personal": "record.read"}), "access.personal", "permission_wide"),
        (having(CASE, access={"restricted": "record.personal"}), "access.restricted", "permission_wide"),
        (having(access={"bulk": "record.write"}), "access.bulk", "permission_wide"),
        (having(access={"export": "record.read"}), "access.export", "permission_wide"),
        (having(access={"read": "record.all"}), "access.read", "permission_unknown"),
        ({"steps": [STEP | {"permission": "area.read"}]}, "steps.0.permission", "permission_wide"),
        ({"steps": [STEP | {"permission": "nothing"}]}, "steps.0.permission", "permission_unknown"),
    ],
)
def test_each_way_is_refused(parts: dict[str, Any], place: str | None, code: str | None) -> None:
    found = refused(**parts)
    assert (found == set()) if place is None else ((place, code) in found)


@pytest.mark.parametrize("use", ["read", "write", "personal", "restricted", "bulk", "export"])
def test_no_permission_of_the_table_lets_a_role_do_more_by_a_ledger_than_the_engine_allows(use: str) -> None:
    """Whatever of the table is named: it is refused, or none who has it lacks the engine's own."""
    own = {"bulk": "record.import"}.get(use, f"record.{use}")
    floor = PERMISSIONS[own] | (PERMISSIONS["person.full"] if use == "personal" else frozenset())
    accepted = {name for name in PERMISSIONS if refused(**having(WHO, CASE, access={use: name})) == set()}
    assert own in accepted
    assert all(PERMISSIONS[name] - OWN_ONLY <= floor for name in accepted)
    assert "item.read" not in accepted, "residents and operators have it"


def test_who_must_see_personal_fields_in_a_list_is_narrowed_by_the_ledger() -> None:
    """A list may hold a masked name if all its readers may see one."""
    parts = having(WHO, layout={"list_columns": ["who"]}, access={"read": "record.personal"})
    assert refused(**parts) == set()


def test_a_result_inherits_the_strictest_privacy_of_what_it_reads() -> None:
    chained = [
        {"name": "one", "title": "一", "type": "boolean", "value": "record.two == null || record.two > 1"},
        {"name": "two", "title": "二", "type": "integer", "value": "record.bins + size(record.parties.who)"},
        {"name": "three", "title": "三", "type": "boolean", "value": "record.case == 'a' || record.one"},
        {"name": "four", "title": "四", "type": "integer", "value": "record.bins + 1"},
    ]
    ledger = compiled(**having(CASE, rows=ROWS, computed=chained))
    assert {name: ledger.privacy[name] for name in ("one", "two", "three", "four", "parties", "parties.age")} == {
        "one": Privacy.PERSONAL,
        "two": Privacy.PERSONAL,
        "three": Privacy.RESTRICTED,
        "four": Privacy.INTERNAL,
        "parties": Privacy.PERSONAL,
        "parties.age": Privacy.INTERNAL,
    }
    assert ledger.sealed_fields == {"one", "two", "three", "parties", "case"}


@pytest.mark.parametrize(
    ("parts", "restricted"),
    [
        ({}, False),
        ({"subject": "area"}, False),
        ({"subject": "person"}, True),
        ({"subject": "household"}, True),
        ({"subject": "record", "subject_ledger": "disputes"}, True),
        ({"subject": "person", "access": {"travels_openly": "测试"}}, False),
        (having(field("p", "person")), True),
        (having(field("p", "record", ledger="released")), True),
        (having(field("p", "record", ledger="rounds")), False),
        ({"rows": [{"name": "r", "title": "r", "fields": [field("h", "household")]}]}, True),
    ],
)
def test_a_ledger_about_persons_travels_out_of_sight_unless_it_says_why(parts: Any, restricted: bool) -> None:
    assert compiled(**parts).travels_restricted == restricted
