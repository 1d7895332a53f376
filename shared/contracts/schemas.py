"""JSON Schemas of the events, and the rule that keeps a version readable for ever: additions only."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.county.inbound import SUBMISSIONS
from shared.contracts.county.submission import Incoming, Submission
from shared.contracts.envelope import FACTS, Fact, dataschema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ANNOTATIONS = ("title", "description", "default", "examples")


def event_schema(fact: type[Fact[Any]]) -> dict[str, Any]:
    """The schema of one event type and version: what stands in the message's value."""
    return _whole(dataschema(fact.type, fact.schema_version), fact.model_json_schema(mode="serialization"))


def _whole(identity: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One self-contained document."""
    return {"$schema": DIALECT, "$id": identity, **schema}


def submission_schema(submission: type[Submission]) -> dict[str, Any]:
    """The schema of what a county system may send: the event's data."""
    return _incoming_schema(submission, dataschema(submission.type, submission.schema_version))


def personal_schema(submission: type[Submission]) -> dict[str, Any]:
    """The schema of what stands inside the JWE of a submission's `personal`."""
    identity = dataschema(f"{submission.noun}.personal", submission.schema_version)
    return _incoming_schema(submission.personal_class, identity)


def _incoming_schema(model: type[Incoming], identity: str) -> dict[str, Any]:
    return _whole(identity, model.model_json_schema(mode="validation"))


def inbound_schemas() -> dict[str, dict[str, Any]]:
    """Every schema of the inbound direction, by name (`type.v1`)."""
    found = {}
    for (type_, version), submission in sorted(SUBMISSIONS.items()):
        found[f"{type_}.v{version}"] = submission_schema(submission)
        found[f"{submission.noun}.personal.v{version}"] = personal_schema(submission)
    return found


def all_schemas() -> dict[str, dict[str, Any]]:
    """Every schema of both directions, by name (`type.v1`)."""
    facts = {f"{type_}.v{version}": event_schema(fact) for (type_, version), fact in sorted(FACTS.items())}
    return {**facts, **inbound_schemas()}


def breaking_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What a reader or a writer of `old` would trip over in `new`: empty when only optional fields were added.

    FULL_TRANSITIVE: old readers read new events and new readers read old ones. So a field may neither vanish,
    change its type nor its set of values, and an added field must not be required.
    """
    return list(_compare(old, new, old.get("$defs", {}), new.get("$defs", {}), "$", frozenset()))


def _resolve(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        target = definitions[reference.removeprefix("#/$defs/")]
        assert isinstance(target, Mapping)
        return target
    return schema


def _compare(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_definitions: Mapping[str, Any],
    new_definitions: Mapping[str, Any],
    path: str,
    seen: frozenset[tuple[str, str]],
) -> Iterator[str]:
    key = (str(old.get("$ref")), str(new.get("$ref")))
    if "$ref" in old and key in seen:
        return
    seen = seen | {key} if "$ref" in old else seen
    old, new = _resolve(old, old_definitions), _resolve(new, new_definitions)
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for name, schema in old_fields.items():
        if name not in new_fields:
            yield f"{path}.{name}: removed"
        else:
            yield from _compare(schema, new_fields[name], old_definitions, new_definitions, f"{path}.{name}", seen)
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{path}.{name}: became required"
    for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
        yield f"{path}.{name}: is no longer required"
    for word in sorted(
        (set(old) | set(new)) - {"properties", "required", "$defs", "$ref", "$id", "$schema", *_ANNOTATIONS}
    ):
        before, after = old.get(word), new.get(word)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _compare(before, after, old_definitions, new_definitions, f"{path}/{word}", seen)
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for number, (first, second) in enumerate(zip(before, after, strict=True)):
                if isinstance(first, Mapping) and isinstance(second, Mapping):
                    yield from _compare(
                        first, second, old_definitions, new_definitions, f"{path}/{word}/{number}", seen
                    )
                elif first != second:
                    yield f"{path}: {word} changed"
        elif before != after:
            yield f"{path}: {word} changed"
