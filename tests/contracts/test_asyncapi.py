"""The AsyncAPI document is current, valid, and complete."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shared.contracts.asyncapi import document
from shared.contracts.catalogue import STATE_TOPICS
from shared.contracts.envelope import FACTS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    schema = json.loads((Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(schema)


def test_the_committed_document_is_the_one_in_the_code() -> None:
    assert json.loads((ROOT / "docs/api/asyncapi.json").read_text(encoding="utf-8")) == document()


def test_the_document_is_valid(validator: jsonschema.protocols.Validator) -> None:
    assert [error.message for error in validator.iter_errors(document())] == []


def test_the_validation_can_fail(validator: jsonschema.protocols.Validator) -> None:
    broken = deepcopy(document())
    broken["operations"]["registry.send.registry.persons"]["action"] = "shout"
    assert not validator.is_valid(broken)


def test_every_topic_and_fact_is_in_it() -> None:
    channels = document()["channels"]
    assert set(channels) == {topic.name for topic in STATE_TOPICS.values()}
    named = {message for channel in channels.values() for message in channel["messages"]}
    assert named == {f"{type_}.v{version}" for type_, version in FACTS}


def test_no_field_of_any_event_is_named_like_a_direct_identifier() -> None:
    """Area names are the one exception: places, not people."""
    forbidden = re.compile(
        r"(^|_)(name|names|phone|mobile|address|number|document|text|remark|note|description|reason)($|_)"
    )

    def fields(schema: Any) -> list[str]:
        if isinstance(schema, dict):
            return [*schema.get("properties", {}), *(name for part in schema.values() for name in fields(part))]
        return [name for part in schema for name in fields(part)] if isinstance(schema, list) else []

    schemas = document()["components"]["schemas"]
    found = {
        f"{model}.{field}" for model, schema in schemas.items() for field in fields(schema) if forbidden.search(field)
    }
    assert found == {"AreaState.name"}
