"""What a definition may not say: each refused by its place. Every case breaks one thing of a definition that holds."""

from typing import Any

import pytest

from tests.shared.ledgers.builders import choices, compiled, definition, field, refused, status

FIELDS = definition()["fields"]
STEP = definition()["steps"][0]
CLOCK = {"id": "l", "title": "时限", "starts": "open", "ends": ["done"], "amount": 3, "unit": "day"}
MEASURE = {"code": "all", "title": "数", "meaning": "数", "kind": "flow", "date": "found_on"}
SIDES = [{"account": "a", "sign": 1}, {"account": "a", "sign": -1}]
POSTING = {
    "code": "p",
    "title": "记",
    "sides": SIDES,
    "permission": "record.write",
    "reverse_permission": "record.check",
}
KINDS = [{"code": "a", "title": "户", "holder": "area"}]
ACCOUNTS: dict[str, Any] = {"unit": "fen", "kinds": KINDS, "postings": [POSTING]}


def counted_of(**parts: Any) -> dict[str, Any]:
    """A definition with two kinds of accounts and a measure of them."""
    measure = {"code": "all", "title": "额", "meaning": "额", "account": "a", "unit": "分", **parts}
    kinds = [*KINDS, {"code": "b", "title": "户", "holder": "area"}]
    return {"accounts": ACCOUNTS | {"kinds": kinds, "measures": [measure]}}


