"""Whether resources have the form that Kubernetes, and the operators whose kinds the chart may use, give them."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import jsonschema
import kubernetes_validate
import yaml
from kubernetes_validate.utils import SchemaNotFoundError

from deploy.cluster.crds import go_definitions
from deploy.cluster.versions import KUBERNETES
from tests.chart.rendering import Manifest, title

VERSIONS = ("1.30", *sorted(KUBERNETES))
"""The oldest that Chart.yaml promises, and those of `make test-cluster`."""
OPERATORS = {
    "gateway-api": ("gateways", "httproutes"),
    "prometheus-operator": ("podmonitors", "prometheusrules", "servicemonitors"),
    "keda": ("scaledobjects", "triggerauthentications"),
    "cloudnative-pg": ("clusters", "databases", "scheduledbackups"),
}
"""Whose kinds are used. Their definitions come out of their releases, by Go's module proxy (deploy/cluster/crds.py)."""


class Loader(yaml.CSafeLoader):
    """Takes a bare `=` (an operator of Prometheus) for a text."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)


def faults(documents: Sequence[Manifest], version: str) -> list[str]:
    """What does not fit, fields that nobody knows included."""
    return [f"{title(one)}: {fault}" for one in documents for fault in _known(json.dumps(one), version)]


@cache
def _known(text: str, version: str) -> tuple[str, ...]:
    """Half of the documents stand in several cases, word by word."""
    return tuple(_faults(json.loads(text), version))


def _faults(document: Manifest, version: str) -> Iterator[str]:
    key = (document["apiVersion"], document["kind"])
    if key in definitions():
        validator = jsonschema.Draft202012Validator(definitions()[key])
        for error in validator.iter_errors(document):
            yield f"{error.json_path}: {error.message[:200]}"
        return
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(str(part) for part in error.path)}: {error.message[:200]}"
    except SchemaNotFoundError:
        yield f"nobody knows {key}"


@cache
def definitions() -> dict[tuple[str, str], dict[str, Any]]:
    """JSON Schemas of the operators' kinds, by version and kind, closed to fields that they do not name."""
    found = {}
    for operator, plurals in OPERATORS.items():
        for plural in plurals:
            (file,) = go_definitions(operator).glob(f"*_{plural}.yaml")
            spec = yaml.load(file.read_text(encoding="utf-8"), Loader)["spec"]
            for version in spec["versions"]:
                schema = closed(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"type": "object"}
                found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def closed(schema: Any) -> Any:
    """The same schema, in which an object with named properties has no others (as the server's strict validation)."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    made = {
        name: {key: closed(part) for key, part in value.items()} if name == "properties" else closed(value)
        for name, value in schema.items()
        if not name.startswith("x-kubernetes-") and name not in ("default", "description", "format", "nullable")
    }
    open_to_all = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("type") == "object" and "properties" in schema and not open_to_all:
        made["additionalProperties"] = False
    return made
