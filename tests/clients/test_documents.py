"""The published documents, through the parsers that strangers use."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.local.locks import ROOT
from tests.clients.node import HERE, NodeFailed, run, tool

pytestmark = pytest.mark.client

API = ROOT / "docs/api"


def redocly(folder: Path, document: Path) -> str:
    """Redocly's linter with our rules."""
    return run(
        folder, tool(folder, "redocly"), "lint", str(document), "--config", "redocly.yaml", "--max-problems", "50"
    )


def asyncapi(folder: Path, document: Path) -> str:
    """AsyncAPI's own parser."""
    return run(folder, "node", "check-asyncapi.mjs", str(document))


@pytest.mark.parametrize("name", ["openapi", "registry.openapi", "services_hall.openapi", "grid.openapi",
                                  "indicators.openapi"])  # fmt: skip
def test_an_openapi_document_keeps_every_rule(node_workspace: Path, name: str) -> None:
    said = redocly(node_workspace, API / f"{name}.json")
    assert "Your API description is valid" in said
    assert "warning" not in said.lower().replace("deprecation warning", "")


def test_another_validator_finds_it_valid_and_can_find_it_not() -> None:
    """In Python, by the specification's own schema."""
    document = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    path = "/registry/v1/persons/{id}"
    changed = deepcopy({**document, "paths": {path: document["paths"][path]}})
    changed["paths"][path]["get"]["parameters"] = []
    assert not OpenAPIV31SpecValidator(changed).is_valid()


def broken(document: str, *path: str, value: Any, folder: Path) -> Path:
    """A copy of a document with one thing in it that is wrong."""
    whole = json.loads((API / document).read_text(encoding="utf-8"))
    at = changed = deepcopy(whole)
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    written = folder / document
    written.write_text(json.dumps(changed), encoding="utf-8")
    return written


PERSON = ("paths", "/registry/v1/persons/{id}", "get")


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ((*PERSON, "parameters"), [], "path-parameters-defined"),
        ((*PERSON, "operationId"), "listPersons", "operation-operationId-unique"),
        ((*PERSON, "tags"), ["elsewhere"], "operation-tag-defined"),
        ((*PERSON, "description"), "", "operation-description"),
        ((*PERSON, "responses", "200", "content", "application/json", "example"), {}, "no-invalid-media-type-examples"),
    ],
)
def test_a_broken_openapi_document_is_noticed(
    node_workspace: Path, tmp_path: Path, path: tuple[str, ...], value: Any, rule: str
) -> None:
    with pytest.raises(NodeFailed, match=rule):
        redocly(node_workspace, broken("openapi.json", *path, value=value, folder=tmp_path))


def test_the_asyncapi_document_passes_asyncapis_own_parser(node_workspace: Path) -> None:
    said = asyncapi(node_workspace, API / "asyncapi.json")
    channels = len(json.loads((API / "asyncapi.json").read_text(encoding="utf-8"))["channels"])
    assert f"valid AsyncAPI 3.0.0: {channels} channels" in said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("channels", "grid.visits", "messages", "grid.visit.done.v1", "$ref"), "#/components/messages/x"),
        (("operations", "registry.send.registry.persons", "action"), "shout"),
        (("servers", "local", "protocol"), 7),
        (("channels", "grid.visits", "address"), ["grid.visits"]),
    ],
)
def test_a_broken_asyncapi_document_is_noticed(
    node_workspace: Path, tmp_path: Path, path: tuple[str, ...], value: Any
) -> None:
    with pytest.raises(NodeFailed):
        asyncapi(node_workspace, broken("asyncapi.json", *path, value=value, folder=tmp_path))


def test_the_lock_names_no_registry() -> None:
    lock = (HERE / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "://registry" not in lock
