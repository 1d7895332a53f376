"""An event type and version stays readable for ever, and the committed schemas are the ones in the code."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.catalogue import INBOUND_TOPICS, STATE_TOPICS, TOPICS
from shared.contracts.county import INBOUND, SUBMISSIONS
from shared.contracts.envelope import FACTS, STATES, Fact, noun_of
from shared.contracts.schemas import breaking_changes, event_schema, inbound_schemas

GOLDEN = Path(__file__).parent / "golden"
ALL = sorted(FACTS.values(), key=lambda fact: (fact.type, fact.schema_version))


def _name(fact: type[Fact[Any]]) -> str:
    return f"{fact.type}.v{fact.schema_version}"


@pytest.mark.parametrize("fact", ALL, ids=_name)
def test_the_committed_schema_is_the_one_in_the_code(fact: type[Fact[Any]]) -> None:
    golden = GOLDEN / "next" / f"{_name(fact)}.json"
    assert json.loads(golden.read_text(encoding="utf-8")) == event_schema(fact)


@pytest.mark.parametrize("name", sorted(inbound_schemas()))
def test_the_committed_schema_of_what_the_county_sends_is_the_one_in_the_code(name: str) -> None:
    golden = GOLDEN / "next" / f"{name}.json"
    assert json.loads(golden.read_text(encoding="utf-8")) == inbound_schemas()[name]


def released() -> list[Path]:
    """Schemas of closed versions: every folder but `next`."""
    return sorted(path for path in GOLDEN.glob("*/*.json") if path.parent.name != "next")


def test_every_released_schema_only_gained_optional_fields() -> None:
    now = {f"{_name(fact)}.json": event_schema(fact) for fact in ALL}
    now |= {f"{name}.json": schema for name, schema in inbound_schemas().items()}
    broken = {
        f"{path.parent.name}/{path.name}": changes
        for path in released()
        if (
            changes := ["vanished"]
            if path.name not in now
            else breaking_changes(json.loads(path.read_text()), now[path.name])
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
    _state(new)["properties"]["due_on"]["anyOf"][0]["format"] = "date"
    assert breaking_changes(OLD, new) == ["$.state.due_on/anyOf/0: format changed"]


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
