"""The AsyncAPI 3 document, put together from the catalogue and the facts."""

from typing import Any

from pydantic.json_schema import models_json_schema

from shared.contracts.catalogue import STATE_TOPICS, Topic
from shared.contracts.envelope import FACTS, Fact, dataschema, noun_of

VERSION = "0.1.0"

SERVICES = {
    "registry": "居民底册",
    "services_hall": "一站式代办",
    "grid": "网格化",
    "indicators": "指标汇总与考评",
}

HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka binding, binary mode: attributes as headers, UTF-8.",
    "required": [
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_partitionkey", "ce_sequence",
        "ce_revision", "ce_dataschema", "content-type",
    ],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "Name-based: the same version gives the same id."},
        "ce_source": {"type": "string", "examples": ["urn:xiangli:registry"]},
        "ce_type": {"type": "string", "examples": ["registry.person.registered"]},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The aggregate's id; also the message key."},
        "ce_partitionkey": {"type": "string", "description": "The same as ce_subject."},
        "ce_sequence": {"type": "string", "pattern": r"^\d{20}$", "description": "The aggregate's version."},
        "ce_revision": {"type": "string", "pattern": r"^\d+$", "description": "0, or the run that restated it."},
        "ce_dataschema": {"type": "string", "format": "uri"},
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
        "content-type": {"type": "string", "const": "application/json"},
    },
}  # fmt: skip


def document() -> dict[str, Any]:
    """The whole document. Topic names are those of a deployment without a prefix."""
    facts = sorted(FACTS.values(), key=lambda fact: (fact.type, fact.schema_version))
    schemas, definitions = models_json_schema(
        [(fact, "serialization") for fact in facts], ref_template="#/components/schemas/{model}"
    )
    payloads = {model: schema for (model, _), schema in schemas.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Xiangli 乡里",
            "version": VERSION,
            "description": "Events of a county's community services. No message carries a name, an identity number, a "
            "phone number, an address or free text.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, facts) for topic in STATE_TOPICS.values()},
        "operations": {f"{topic.owner}.send.{topic.name}": _operation(topic, facts) for topic in STATE_TOPICS.values()},
        "components": {
            "schemas": {**definitions.get("$defs", {}), "CloudEventHeaders": HEADERS},
            "messages": {_message_name(fact): _message(fact, payloads[fact]) for fact in facts},
        },
    }


def _message_name(fact: type[Fact[Any]]) -> str:
    return f"{fact.type}.v{fact.schema_version}"


def _message(fact: type[Fact[Any]], payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": fact.type,
        "title": fact.__name__,
        "summary": " ".join((fact.__doc__ or "").split()) or fact.__name__,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
        "payload": payload,
        "x-dataschema": dataschema(fact.type, fact.schema_version),
    }


def _of(topic: Topic, facts: list[type[Fact[Any]]]) -> list[type[Fact[Any]]]:
    return [fact for fact in facts if noun_of(fact.type) == topic.noun]


def _channel(topic: Topic, facts: list[type[Fact[Any]]]) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"State of `{topic.noun}`, owned by {topic.owner} ({SERVICES[topic.owner]}). Key: aggregate id.",
        "messages": {
            _message_name(fact): {"$ref": f"#/components/messages/{_message_name(fact)}"} for fact in _of(topic, facts)
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"cleanup.policy": ["compact"] if topic.compacted else ["delete"]},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(topic: Topic, facts: list[type[Fact[Any]]]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"{topic.owner} announces every change of {topic.noun}.",
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{_message_name(fact)}"} for fact in _of(topic, facts)],
    }
