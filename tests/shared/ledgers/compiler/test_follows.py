"""What may follow a subject, and what of it is refused by its place; what a version that follows changes."""

from typing import Any

import pytest

from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.definitions.changes import changes
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.sheets.columns import columns_of, exported_columns
from tests.shared.ledgers.builders import compiled, definition, field, refused

FIELDS = definition()["fields"]
CLOSE = definition()["steps"][0]
PASS_ON = {**CLOSE, "verb": "pass_on", "to": "open", "hands_over": True}


def followed(type_: str = "grid", **parts: Any) -> dict[str, Any]:
    """A definition about persons with a field that follows, at `fields.3`."""
    more: dict[str, Any] = {
        name: parts.pop(name) for name in ("unique", "steps", "rules", "subject", "computed") if name in parts
    }
    return {"subject": "person", "fields": [*FIELDS, field("at", type_, follows_subject=True, **parts)], **more}


UNFILLED = "follows_unfilled"
RULE = {"id": "r", "that": "record.at == null", "message": "不符"}


def test_area_and_fields_may_follow_persons_households_and_records() -> None:
    assert refused(**followed(), follows_subject=True) == set()
    assert refused(**followed("area", subject="household", search=True, privacy="personal")) == set()
    of_record = followed(subject="record") | {"subject_ledger": "disputes", "follows_subject": True}
    assert refused(**of_record) == set()
    reads = [{"name": "c", "title": "c", "type": "boolean", "value": "record.at == null"}]
    assert refused(**followed(computed=reads)) == set(), "what is computed is computed anew"


@pytest.mark.parametrize(
    ("parts", "place", "code"),
    [
        (followed("text"), "fields.3.type", "follows_type"),
        (followed(subject="area"), "fields.3.follows_subject", "follows_unmoved"),
        ({"follows_subject": True}, "follows_subject", "follows_nothing"),
        ({"follows_subject": True, "subject": "area"}, "follows_subject", "follows_unmoved"),
        (followed(required=True), "fields.3.follows_subject", UNFILLED),
        (followed(required_in=["done"]), "fields.3.follows_subject", UNFILLED),
        (followed(default="450481100201001"), "fields.3.follows_subject", UNFILLED),
        (followed(unique=[["at"]]), "unique.0", UNFILLED),
        (followed(steps=[CLOSE | {"fills": ["at"]}]), "steps.0.fills.0", UNFILLED),
        (followed(rules=[RULE]), "rules.0.that", "follows_in_rule"),
        (
            {"subject": "person", "follows_subject": True, "steps": [CLOSE, PASS_ON]},
            "steps.1.hands_over",
            "follows_or_hands_over",
        ),
        (
            {"rows": [{"name": "r", "title": "r", "fields": [field("at", "grid", follows_subject=True)]}]},
            "rows.0.fields.0.follows_subject",
            "follows_in_rows",
        ),
    ],
)
def test_what_cannot_follow_is_refused(parts: dict[str, Any], place: str, code: str) -> None:
    assert refused(**parts) == {(place, code)}


@pytest.mark.parametrize(
    ("levels", "place", "area"),
    [
        (["grid", "village"], "450481100201001", "450481100201001"),
        (["grid", "village"], "450481100201", "450481100201"),
        (["village", "town"], "450481100201001", "450481100201"),
        (["town"], "450481100201", "450481100"),
        (["grid"], "450481100201", None),
    ],
)
def test_a_record_lies_in_the_smallest_area_of_its_levels(levels: list[str], place: str, area: str | None) -> None:
    assert compiled(levels=levels).area_at(place) == area


def kinds(old: dict[str, Any], new: dict[str, Any]) -> dict[str, bool]:
    one, other = (Definition.model_validate(definition(**parts)) for parts in (old, new))
    return {change.path: change.additive for change in changes(one, other)}


def test_a_version_that_follows_takes_its_records_along_by_a_move() -> None:
    """Those that are there lie where they were opened: nobody would fill what follows."""
    about = {"subject": "person"}
    assert kinds(about, {**about, "follows_subject": True}) == {"follows_subject": False}
    assert kinds({**about, "follows_subject": True}, about) == {"follows_subject": False}
    assert kinds(about, followed()) == {"fields.at": False}


def test_what_follows_is_shown_in_tables_and_asked_in_none() -> None:
    ledger: Ledger = compiled(**followed())
    assert "at" not in {column.code for column in columns_of(ledger)}
    assert "at" in {column.code for column in exported_columns(ledger)}
