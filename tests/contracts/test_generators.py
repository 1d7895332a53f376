"""What generators of clients take from the merged document: names, closed lists, types, units of measures."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.documents.http_page import VERBS

ROOT = Path(__file__).parents[2]
Json = Mapping[str, Any]

SEVERAL_THINGS = {
    *(
        "contact",
        "form",
        "holder",
        "kind",
        "level",
        "place",
        "reasons",
        "reason",
        "registration",
        "result",
        "role",
        "source",
        "status",
        "step",
        "subject",
        "topic",
        "unit",
    ),
    "household",
}
"""Fields that are called alike and mean something else in each noun: judged within one operation only."""
BY_ITS_OWN_LIST = {
    "CircumstanceView.kind": "of the catalogue, which is read: `listCircumstanceKinds`",
    "GridStepView.reason": "of the list of the step that was taken",
    "ServicesHallStepView.reason": "of the list of the step that was taken",
    "ResidenceProposalView.target": "a grid",
    **dict.fromkeys(("PolygonOut.type", "FeatureView.type", "GridsAsGeoJson.type"), "of GeoJSON, always the same"),
    "TagKindView.levels": "each with its name",
    "DuePersonView.groups": "each with its days",
}
"""Answers whose codes stand in more lists than one, or in one that the county keeps."""
OF_ANY_KIND = {
    *("VersionView.formula", "DefinitionDraftView.content"),
    *("CorrectRecord.values", "OpenRecord.values", "StepOne.values", "StepRecord.values", "SearchRecords.value"),
    *("SuggestedVacancyView.values", "SuggestedSeekersView.values"),
    *("DisclosedView.values", "RecordView.values", "ChangeView.old", "ChangeView.new"),
    *("ItemChangeView.old", "ItemChangeView.new"),  # any part of an item
    *(f"{service}RecordDetail.values" for service in ("Registry", "ServicesHall", "Grid", "Indicators")),
    *(f"{view}.{part}" for view in ("LedgerDraftView", "XlsFormDraftView") for part in ("definition", "mapping")),
    *("LedgerVersionView.definition", "LedgerVersionView.mapping"),
}
"""What a ledger's own definition types: its own document says of which kind they are."""


@pytest.fixture(scope="module")
def document() -> Json:
    found: Json = json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))
    return found


def fields(document: Json, names: set[str] | None = None) -> Iterator[tuple[str, str, Json]]:
    for name, schema in document["components"]["schemas"].items():
        if names is None or name in names:
            for field, one in schema.get("properties", {}).items():
                yield name, field, one


def alternatives(schema: Json) -> Iterator[Json]:
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(word, ()):
            yield from alternatives(one)
    if isinstance(schema.get("items"), dict):
        yield from alternatives(schema["items"])


def named(schema: Any) -> set[str]:
    return {part.partition('"')[0] for part in json.dumps(schema).split('"#/components/schemas/')[1:]}


def reached(document: Json, names: set[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names |= named(document["components"]["schemas"][name])
    return found


def codes(document: Json, schema: Json) -> frozenset[Any]:
    """The closed list that a field takes its values from, if it has one."""
    found: set[Any] = set()
    for one in alternatives(schema):
        refers = one.get("$ref", "").rpartition("/")[2]
        found |= set(one.get("enum", ())) | set(document["components"]["schemas"].get(refers, {}).get("enum", ()))
    return frozenset(found)


def operations(document: Json) -> Iterator[Json]:
    for item in document["paths"].values():
        yield from (item[verb] for verb in VERBS if verb in item)


def answers(operation: Json) -> list[Json]:
    return [one for status, one in operation["responses"].items() if status.startswith("2")]


def test_titles_are_keys_and_the_name_of_a_package_is_ascii(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert {name for name, schema in schemas.items() if schema.get("title", name) != name} == set()
    assert document["info"]["title"].isascii()
    assert all(name.isascii() for name in schemas)


def test_what_is_asked_from_a_closed_list_is_answered_from_it(document: Json) -> None:
    asked = reached(document, set().union(*(named(one.get("requestBody", {})) for one in operations(document))))
    told = reached(document, set().union(*(named(answers(one)) for one in operations(document))))
    lists: dict[str, set[frozenset[Any]]] = {}
    for _, field, one in fields(document, asked):
        lists.setdefault(field, set()).add(codes(document, one))
    open_ones = {
        f"{name}.{field}"
        for name, field, one in fields(document, told - asked)
        if field not in SEVERAL_THINGS and any(lists.get(field, ())) and not codes(document, one)
    }
    within = {
        f"{answer}.{field}"
        for operation in operations(document)
        for body in named(operation.get("requestBody", {}))
        for _, field, one in fields(document, {body})
        for answer, same, shown in fields(document, named(answers(operation)))
        if same == field and codes(document, one) and not codes(document, shown)
    }
    assert (open_ones | within) - BY_ITS_OWN_LIST.keys() == set()


def test_residence_kinds_are_a_list_in_answers_too(document: Json) -> None:
    schemas = document["components"]["schemas"]
    kinds = set(schemas["ResidenceKind"]["enum"])
    assert codes(document, schemas["PlaceView"]["properties"]["kind"]) == kinds
    assert codes(document, schemas["SpanView"]["properties"]["kind"]) == kinds | {"household"}


def test_every_field_has_a_type(document: Json) -> None:
    bare = set()
    for name, field, schema in fields(document):
        for one in alternatives(schema):
            typed = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"} & one.keys()
            inside = {"properties", "patternProperties"} & one.keys() or one.get("additionalProperties")
            untyped = one.get("patternProperties") and {} in one["patternProperties"].values()
            if not typed or untyped or (one.get("type") == "object" and inside in (set(), None, True, {})):
                bare.add(f"{name}.{field}")
    assert bare == OF_ANY_KIND


def test_a_ratio_is_told_in_one_way_and_where_a_point_is_measured_is_said(document: Json) -> None:
    ratios = {name: one for name, field, one in fields(document) if field == "rate"}
    assert len(ratios) > 1
    told = {json.dumps([one["anyOf"], one["description"]], sort_keys=True) for one in ratios.values()}
    assert len(told) == 1
    assert not [name for name, field, _ in fields(document) if field in ("ratio", "percent", "percentage", "quota")]
    places = [one for _, field, one in fields(document) if field in ("longitude", "latitude", "polygon")]
    assert len(places) > 3
    assert all("WGS 84" in one["description"] for one in places)
    assert "WGS 84" in document["info"]["description"]