def fields(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [*FIELDS, *more]


def one(type_: str, **parts: Any) -> dict[str, Any]:
    """A definition with one more field, at `fields.3`."""
    return {"fields": fields(field("x", type_, **parts))}


def rule(that: str, **parts: Any) -> dict[str, Any]:
    return {"rules": [{"id": "r", "that": that, "message": "不符", **parts}]}


def computed(*values: tuple[str, str, str]) -> dict[str, Any]:
    return {"computed": [{"name": n, "title": n, "type": t, "value": v} for n, t, v in values]}


def measured(published: list[str] | None = None, **parts: Any) -> dict[str, Any]:
    return {"published": published or ["kind", "found_on", "bins"], "measures": [{**MEASURE, **parts}]}


def rows(*columns: dict[str, Any], **parts: Any) -> list[dict[str, Any]]:
    return [{"name": "parties", "title": "人", "fields": list(columns), **parts}]


def test_the_definition_itself_holds() -> None:
    assert refused() == set()
    assert refused(**measured(), ratios=[], clock={"limits": [CLOCK]}, accounts=ACCOUNTS) == set()


ENDED = {"status": "done", "title": "d"}


@pytest.mark.parametrize(
    ("parts", "place", "code"),
    [
        # names
        ({"fields": fields(field("kind"))}, "fields.3.name", "name_taken"),
        ({"rows": rows(field("a"), name="kind")}, "rows.0.name", "name_taken"),
        ({"rows": rows(field("a"), field("a"))}, "rows.0.fields.1.name", "name_taken"),
        (one("text") | {"fields": fields(field("in"))}, "fields.3.name", "name_reserved"),
        ({"steps": [STEP, STEP]}, "steps.1.verb", "name_taken"),
        ({"steps": [STEP | {"verb": "export"}]}, "steps.0.verb", "name_reserved"),
        # fields
        (one("choice"), "fields.3.choices", "choices_missing"),
        (one("integer", choices=choices("a")), "fields.3.choices", "choices_misplaced"),
        (one("choice", choices=choices("a", "a")), "fields.3.choices.1.code", "name_taken"),
        (one("code", code_list="planets"), "fields.3.code_list", "code_list_unknown"),
        (one("code"), "fields.3.code_list", "code_list_unknown"),
        (one("text", code_list="sexes"), "fields.3.code_list", "code_list_misplaced"),
        (one("record"), "fields.3.ledger", "ledger_missing"),
        (one("text", ledger="disputes"), "fields.3.ledger", "ledger_misplaced"),
        (one("integer", scale=2), "fields.3.scale", "scale_misplaced"),
        (one("integer", bounds={"min": 3, "max": 2}), "fields.3.bounds.min", "bounds_order"),
        (one("integer", bounds={"max": 2**53}), "fields.3.bounds.max", "bounds_range"),
        (one("money", bounds={"min": -(2**53)}), "fields.3.bounds.min", "bounds_range"),
        (one("integer", bounds={"min": "2.5"}), "fields.3.bounds.min", "bounds_type"),
        (one("date", bounds={"max": 5}), "fields.3.bounds.max", "bounds_type"),
        (one("integer", bounds={"max_length": 5}), "fields.3.bounds.max_length", "bounds_type"),
        (one("text", bounds={"not_after_today": True}), "fields.3.bounds.not_after_today", "bounds_type"),
        (one("decimal", scale=1, bounds={"min": "0.25"}), "fields.3.bounds.min", "bounds_places"),
        (one("choice", choices=choices("a"), depends_on="bins"), "fields.3.depends_on", "depends_on_type"),
        (one("choice", choices=choices("a"), depends_on="x"), "fields.3.depends_on", "depends_on_cycle"),
        (
            one("choice", choices=[{"code": "a", "title": "a", "parent": "moon"}], depends_on="kind"),
            "fields.3.choices.0.parent",
            "parent_unknown",
        ),
        (
            one("choice", choices=[{"code": "a", "title": "a", "parent": "street"}]),
            "fields.3.choices.0.parent",
            "parent_misplaced",
        ),
        (one("integer", default="1"), "fields.3.default", "default_type"),
        (one("text", default="某", privacy="personal"), "fields.3.default", "default_private"),
        (one("date", example="2026-13-01"), "fields.3.example", "example_type"),
        (one("point", search=True), "fields.3.search", "search_type"),
        (one("text", required_in=["gone"]), "fields.3.required_in.0", "unknown_status"),
        (one("area", follows_subject=True), "fields.3.follows_subject", "follows_nothing"),
        ({"rows": rows(field("a", search=True))}, "rows.0.fields.0.search", "search_in_rows"),
        ({"rows": rows(field("a", required_in=["done"]))}, "rows.0.fields.0.required_in", "required_in_rows"),
        ({"rows": rows(field("a"), min=5, max=2)}, "rows.0.min", "rows_order"),
        ({"unique": [["nothing"]]}, "unique.0.0", "unknown_field"),
        ({"unique": [["kind", "kind"]]}, "unique.0.1", "repeated"),
        (one("point") | {"unique": [["x"]]}, "unique.0.0", "unique_type"),
        ({"department": "kind"}, "department", "department_type"),
        *(({"subject": one_}, "subject", "subject_not_kept") for one_ in ("dwelling", "organisation", "facility")),
        *((one(type_), "fields.3.type", "subject_not_kept") for type_ in ("dwelling", "organisation")),
        ({"subject": "record"}, "subject_ledger", "subject_ledger_missing"),
        ({"subject_ledger": "disputes"}, "subject_ledger", "subject_ledger_misplaced"),
        # persons
        *((one(type_), "fields.3.privacy", "must_be_personal") for type_ in ("name", "phone", "identity_number")),
        *((one(type_), "fields.3.privacy", "must_be_personal") for type_ in ("address", "photo", "signature")),
        ({"fields": fields(field("birth_date", "date"))}, "fields.3.privacy", "must_be_personal"),
        ({"fields": fields(field("d", "date", title="出生日期"))}, "fields.3.privacy", "must_be_personal"),
        ({"rows": rows(field("n", "name"))}, "rows.0.fields.0.privacy", "must_be_personal"),
        # rules and computed fields
        (rule("record.gone == 1"), "rules.0.that", "expression_unknown"),
        (rule("record.bins + 1"), "rules.0.that", "expression_result"),
        (rule("record.kind == 'steet'"), "rules.0.that", "expression_choice"),
        (rule("record.kind in ['street', 'sea']"), "rules.0.that", "expression_choice"),
        (rule("status != 'shut'"), "rules.0.that", "expression_choice"),
        (rule("record.bins > 0"), "rules.0.that", "expression_meets_empty"),
        (rule("record.bins == null || day('2026-02-30') > today"), "rules.0.that", "expression_never"),
        (rule("true", field="gone"), "rules.0.field", "unknown_field"),
        (rule("true", in_statuses=["gone"]), "rules.0.in_statuses.0", "unknown_status"),
        (rule("true", each="gone"), "rules.0.each", "unknown_field"),
        (
            rule("row.a == null || row.b == 1", each="parties") | {"rows": rows(field("a", "integer"))},
            "rules.0.that",
            "expression_unknown",
        ),
        (
            computed(("a", "integer", "record.b + 1"), ("b", "integer", "record.a + 1")),
            "computed.0.value",
            "computed_cycle",
        ),
        (computed(("a", "integer", "record.a + 1")), "computed.0.value", "computed_cycle"),
        (computed(("a", "photo", "record.kind")), "computed.0.type", "computed_type"),
        (computed(("a", "integer", "record.kind")), "computed.0.value", "expression_result"),
        (computed(("a", "integer", "record.bins / 0")), "computed.0.value", "expression_never"),
        # lifecycle
        ({"statuses": [status("open"), status("done", final=True)]}, "statuses", "initial_count"),
        (
            {"statuses": [status("open", initial=True), status("done", final=True, initial=True)]},
            "statuses",
            "initial_count",
        ),
        (
            {"statuses": [*definition()["statuses"], status("lost", final=True)]},
            "statuses.2",
            "status_unreached",
        ),
        ({"statuses": [status("open", initial=True), status("done")]}, "statuses.1", "status_unleft"),
        ({"steps": [STEP | {"from": ["gone"]}]}, "steps.0.from.0", "unknown_status"),
        ({"steps": [STEP | {"to": "gone"}]}, "steps.0.to", "unknown_status"),
        ({"steps": [STEP | {"fills": ["gone"]}]}, "steps.0.fills.0", "unknown_field"),
        ({"steps": [STEP | {"four_eyes": ["gone"]}]}, "steps.0.four_eyes.0", "unknown_verb"),
        ({"steps": [STEP, STEP | {"verb": "again", "from": ["done"], "to": "open"}]}, "steps.1.from", "final_left"),
        (
            {"steps": [STEP, STEP | {"verb": "again", "from": ["done"], "to": "open", "reopens": True}]},
            "steps.1.reason",
            "reopens_reason",
        ),
        ({"steps": [STEP | {"reopens": True, "reason": True}]}, "steps.0.from", "reopens_from"),
        ({"clock": {"limits": [CLOCK | {"starts": "gone"}]}}, "clock.limits.0.starts", "unknown_status"),
        ({"clock": {"limits": [CLOCK | {"ends": ["open"]}]}}, "clock.limits.0.ends", "limit_ends_at_start"),
        ({"clock": {"limits": [CLOCK | {"pauses": ["done"]}]}}, "clock.limits.0.pauses", "limit_paused_at_end"),
        (
            {"accounts": ACCOUNTS | {"postings": [POSTING | {"sides": [SIDES[0], SIDES[0]]}]}},
            "accounts.postings.0.sides",
            "sides_one_way",
        ),
        (
            {"accounts": ACCOUNTS | {"postings": [POSTING | {"sides": [SIDES[0] | {"account": "z"}, SIDES[1]]}]}},
            "accounts.postings.0.sides.0.account",
            "account_unknown",
        ),
        (counted_of(account="z"), "accounts.measures.0.account", "account_unknown"),
        (counted_of(posting="z"), "accounts.measures.0.posting", "posting_unknown"),
        (counted_of(posting="p"), "accounts.measures.0.posting", "measure_both_ways"),
        (counted_of(account="b", posting="p"), "accounts.measures.0.posting", "measure_account_untouched"),
        (counted_of(account="b", posting="p", sign=-1), "accounts.measures.0.sign", "measure_sign"),
        (counted_of() | {"measures": [MEASURE]}, "accounts.measures.0.code", "name_taken"),
        (counted_of(code="c" * 41) | {"code": "l" * 30}, "accounts.measures.0.code", "indicator_too_long"),
        ({"accounts": ACCOUNTS | {"close_permission": "gone"}}, "accounts.close_permission", "permission_unknown"),
        ({"accounts": ACCOUNTS | {"reopen_permission": "area.read"}}, "accounts.reopen_permission", "permission_wide"),
        # layout
        ({"layout": {"columns": [{"field": "gone"}]}}, "layout.columns.0.field", "unknown_field"),
        ({"layout": {"columns": [{"field": "kind", "synonyms": ["bins"]}]}}, "layout.columns.0", "title_taken"),
        ({"layout": {"entered": [{"status": "x", "title": "d"}]}}, "layout.entered.0.status", "unknown_status"),
        ({"layout": {"entered": [{"status": "done", "title": "bins"}]}}, "layout.entered.0", "title_taken"),
        ({"layout": {"entered": [ENDED, {**ENDED, "title": "e"}]}}, "layout.entered.1.status", "repeated"),
        (
            {"layout": {"groups": [{"title": "页", "fields": ["kind", "kind"]}]}},
            "layout.groups.0.fields.1",
            "repeated",
        ),
        # figures
        (measured(["found_on"], where="record.kind == 'street'"), "measures.0.where", "measure_field"),
        (measured(where="today > day('2026-01-01')"), "measures.0.where", "measure_today"),
        (measured(where="record.bins > 3"), "measures.0.where", "expression_meets_empty"),
        (measured(date="bins"), "measures.0.date", "measure_date"),
        (measured(date="entered:gone"), "measures.0.date", "unknown_status"),
        (measured(until=["found_on"]), "measures.0.until", "measure_until"),
        (measured(dimension="bins"), "measures.0.dimension", "measure_dimension"),
        (measured(sum="kind"), "measures.0.sum", "measure_sum"),
        (measured(["kind", "found_on"], sum="bins"), "measures.0.sum", "measure_field"),
        (measured() | {"measures": [MEASURE, MEASURE]}, "measures.1.code", "name_taken"),
    ],
)
def test_it_is_refused_by_its_place(parts: dict[str, Any], place: str, code: str) -> None:
    assert (place, code) in refused(**parts)


def test_a_rule_that_is_asked_for_too_many_rows_costs_too_much() -> None:
    long = " && ".join(f"(row.a == null || row.a != {number})" for number in range(25))
    parts = rule(long, each="parties") | {"rows": rows(field("a", "integer"))}
    assert ("rules.0.that", "expression_too_costly") in refused(**parts)
    assert refused(**parts | {"rows": rows(field("a", "integer"), max=20)}) == set()


def ratio(one_where: str | None, other_where: str | None, **other: Any) -> set[tuple[str, str]]:
    parts: dict[str, Any] = measured()
    parts["measures"] = [
        {**MEASURE, "code": "part", "where": one_where},
        {**MEASURE, "code": "whole", "where": other_where, **other},
    ]
    rate = {"code": "rate", "title": "率", "meaning": "率", "numerator": "part", "denominator": "whole"}
    return refused(**parts, ratios=[rate])


def test_a_numerator_is_part_of_its_denominator() -> None:
    assert ratio("record.kind == 'street'", None) == set()
    assert ratio("status == 'done' && record.kind == 'street'", "record.kind != 'river'") == set()
    outside = {("ratios.0", "ratio_outside")}
    assert ratio("record.kind == 'street'", "status == 'done'") == outside
    assert ratio("record.kind != 'river'", "record.kind == 'street'") == outside, "a record without a kind"
    assert ratio("record.bins != null && record.bins > 5", "record.bins != null && record.bins > 6") == outside
    assert ratio(None, None, kind="stock") == {("ratios.0", "ratio_kinds")}
    assert ratio(None, None, sum="bins") == {("ratios.0", "ratio_kinds")}


def test_what_a_definition_names_stays_in_its_order() -> None:
    """Templates, forms, lists of errors and pages follow it."""
    fields = [field(name) for name in ("c", "a", "b")]
    statuses = [status("z", initial=True), status("y"), status("x", final=True)]
    steps = [
        {"verb": verb, "title": verb, "from": [origin], "to": to, "permission": "record.write"}
        for verb, origin, to in (("two", "z", "y"), ("one", "y", "x"))
    ]
    ledger = compiled(fields=fields, statuses=statuses, steps=steps)
    assert [*ledger.fields] == ["c", "a", "b"]
    assert [*ledger.statuses] == ["z", "y", "x"]
    assert [*ledger.steps] == ["two", "one"]
