"""One OpenAPI document of all services: valid, every name once, and every operation in it is really there."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.stack.ports import SERVICES, Ports
from deploy.local.start_page.page import create_app
from shared.documents.http_page import VERBS
from shared.documents.merge import merged
from tests.architecture.operations import app_of

ROOT = Path(__file__).parents[2]
PORTS = Ports(9000)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for verb in VERBS:
            if verb in item:
                yield verb, path, item[verb]


def test_every_operation_has_a_name_of_its_own_and_a_known_tag(document: dict[str, Any]) -> None:
    named = Counter(operation["operationId"] for _, _, operation in operations(document))
    assert [name for name, times in named.items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in named)
    tags = [tag["name"] for tag in document["tags"]]
    assert len(tags) == len(set(tags))
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} == set(tags)
    assert all(tag["description"] for tag in document["tags"])


def test_every_operation_of_every_service_is_in_it_unchanged_but_for_names(document: dict[str, Any]) -> None:
    for service in SERVICES:
        for verb, path, alone in operations(app_of(service).openapi()):
            together_ = document["paths"][path][verb]
            assert together_["operationId"].lower().endswith(alone["operationId"].lower())
            assert together_["security"] == alone["security"]
            assert set(together_["responses"]) == set(alone["responses"])
            assert together_.get("parameters") == json.loads(json.dumps(alone.get("parameters")))


def test_every_reference_leads_to_a_component_and_every_component_is_used(document: dict[str, Any]) -> None:
    used = set(re.findall(r'"#/components/(\w+)/([\w.-]+)"', json.dumps(document)))
    held = {(kind, name) for kind in ("schemas", "responses") for name in document["components"][kind]}
    assert used == held


def test_two_meanings_of_one_name_get_two_names_and_so_does_what_refers_to_them() -> None:
    def one(field: str) -> dict[str, Any]:
        refers = {"$ref": "#/components/schemas/Inner"}
        same = {"type": "object", "properties": {"x": {"type": "string"}}}
        return {
            "paths": {f"/{field}": {"get": {"operationId": "get", "tags": ["things"], "responses": {}}}},
            "components": {
                "schemas": {
                    "Inner": {"type": "object", "properties": {field: {"type": "string"}}},
                    "Outer": {"type": "object", "properties": {"inner": refers}},
                    "Same": same,
                }
            },
            "tags": [{"name": "things", "description": "t"}],
        }

    made = merged({"grid": one("a"), "services_hall": one("b")}, title="t", summary="s", version="1", description="d")
    schemas = made["components"]["schemas"]
    assert set(schemas) == {"GridInner", "GridOuter", "ServicesHallInner", "ServicesHallOuter", "Same"}
    assert schemas["ServicesHallOuter"]["properties"]["inner"]["$ref"] == "#/components/schemas/ServicesHallInner"
    ids = [operation["operationId"] for _, _, operation in operations(made)]
    assert ids == ["gridGet", "servicesHallGet"]
    assert [tag["name"] for tag in made["tags"]] == ["grid.things", "services-hall.things"]


class ByPort(httpx.AsyncBaseTransport):
    """The way from the proxy to the four applications, without a network."""

    def __init__(self) -> None:
        self._ways = {PORTS.api(service): httpx.ASGITransport(app=app_of(service)) for service in SERVICES}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.port is not None
        return await self._ways[request.url.port].handle_async_request(request)


async def test_one_origin_leads_to_every_operation_and_to_nothing_else(document: dict[str, Any]) -> None:
    """Without a token a guarded operation says 401, before anything else is looked at."""
    app = create_app(PORTS, transport=ByPort())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://origin.test") as client:
        for verb, path, operation in operations(document):
            url = re.sub(r"\{[^}]+\}", "00000000-0000-7000-8000-000000000000", path)
            answer = await client.request(verb, url)
            if operation["security"] == [{"bearer": []}]:
                assert answer.status_code == 401, f"{verb} {path}: {answer.text}"
            else:
                # nobody has this id; that the path itself is known is seen by the next question
                missing = ("method_not_allowed",) if "{" in path else ("not_found", "method_not_allowed")
                told = answer.json() if "json" in answer.headers["content-type"] else {}  # else a page
                assert told.get("code") not in missing, f"{verb} {path}"
            assert (await client.request("TRACE", url)).status_code == 405
            assert (await client.request(verb, url + "/a/b/c/d")).status_code == 404
        for unknown in (
            "/registry/v1/",
            "/registry/v2/persons",
            "/hall/v1/items",
            "/v1/persons",
            "/gri",
            "/registryx",
        ):
            assert (await client.get(unknown)).status_code == 404, unknown


def test_every_field_of_every_body_is_explained(document: dict[str, Any]) -> None:
    unexplained = {
        f"{model}.{name}"
        for model, schema in document["components"]["schemas"].items()
        for name, field in schema.get("properties", {}).items()
        if not field.get("description")
    }
    assert unexplained == set()
