"""The AsyncAPI 3 document of both directions, put together from the catalogue, the facts and the submissions.

It is told from the deployment's side: it *sends* its states and *receives* what county systems submit.
"""

from typing import Any

from pydantic.json_schema import models_json_schema

from shared.contracts.asyncapi_parts import (
    CLOUD_EVENT_HEADERS,
    DESCRIPTION,
    SECURITY_SCHEMES,
    SERVERS,
    SUBMITTED_HEADERS,
    fact_headers,
    submission_headers,
)
from shared.contracts.catalogue import INBOUND_TOPICS, STATE_TOPICS, Topic
from shared.contracts.county.inbound import INBOUND, SUBMISSIONS
from shared.contracts.county.submission import Submission
from shared.contracts.envelope import FACTS, STATES, Fact, dataschema, noun_of
from shared.contracts.examples import sample

VERSION = "0.1.0"

SERVICES = {
    "registry": "居民底册",
    "services_hall": "一站式代办",
    "grid": "网格化",
    "indicators": "指标汇总与考评",
}
OWNERS = {**SERVICES, "county": "县级系统"}

Message = type[Fact[Any]] | type[Submission]


def document() -> dict[str, Any]:
    """The whole document. Topic names are those of a deployment without a prefix."""
    facts: list[Message] = [FACTS[key] for key in sorted(FACTS)]
    submissions: list[Message] = [SUBMISSIONS[key] for key in sorted(SUBMISSIONS)]
    schemas, definitions = models_json_schema(
        [*((fact, "serialization") for fact in facts), *((one, "validation") for one in submissions)],
        ref_template="#/components/schemas/{model}",
    )
    payloads = {model: schema for (model, _), schema in schemas.items()}
    components = definitions.get("$defs", {})
    topics = [*STATE_TOPICS.values(), *INBOUND_TOPICS.values()]
    return {
        "asyncapi": "3.0.0",
        "id": "urn:xiangli:deployment",
        "info": {
            "title": "乡里·事件 Xiangli events",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": owner, "description": title} for owner, title in OWNERS.items()],
        },
        "servers": SERVERS,
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, [*facts, *submissions]) for topic in topics},
        "operations": dict(_operation(topic, [*facts, *submissions]) for topic in topics),
        "components": {
            "schemas": {
                **components,
                "CloudEventHeaders": CLOUD_EVENT_HEADERS,
                "SubmittedHeaders": SUBMITTED_HEADERS,
            },
            "messages": {message_name(one): _message(one, payloads[one]) for one in (*facts, *submissions)},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def message_name(message: Message) -> str:
    """`registry.person.registered.v1`; also the name of its schema file."""
    return f"{message.type}.v{message.schema_version}"


def _message(message: Message, payload: dict[str, Any]) -> dict[str, Any]:
    inbound = issubclass(message, Submission)
    headers = "SubmittedHeaders" if inbound else "CloudEventHeaders"
    example = sample(message)
    shown = submission_headers if inbound else fact_headers
    return {
        "name": message.type,
        "title": message.__name__,
        "summary": _told(message),
        **({} if inbound else _explained(STATE_TOPICS[noun_of(message.type)])),
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{headers}"},
        "payload": payload,
        "bindings": {"kafka": {"key": {"type": "string", "description": KEYS[inbound]}, "bindingVersion": "0.5.0"}},
        "examples": [
            {
                "name": message.type,
                "headers": shown(message.type, message.schema_version, example),
                "payload": example,
            }
        ],
        "x-dataschema": dataschema(message.type, message.schema_version),
    }


def _explained(topic: Topic) -> dict[str, str]:
    """Where a ledger's own words stand: no schema of the bus can know them."""
    if not topic.explained_at:
        return {}
    return {"description": f"Its ledger's fields, statuses and steps: `GET {topic.explained_at}` of the owner."}


KEYS = {False: "The aggregate's id, as `ce_subject`.", True: "The event's own `ce_id`: advice, any key is accepted."}


def _told(message: Message) -> str:
    if message.__doc__:
        return " ".join(message.__doc__.split())
    if message.type.endswith(".restated"):
        return "The same version again, on request; only `ce_revision` is higher."
    noun, _, fact = message.type.rpartition(".")
    return f"{noun.rpartition('.')[2].replace('_', ' ').capitalize()} {fact.replace('_', ' ')}."


def _of(topic: Topic, messages: list[Message]) -> list[Message]:
    return [message for message in messages if noun_of(message.type) == topic.noun]


def _channel(topic: Topic, messages: list[Message]) -> dict[str, Any]:
    inbound = topic.noun in INBOUND_TOPICS
    configuration: dict[str, Any] = {"cleanup.policy": ["compact"] if topic.compacted else ["delete"]}
    if topic.retention is not None:
        configuration["retention.ms"] = int(topic.retention.total_seconds() * 1000)
    if inbound:
        told = f"What county systems send of `{topic.noun}`; answers come on `{INBOUND[topic.noun].answers}`."
    else:
        told = " ".join((STATES[topic.noun].__doc__ or "").split())
    if not inbound and not topic.published:
        told += " Restricted: a county system reads it only where its Kafka user was granted this topic by name."
    tags = [{"name": topic.owner}, *([{"name": "restricted"}] if not inbound and not topic.published else [])]
    return {
        "address": topic.name,
        "title": topic.noun,
        "description": told,
        "messages": {
            message_name(one): {"$ref": f"#/components/messages/{message_name(one)}"} for one in _of(topic, messages)
        },
        "tags": tags,
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
                "bindingVersion": "0.5.0",
            }
        },
        "x-owner": topic.owner,
        "x-restricted": not inbound and not topic.published,
    }


def _operation(topic: Topic, messages: list[Message]) -> tuple[str, dict[str, Any]]:
    inbound = topic.noun in INBOUND_TOPICS
    reader = ", ".join(topic.readers)
    found: dict[str, Any] = {
        "action": "receive" if inbound else "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"{reader} takes what the county sends of {topic.noun}."
        if inbound
        else f"{topic.owner} announces every change of {topic.noun}.",
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{message_name(one)}"} for one in _of(topic, messages)],
    }
    if inbound:
        found["reply"] = {"channel": {"$ref": f"#/channels/{INBOUND[topic.noun].answers}"}}
    return f"{reader if inbound else topic.owner}.{found['action']}.{topic.name}", found
