"""The AsyncAPI document is current, valid, and complete."""

import json
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shared.contracts.catalogue import INBOUND_TOPICS, STATE_TOPICS, TOPICS
from shared.contracts.county.inbound import SUBMISSIONS
from shared.contracts.envelope import FACTS, STATES
from shared.contracts.examples import sample
from tests.each import of_each

ROOT = Path(__file__).parents[2]


@cache
def document() -> dict[str, Any]:
    """As committed: that it is what the code says is asked in `test_generate.py`. Nobody changes it."""
    found: dict[str, Any] = json.loads((ROOT / "docs/api/asyncapi.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    schema = json.loads((Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(schema)


def test_the_document_is_valid(validator: jsonschema.protocols.Validator) -> None:
    assert [error.message for error in validator.iter_errors(document())] == []


def test_the_validation_can_fail(validator: jsonschema.protocols.Validator) -> None:
    broken = deepcopy(document())
    broken["operations"]["registry.send.registry.persons"]["action"] = "shout"
    assert not validator.is_valid(broken)


def test_every_topic_fact_and_submission_is_in_it() -> None:
    channels = document()["channels"]
    assert set(channels) == {topic.name for topic in TOPICS.values()}
    named = {message for channel in channels.values() for message in channel["messages"]}
    assert named == {f"{type_}.v{version}" for type_, version in (*FACTS, *SUBMISSIONS)}


def test_we_send_states_and_receive_what_the_county_submits() -> None:
    operations = document()["operations"]
    received = {one["channel"]["$ref"] for one in operations.values() if one["action"] == "receive"}
    assert received == {f"#/channels/{topic.name}" for topic in INBOUND_TOPICS.values()}
    sent = {one["channel"]["$ref"] for one in operations.values() if one["action"] == "send"}
    assert sent == {f"#/channels/{topic.name}" for topic in STATE_TOPICS.values()}
    replies = [one["reply"]["channel"]["$ref"] for one in operations.values() if one["action"] == "receive"]
    assert sorted(replies) == ["#/channels/grid.inbound_outcomes", "#/channels/registry.list_outcomes"]


def test_a_broker_is_reached_by_password_or_certificate() -> None:
    made = document()
    county = made["servers"]["county"]
    assert county["protocol"] == "kafka-secure"
    assert county["variables"]["bootstrap"]["default"]
    schemes = made["components"]["securitySchemes"]
    asked = [schemes[one["$ref"].rpartition("/")[2]]["type"] for one in county["security"]]
    assert asked == ["scramSha512", "X509"]


def test_restricted_topics_are_marked_and_no_others() -> None:
    marked = {name for name, channel in document()["channels"].items() if channel["x-restricted"]}
    records = {
        f"{owner}.{what}_restricted"
        for what in ("records", "ledger_postings")
        for owner in ("registry", "services_hall", "grid", "indicators")
    }
    erasures = {f"{owner}.erasure_answers_restricted" for owner in ("services_hall", "grid", "indicators")}
    erasures |= {"registry.erasures_restricted"}
    checksums = {
        f"{owner}.{what}_restricted"
        for what in ("checksums", "checksum_questions")
        for owner in ("registry", "services_hall", "grid", "indicators")
    }
    grids = {"grid.residence_proposals_restricted", "registry.residence_answers_restricted"}
    effects = {"services_hall.case_effects_restricted", "registry.case_effect_answers_restricted"}
    kept = {*records, *erasures, *checksums, *grids, *effects}
    counts = {"registry.consent_counts_restricted"}
    ratings = {"services_hall.ratings_restricted", "services_hall.rectifications_restricted"}
    ratings |= {"services_hall.agencies_restricted", "services_hall.originals_restricted"}
    assert marked == {"registry.tags_restricted", "grid.visits_restricted", *counts, *kept, *ratings}
    for name, channel in document()["channels"].items():
        assert ({"name": "restricted"} in channel["tags"]) == (name in marked)


@of_each(lambda: document()["components"]["messages"])
def test_every_message_has_an_example_that_its_schema_and_its_headers_accept(name: str) -> None:
    made = document()
    message = made["components"]["messages"][name]
    (example,) = message["examples"]
    formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
    schema = json.loads((ROOT / f"docs/api/schemas/{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=formats).validate(example["payload"])
    headers = made["components"]["schemas"][message["headers"]["$ref"].rpartition("/")[2]]
    jsonschema.Draft202012Validator(headers, format_checker=formats).validate(example["headers"])
    assert example["headers"]["ce_dataschema"] == message["x-dataschema"] == schema["$id"]


@of_each(lambda: FACTS)
def test_an_example_is_what_our_own_classes_would_read_and_write(key: tuple[str, int]) -> None:
    value = sample(FACTS[key])
    assert FACTS[key].model_validate(value).model_dump(mode="json") == value


@pytest.mark.parametrize("key", sorted(SUBMISSIONS), ids=str)
def test_the_example_from_the_county_is_taken(key: tuple[str, int]) -> None:
    SUBMISSIONS[key].model_validate_json(json.dumps(sample(SUBMISSIONS[key])))


def test_every_field_of_every_message_is_explained() -> None:
    unexplained = {
        f"{model}.{name}"
        for model, schema in document()["components"]["schemas"].items()
        for name, field in schema.get("properties", {}).items()
        if not field.get("description") and "const" not in field
    }
    assert unexplained == set()


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


LEDGER_NOUN = re.compile(r"^(\w+)\.(?:ledger|record|restricted_record)\.\w+$")


def test_every_event_of_ledgers_names_the_document_that_says_what_its_values_mean() -> None:
    told = {}
    for message in document()["components"]["messages"].values():
        found = LEDGER_NOUN.match(message["name"])
        assert (found is not None) == ("GET /" in message.get("description", "")), message["name"]
        if found is None:
            continue
        [path] = re.findall(r"`GET (\S+)`", message["description"])
        state = STATES[message["name"].rpartition(".")[0]]
        assert set(re.findall(r"{(\w+)}", path)) <= set(state.model_fields)
        told[path.replace("{ledger}", "{code}").replace("{ledger_version}", "{number}")] = found[1]
    assert len(set(told.values())) == 4, "registry, services_hall, grid, indicators"
    for path, owner in told.items():
        published = json.loads((ROOT / f"docs/api/{owner}.openapi.json").read_text(encoding="utf-8"))["paths"]
        assert "get" in published[path], path
