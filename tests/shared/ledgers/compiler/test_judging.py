"""Whole values in a status: what must be filled, which rules are broken and where, what is computed."""

from typing import Any

from shared.ledgers.compiler import Ledger
from tests.shared.ledgers.builders import TODAY, compiled, field


def ledger() -> Ledger:
    return compiled(
        fields=[
            *(field("found_on", "date"), field("agreed_on", "date", required_in=["done"])),
            *(field("price", "decimal", scale=2), field("pieces", "integer")),
        ],
        rows=[{"name": "stays", "title": "住", "min": 1, "fields": [field("a", "date"), field("b", "date")]}],
        rules=[
            {
                "id": "order",
                "field": "agreed_on",
                "message": "先后",
                "that": "record.agreed_on == null || record.found_on == null || record.agreed_on >= record.found_on",
            },
            {
                "id": "late",
                "message": "今天",
                "in_statuses": ["done"],
                "that": "record.found_on == null || days(record.found_on, today) <= 30",
            },
            {
                "id": "stay",
                "each": "stays",
                "field": "b",
                "message": "离开",
                "that": "row.a == null || row.b == null || row.b >= row.a",
            },
            {
                "id": "large",
                "field": "pieces",
                "message": "过大",
                "that": "record.pieces == null || record.pieces * 2000000 > 0",
            },
        ],
        computed=[
            {
                "name": "sum",
                "title": "合计",
                "type": "decimal",
                "scale": 1,
                "value": "times(record.price, decimal(record.pieces))",
            },
            {"name": "double", "title": "两倍", "type": "decimal", "scale": 1, "value": "record.sum + record.sum"},
        ],
    )


def judged(status: str, **values: Any) -> set[tuple[str, str]]:
    one = ledger()
    whole = one.accept({"stays": [{}], **values}, today=TODAY)
    return {(error.path, error.code) for error in one.problems(whole, status, today=TODAY)}


def test_what_a_status_needs_is_asked_in_it() -> None:
    assert judged("open") == set()
    assert judged("done") == {("values.agreed_on", "missing")}
    assert judged("open", stays=[]) == {("values.stays", "too_short")}


def test_a_broken_rule_is_told_at_its_field_and_row() -> None:
    assert judged("open", found_on="2026-11-20", agreed_on="2026-11-19") == {("values.agreed_on", "rule")}
    assert judged("open", found_on="2026-01-01") == set(), "the other rule is asked in one status only"
    assert judged("done", found_on="2026-10-29", agreed_on="2026-11-19") == {("values", "rule")}
    assert judged("done", found_on="2026-10-30", agreed_on="2026-11-19") == set(), "thirty days before the day given"
    stays = [{"a": "2026-01-01", "b": "2026-01-01"}, {"a": "2026-01-02", "b": "2026-01-01"}]
    assert judged("open", stays=stays) == {("values.stays.1.b", "rule")}


def test_a_rule_that_has_no_answer_refuses() -> None:
    assert judged("open", pieces=2**53 - 1) == {("values.pieces", "rule_not_evaluated")}


def test_what_is_computed_is_exact_rounded_half_up_and_empty_without_its_parts() -> None:
    one = ledger()
    values = one.accept({"price": "0.35", "pieces": 1}, today=TODAY)
    assert one.computed(values, "open", today=TODAY) == {"sum": "0.4", "double": "0.8"}
    assert one.computed({**values, "pieces": None}, "open", today=TODAY) == {"sum": None, "double": None}
    assert one.computed({**values, "pieces": 2**53 - 1}, "open", today=TODAY) == {"sum": None, "double": None}
