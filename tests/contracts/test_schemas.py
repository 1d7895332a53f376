"""An event type and version stays readable for ever, and the committed schemas are the ones in the code."""

import json
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from shared.contracts.catalogue import INBOUND_TOPICS, STATE_TOPICS, TOPICS
from shared.contracts.county.inbound import INBOUND, SUBMISSIONS
from shared.contracts.envelope import FACTS, STATES, noun_of
from shared.contracts.schemas import breaking_changes, event_schema, inbound_schemas
from tests.each import of_each

GOLDEN = Path(__file__).parent / "golden"


@cache
def now() -> dict[str, dict[str, Any]]:
    """By name, as committed: that they are what the code says is asked in `test_generate.py`. Nobody changes them."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(PUBLISHED.iterdir())}


PUBLISHED = Path(__file__).parents[2] / "docs/api/schemas"


@of_each(now)
def test_a_published_schema_stands_alone(name: str) -> None:
    published = now()[name]
    type_, _, version = name.rpartition(".v")
    assert published["$id"] == f"urn:xiangli:schema:{type_}:v{version}"
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(published)
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(published))
    assert all(reference.removeprefix("#/$defs/") in published["$defs"] for reference in references)


@of_each(lambda: FACTS)
def test_every_fact_says_what_happened(key: tuple[str, int]) -> None:
    assert (FACTS[key].__doc__ or "").strip()


@of_each(now)
def test_what_we_send_may_grow_and_what_we_take_may_not(name: str) -> None:
    """Outwards unknown fields are ignored; inwards every object refuses them."""
    schema = now()[name]
    objects = [part for part in (schema, *schema.get("$defs", {}).values()) if part.get("type") == "object"]
    assert objects
    closed = [part.get("additionalProperties") for part in objects]
    assert set(closed) == ({False} if name.startswith("county.") else {None})


def released() -> list[Path]:
    """Schemas of closed versions; the present ones are in `docs/api/schemas`."""
    return sorted(GOLDEN.glob("*/*.json"))


def test_every_released_schema_only_gained_optional_fields() -> None:
    present = {f"{name}.json": schema for name, schema in now().items()}
    broken = {
        f"{path.parent.name}/{path.name}": changes
        for path in released()
        if (
            changes := ["vanished"]
            if path.name not in present
            else breaking_changes(json.loads(path.read_text()), present[path.name])
        )
    }
    assert broken == {}


OLD = event_schema(FACTS[("grid.incident.dispatched", 1)])


def _state(schema: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = schema["$defs"]["IncidentState"]
    return state


def test_an_optional_field_may_be_added() -> None:
    new = deepcopy(OLD)
    _state(new)["properties"]["weather"] = {"type": "string", "default": "dry"}
    assert breaking_changes(OLD, new) == []
    assert breaking_changes(OLD, OLD) == []


def test_a_removed_field_is_named() -> None:
    new = deepcopy(OLD)
    del _state(new)["properties"]["returns"]
    assert breaking_changes(OLD, new) == ["$.state.returns: removed"]


def test_a_new_required_field_is_named() -> None:
    new = deepcopy(OLD)
    new["properties"]["place"] = {"type": "string"}
    new["required"] = [*new["required"], "place"]
    assert breaking_changes(OLD, new) == ["$.place: became required"]


def test_a_changed_type_is_named_however_deep_it_stands() -> None:
    new = deepcopy(OLD)
    _state(new)["properties"]["due_at"]["anyOf"][0]["format"] = "date"
    assert breaking_changes(OLD, new) == ["$.state.due_at/anyOf/0: format changed"]


def test_a_changed_set_of_values_is_named() -> None:
    new = deepcopy(OLD)
    new["$defs"]["IncidentStatus"]["enum"].append("lost")
    assert breaking_changes(OLD, new) == ["$.state.status: enum changed"]


def test_every_noun_has_one_topic_and_can_be_restated() -> None:
    assert set(STATES) == set(STATE_TOPICS)
    assert len({topic.name for topic in TOPICS.values()}) == len(TOPICS)
    for noun in STATES:
        assert (f"{noun}.restated", 1) in FACTS


def test_types_are_service_noun_fact_and_versions_count_from_one() -> None:
    for type_, version in FACTS:
        assert len(type_.split(".")) == 3
        assert noun_of(type_) in TOPICS
        assert version == 1 or (type_, version - 1) in FACTS


def test_every_noun_from_the_county_has_a_topic_a_reader_and_an_end() -> None:
    assert set(INBOUND) == set(INBOUND_TOPICS)
    for noun, topic in INBOUND_TOPICS.items():
        assert topic.name.startswith("county.inbound.")
        assert not topic.compacted
        assert topic.retention is not None
        assert len(topic.readers) == 1
        assert SUBMISSIONS[INBOUND[noun].type, INBOUND[noun].schema_version] is INBOUND[noun]


def test_an_unknown_field_from_the_county_is_an_error_at_every_level() -> None:
    def objects(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for part in schema for found in objects(part)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if schema.get("type") == "object" and "properties" in schema else []
        return own + [found for part in schema.values() for found in objects(part)]

    for schema in inbound_schemas().values():
        assert all(found["additionalProperties"] is False for found in objects(schema))
