"""The documents of several services as one: one origin, paths as behind the Ingress, every name once."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from shared.documents.http_page import VERBS

Document = Mapping[str, Any]
SERVERS: list[dict[str, Any]] = [
    {
        "url": "https://{host}",
        "description": "the county's address",
        "variables": {"host": {"default": "xiangli.county.example", "description": "host name of the Ingress"}},
    },
    {"url": "http://127.0.0.1:8000", "description": "a stack on this machine: `make run`"},
]


def merged(
    documents: Mapping[str, Document], *, title: str, summary: str, version: str, description: str
) -> dict[str, Any]:
    """One OpenAPI document out of those of `documents`, by service. Generators name their packages after `title`.

    A component that is the same in all services that have it keeps its name; where two differ, each gets its service's
    name before it (`grid` + `CloseBody` → `GridCloseBody`). So do operation ids that several services have. Tags are
    `<service>.<tag>`.
    """
    names = _component_names(documents)
    repeated = _repeated_operations(documents)
    paths: dict[str, Any] = {}
    tags: list[dict[str, Any]] = []
    components: dict[str, dict[str, Any]] = {}
    codes: dict[str, Any] = {}
    for service, document in documents.items():
        renamed = with_names(document, names[service])
        for kind, held in renamed["components"].items():
            components.setdefault(kind, {}).update(held)
        for path, item in renamed["paths"].items():
            for operation in (item[verb] for verb in VERBS if verb in item):
                operation["tags"] = [tag_of(service, tag) for tag in operation["tags"]]
                if operation["operationId"] in repeated:
                    operation["operationId"] = prefixed(service, operation["operationId"])
            paths[path] = item
        tags += [{**tag, "name": tag_of(service, tag["name"])} for tag in renamed.get("tags", ())]
        codes |= renamed.get("x-problem-codes", {})
    used = {tag for item in paths.values() for verb in VERBS if verb in item for tag in item[verb]["tags"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "summary": summary,
            "version": version,
            "description": description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": SERVERS,
        "security": [{"bearer": []}],
        "tags": [tag for tag in tags if tag["name"] in used],
        "paths": paths,
        "components": components,
        "x-problem-codes": dict(sorted(codes.items())),
    }


def tag_of(service: str, tag: str) -> str:
    """`registry`, `life events` → `registry.life-events`."""
    return f"{service.replace('_', '-')}.{tag.replace(' ', '-')}"


def prefixed(service: str, name: str) -> str:
    """`services_hall`, `getJob` → `servicesHallGetJob`; a name in capitals stays in capitals."""
    first, *rest = service.split("_")
    joined = first + "".join(part.capitalize() for part in rest) + name[0].upper() + name[1:]
    return joined[0].upper() + joined[1:] if name[0].isupper() else joined


def _component_names(documents: Mapping[str, Document]) -> dict[str, dict[tuple[str, str], str]]:
    """New names, by service, of the components that another service understands otherwise.

    A component that refers to a renamed one differs as well: looked at again until nothing changes.
    """
    names: dict[str, dict[tuple[str, str], str]] = {service: {} for service in documents}
    while True:
        seen: dict[tuple[str, str], set[str]] = {}
        for service, document in documents.items():
            for kind, held in _referring(document, names[service])["components"].items():
                for name, component in held.items():
                    seen.setdefault((kind, name), set()).add(json.dumps(component, sort_keys=True))
        clashing = {key for key, forms in seen.items() if len(forms) > 1}
        before = sum(len(one) for one in names.values())
        for service, document in documents.items():
            for kind, name in clashing:
                if name in document["components"].get(kind, {}):
                    names[service][kind, name] = prefixed(service, name)
        if sum(len(one) for one in names.values()) == before:
            return names


def with_names(document: Document, names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """A copy of the document in which components have the names given by (kind, present name)."""
    found = _referring(document, names)
    found["components"] = {
        kind: {names.get((kind, name), name): component for name, component in held.items()}
        for kind, held in found["components"].items()
    }
    for name, schema in found["components"].get("schemas", {}).items():
        schema["title"] = name  # a generator that names classes by titles would give two schemas one class
    return found


def _referring(document: Document, names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """A copy in which every reference has the new name."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            found = {key: walk(one) for key, one in value.items()}
            if isinstance(found.get("$ref"), str):
                start, kind, name = found["$ref"].rsplit("/", 2)
                found["$ref"] = f"{start}/{kind}/{names.get((kind, name), name)}"
            return found
        return [walk(one) for one in value] if isinstance(value, list) else value

    copied: dict[str, Any] = walk(document)
    return copied


def _repeated_operations(documents: Mapping[str, Document]) -> set[str]:
    counted = Counter(
        item[verb]["operationId"]
        for document in documents.values()
        for item in document["paths"].values()
        for verb in VERBS
        if verb in item
    )
    return {name for name, times in counted.items() if times > 1}
