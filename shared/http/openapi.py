"""The OpenAPI 3.1 document: what FastAPI knows, plus security, declared refusals and the headers that the kit adds."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.http.errors import Problem, problems
from shared.http.examples import example
from shared.http.kit import Access
from shared.http.route import POSITION

REF = "#/components/schemas/{model}"
VERBS = ("get", "put", "post", "delete", "patch")


def describe(app: FastAPI, access: Mapping[str, Access]) -> Callable[[], dict[str, Any]]:
    """A replacement for `app.openapi` that adds what the kit does to every endpoint. The document is made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, openapi_version="3.1.0", summary=app.summary, routes=app.routes
            )
            components = made.setdefault("components", {})
            schemas = components.setdefault("schemas", {})
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            problem = Problem.model_json_schema(ref_template=REF, mode="serialization")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
            for item in made.get("paths", {}).values():
                for verb in VERBS:
                    if verb in item:
                        _complete(item[verb], access, writes=verb != "get")
                        _exemplify(item[verb], schemas)
            app.openapi_schema = made
        return app.openapi_schema

    return document


def _complete(operation: dict[str, Any], access: Mapping[str, Access], *, writes: bool) -> None:
    entry = access.get(operation["operationId"])
    open_to_all = entry is not None and entry.permission is None
    operation["security"] = [{}, {"bearer": []}] if open_to_all else [{"bearer": []}]
    if entry is not None:
        operation["x-permission"] = entry.permission
        operation["x-scope"] = entry.scope
    responses = operation.setdefault("responses", {})
    for status, declared in problems().items():
        key = str(status)
        if key not in responses or "application/problem+json" not in responses[key].get("content", {}):
            responses[key] = declared
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        headers["X-Request-Id"] = {"schema": {"type": "string"}, "description": "names this request in the logs"}
        if writes and status.startswith("2"):
            headers[POSITION] = {
                "schema": {"type": "string"},
                "description": "what was announced; a reader passes it as `min_position`",
            }
    operation["responses"] = dict(sorted(responses.items()))


def _exemplify(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Give bodies in both directions an example where the endpoint brings none."""
    incoming = operation.get("requestBody", {}).get("content", {})
    outgoing = [body for response in operation["responses"].values() for body in response.get("content", {}).items()]
    for whole, (kind, body) in [*((False, item) for item in incoming.items()), *((True, item) for item in outgoing)]:
        if kind.endswith("json") and "schema" in body and not {"example", "examples"} & set(body):
            body["example"] = example(body["schema"], schemas, whole=whole)
