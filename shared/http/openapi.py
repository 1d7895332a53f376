"""The OpenAPI 3.1 document: what FastAPI knows, plus security, declared refusals and the headers that the kit adds."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.auth.roles import ROLES, Role
from shared.contracts.examples import example, of_service
from shared.documents.merge import SERVERS, with_names
from shared.errors import DomainError
from shared.http.bodies import MAX_BODY
from shared.http.endpoint import CODES_OF, MEANING, PERMISSION, REACH
from shared.http.errors import (
    ASK_OPERATORS,
    CODES,
    COMPONENTS,
    STATUS,
    TITLES,
    MethodNotAllowed,
    Problem,
    responses,
)
from shared.http.etag import ETAG
from shared.http.kit import Kit
from shared.http.route import POSITION

REF = "#/components/schemas/{model}"
VERBS = ("get", "put", "post", "delete", "patch")
LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "县登录服务（OpenID Connect）签发的访问令牌，`aud` 为 `xiangli`；"
    "`xiangli_grants` 列出授权：岗位、区域，部门人员另有部门。\n\n"
    "An access token of the county's OpenID Connect issuer with the audience `xiangli`. The claim "
    "`xiangli_grants` lists the caller's grants: role, area and, for departments, the department.",
}
REACHES = {
    "area": ("限授权区域内", "inside the area of the caller's grant"),
    "county": ("须有县级及以上授权", "with a grant at the county or above"),
    "own": ("限本人数据", "limited to the caller's own data"),
    "open": ("不限授权区域", "wherever the grant was given"),
}


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A replacement for `app.openapi` that adds what the kit does to every endpoint. The document is made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, openapi_version="3.1.0", summary=app.summary, routes=app.routes,
                description=app.description, license_info=LICENCE, tags=app.openapi_tags, servers=SERVERS,
            )  # fmt: skip
            components = made.setdefault("components", {})
            schemas = components.setdefault("schemas", {})
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            problem = Problem.model_json_schema(ref_template=REF, mode="serialization")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
            components["securitySchemes"] = {"bearer": BEARER}
            kit: Kit = app.state.kit
            codes = problem_codes(set().union(*kit.refusals.values()))
            for item in made.get("paths", {}).values():
                for verb in VERBS:
                    if verb in item:
                        listed = sorted(kit.refusals[item[verb]["operationId"]])
                        item[verb][CODES_OF] = {code: codes[code]["title"] for code in listed}
                        _complete(item[verb], verb, {codes[code]["status"] for code in listed})
                        if "application/json" in item[verb].get("requestBody", {}).get("content", {}):
                            item[verb].setdefault(MAX_BODY, kit.settings.max_body_bytes)
                        _exemplify(item[verb], schemas)
            _tell_pairs(made)
            _name_constants(schemas)
            told = json.dumps(made.get("paths", {}))
            used = {name: one for name, one in responses().items() if f'#/components/responses/{name}"' in told}
            components["responses"] = used
            made[CODES_OF] = codes
            pages = {("schemas", name): schema["title"] for name, schema in schemas.items() if name.startswith("Page_")}
            app.openapi_schema = of_service(with_names(made, pages), kit.spec.name)
        return app.openapi_schema

    return document


def _complete(operation: dict[str, Any], verb: str, refusals: set[int]) -> None:
    operation[PERMISSION] = operation.get(PERMISSION)  # FastAPI leaves out what is null
    _permit(operation, operation[PERMISSION], operation[REACH])
    given = operation.setdefault("responses", {})
    parameters = operation.get("parameters", [])
    for status in {*given, *map(str, refusals)}:
        if status.startswith("2"):
            _succeed(given[status], writes=verb != "get")
        else:
            given[status] = {"$ref": f"#/components/responses/{COMPONENTS[int(status)]}"}
    for parameter in parameters:
        _clarify(parameter)
        if parameter["name"] == "If-Match":
            parameter["required"] = "428" in given
    tagged = any("ETag" in response.get("headers", {}) for response in given.values())
    if tagged and verb == "get":
        given["304"] = {"description": "未改变 what the caller has is current", "headers": {"ETag": ETAG}}
        operation["parameters"] = [*parameters, IF_NONE_MATCH]
    operation["responses"] = dict(sorted(given.items()))


def _tell_pairs(value: Any) -> None:
    """What a tuple of one kind holds stands in `items` too: some generators know no `prefixItems`."""
    if isinstance(value, dict):
        kinds = value.get("prefixItems", [])
        if kinds and value.get("maxItems") == len(kinds) and all(kind == kinds[0] for kind in kinds):
            value["items"] = kinds[0]
        for below in value.values():
            _tell_pairs(below)
    elif isinstance(value, list):
        for below in value:
            _tell_pairs(below)


def _name_constants(schemas: Mapping[str, Any]) -> None:
    """Names of constants for generators: in capitals, a code such as `name` is no member that an enumeration has."""
    for schema in schemas.values():
        names = [
            code.upper().replace(".", "_").replace("-", "_") for code in schema.get("enum", ()) if code[:1].isalpha()
        ]
        if names and len(set(names)) == len(schema["enum"]):
            schema["x-enum-varnames"] = names


def _permit(operation: dict[str, Any], permission: str | None, reach: str) -> None:
    """Who may call: for programs in `x-permission` and `x-scope`, for people at the end of the description."""
    operation["security"] = [{"bearer": []}] if permission else [{}, {"bearer": []}]
    if permission is None:
        who = "对所有人开放。 Open to everybody."
    else:
        holders = [role for role in Role if permission in ROLES[role]]
        names = "、".join(role.label for role in holders)
        chinese, english = REACHES[reach]
        who = f"需要权限 `{permission}`，{chinese}；岗位：{names}。"
        who += f"\n\nPermission `{permission}`, {english}; roles: {', '.join(holders)}."
    meaning, described = operation.pop(MEANING), operation.get("description", "").rstrip()
    operation["description"] = "\n\n".join(part for part in (meaning, described, who) if part)


def _succeed(response: dict[str, Any], *, writes: bool) -> None:
    response["description"] = "成功 done"
    headers = response.setdefault("headers", {})
    headers["X-Request-Id"] = {"schema": {"type": "string"}, "description": "请求号 names this request in the logs"}
    if writes:
        headers[POSITION] = {
            "schema": {"type": "string"},
            "description": "位置标记 what was announced; readers pass it as `min_position`. Absent if nothing was",
        }


IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "已有版本 ETag of what the caller has: 304 without a body if that is current",
    "schema": {"type": "string"},
}


def _clarify(parameter: dict[str, Any]) -> None:
    """A parameter is left out, never null; headers are written as everybody writes them."""
    if parameter["in"] == "header":
        parameter["name"] = parameter["name"].title()
    schema = parameter["schema"]
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        parameter["schema"] = {**kinds[0], **schema}
    parameter["schema"].pop("description", None)


def _exemplify(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Give bodies in both directions an example if the endpoint brings none."""
    incoming = operation.get("requestBody", {}).get("content", {})
    outgoing = [body for response in operation["responses"].values() for body in response.get("content", {}).items()]
    for whole, (kind, body) in [*((False, item) for item in incoming.items()), *((True, item) for item in outgoing)]:
        if kind.endswith("json") and "schema" in body and not {"example", "examples"} & set(body):
            body["example"] = example(body["schema"], schemas, whole=whole)


def problem_codes(listed: Collection[str]) -> dict[str, dict[str, Any]]:
    """The refusals of these codes, of the examples, and of an unknown method: HTTP status, Chinese title and advice."""
    wanted = {*listed, *CODES.values(), MethodNotAllowed.code}
    kinds = {kind.code: kind for kind in _refusals(DomainError) if kind.code in wanted}
    found = {
        code: {
            "status": 405 if kind is MethodNotAllowed else STATUS[kind.kind],
            "title": kind.title,
            "advice": kind.advice,
        }
        for code, kind in sorted(kinds.items())
    }
    return {**found, CODES[500]: {"status": 500, "title": TITLES[500], "advice": ASK_OPERATORS}}


def _refusals(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _refusals(below)
