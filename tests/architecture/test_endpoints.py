"""What holds for every endpoint of every service, found out from the applications themselves."""

import re
import sys
from collections.abc import AsyncIterator
from inspect import isasyncgenfunction, iscoroutinefunction
from types import FunctionType
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter
from jsonschema import Draft202012Validator
from sqlalchemy import MetaData

from shared.auth.lineage import FixedLineage
from shared.contracts.examples import example
from shared.feature import Feature
from shared.http.app import build_app, endpoints
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.service import ServiceSpec
from shared.testing.databases import SERVICES, ServiceDatabase
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import settings_for
from tests.architecture.operations import (
    NOWHERE,
    SECRET,
    Callers,
    Operation,
    app_of,
    assert_nothing_told,
    assert_problem,
    distinct,
    entitled,
    not_entitled,
    operations,
    services,
)
from tests.each import of_each

ALL = of_each(operations)
"""Of what the documents say: of every operation of every service."""
TRIED = of_each(distinct)
"""Of what is answered: of every endpoint's function."""
GUARDED = of_each(lambda: [one for one in distinct() if one.access and one.access.permission])
WITH_BODY = of_each(lambda: [one for one in distinct() if one.has_body])
WITH_PARAMETERS = of_each(lambda: [one for one in distinct() if one.parameters])


class Door:
    """The applications over real databases, and a client of each."""

    def __init__(self, databases: DatabaseOf) -> None:
        self._databases = databases
        self._callers = Callers()
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._used: list[ServiceDatabase] = []

    async def send(self, operation: Operation, url: str | None = None, /, **how: Any) -> httpx.Response:
        """As whoever is entitled, unless `headers` says otherwise."""
        how.setdefault("headers", {})
        if "Authorization" not in how["headers"]:
            how["headers"] = {"If-Match": '"1"', **self._callers.header(entitled(operation)), **how["headers"]}
        client = await self.client_of(operation.service)
        return await client.request(operation.method.upper(), url or operation.url(), **how)

    async def send_as(self, operation: Operation, caller: Any, **how: Any) -> httpx.Response:
        """As somebody else; None: as nobody."""
        client = await self.client_of(operation.service)
        headers = {} if caller is None else self._callers.header(caller)
        return await client.request(operation.method.upper(), operation.url(), headers=headers, **how)

    async def client_of(self, service: str) -> httpx.AsyncClient:
        """A client of a service without a caller."""
        if service not in self._clients:
            app = app_of(service)
            kit = app.state.kit
            database = await self._databases(service)
            self._used.append(database)
            kit.database = database.database
            kit.verifier, kit.lineage, kit.access_log = self._callers, FixedLineage(), Ignored()
            transport = httpx.ASGITransport(app=app)
            self._clients[service] = httpx.AsyncClient(transport=transport, base_url="http://test")
        return self._clients[service]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        for database in self._used:
            await database.empty()


class Ignored:
    """An access log that nobody reads."""

    async def write(self, entries: object) -> None: ...


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def door(database_of: DatabaseOf) -> AsyncIterator[Door]:
    """One for all these tests: nothing in them depends on what is stored. Emptied when they are done."""
    one = Door(database_of)
    yield one
    await one.close()


def test_all_four_services_have_an_application() -> None:
    assert set(services()) == {path.parent.name for path in SERVICES.glob("*/__init__.py")}
    assert len(services()) == 4


@pytest.mark.parametrize("service", services())
def test_the_access_table_and_the_endpoints_name_each_other(service: str) -> None:
    named = {operation.id for operation in operations() if operation.service == service}
    assert set(app_of(service).state.kit.access) == named


@pytest.mark.parametrize("service", services())
def test_every_endpoint_has_a_name_of_its_own_and_lies_under_v1(service: str) -> None:
    app = app_of(service)
    routes = endpoints(app)
    names = [route.operation_id for route in routes]
    assert None not in names
    assert len(set(names)) == len(names)
    prefix = f"/{app.state.kit.spec.path}/v1/"
    assert all(path.startswith(prefix) for path in app.openapi()["paths"])
    assert not [name for name in names if not (name or "").isidentifier() or "_" in (name or "")]


def test_an_endpoint_that_names_no_permission_is_not_even_started() -> None:
    router = APIRouter(route_class=ServiceRoute)

    @router.get("/forgotten", operation_id="forgotten")
    async def forgotten() -> dict[str, str]:
        return {}

    spec = ServiceSpec(name="registry", title="x", metadata=MetaData(), migrations=SERVICES)
    with pytest.raises(TypeError, match="names no permission"):
        build_app(spec, settings_for("kit", NOWHERE), features=[Feature(router=router)])


def test_a_permission_that_no_role_has_cannot_stand_on_a_route() -> None:
    with pytest.raises(ValueError, match="no role carries"):
        reads("getNothing", "无", "没有说明。", permission="nothing.read")


@ALL
def test_it_declares_what_it_refuses_and_what_it_asks_for(operation: Operation) -> None:
    declared = set(operation.spec["responses"])
    assert {"401", "403", "422", "500", "503"} <= declared
    assert ("413" in declared) == ("requestBody" in operation.spec), (
        "what takes a body, of JSON or of a file, bounds it"
    )
    if any(parameter["in"] == "path" or parameter["name"] == "area" for parameter in operation.parameters):
        assert "404" in declared or operation.id == "publishCalendarYear"  # any year may be published
    precondition = [parameter for parameter in operation.parameters if parameter["name"] == "If-Match"]
    assert ("412" in declared) == bool(precondition)
    assert ("428" in declared) == any(parameter["required"] for parameter in precondition)
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation.parameters):
        assert operation.method == "post"
    assert any(status.startswith("2") for status in declared)
    assert re.match(r"[\u4e00-\u9fff]+ [A-Z]", operation.spec["summary"]), "its route names it in Chinese"
    assert operation.access is not None
    assert operation.spec["x-scope"] == operation.access.scope


def is_chinese(text: str) -> bool:
    """Whether it begins with a word or a sentence of Chinese. What is English may stand behind it."""
    return re.match(r"(HTTP )?[\u4e00-\u9fff]{2}", text.lstrip("`*（《“")) is not None


@ALL
def test_it_is_told_in_chinese_what_it_does_who_may_call_it_and_what_is_answered(operation: Operation) -> None:
    said = operation.spec["description"].split("\n\n")
    assert is_chinese(said[0])
    assert said[0].endswith("。"), "its route says in Chinese what it does"
    assert any(part.startswith(("需要权限", "对所有人开放")) for part in said[1:])
    answers = app_of(operation.service).openapi()["components"]["responses"]
    for one in operation.spec["responses"].values():
        answer = answers[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        assert is_chinese(answer["description"]), answer
        assert all(is_chinese(header["description"]) for header in answer.get("headers", {}).values()), answer
    for parameter in operation.parameters:
        assert is_chinese(parameter["description"]), parameter


@pytest.mark.parametrize("service", services())
def test_a_document_and_its_groups_begin_in_chinese(service: str) -> None:
    document = app_of(service).openapi()
    assert is_chinese(document["info"]["description"])
    assert is_chinese(document["components"]["securitySchemes"]["bearer"]["description"])
    for tag in document["tags"]:
        assert re.match(r"[\u4e00-\u9fff]{2}.*。 [A-Z]", tag["description"]), tag


@ALL
def test_every_body_has_an_example_that_its_schema_accepts(operation: Operation) -> None:
    document = app_of(operation.service).openapi()
    bodies = [operation.spec.get("requestBody", {}), *operation.spec["responses"].values()]
    media = [body for one in bodies for kind, body in one.get("content", {}).items() if kind.endswith("json")]
    kinds = {kind for one in bodies for kind in one.get("content", {})}
    assert media or kinds <= {"application/octet-stream", "text/event-stream", "application/pdf", "text/html"}
    for body in media:
        schema = {**body["schema"], "components": document["components"]}
        errors = list(Draft202012Validator(schema).iter_errors(body["example"]))
        assert not errors, errors[0].message


@pytest.mark.parametrize("service", services())
def test_every_refusal_has_an_example_of_its_own_status_and_a_known_code(service: str) -> None:
    document = app_of(service).openapi()
    codes = document["x-problem-codes"]
    for response in document["components"]["responses"].values():
        media = response["content"]["application/problem+json"]
        schema = {**media["schema"], "components": document["components"]}
        assert not list(Draft202012Validator(schema).iter_errors(media["example"]))
        assert codes[media["example"]["code"]]["status"] == media["example"]["status"]


@ALL
def test_it_declares_the_headers_that_its_code_sets(operation: Operation) -> None:
    """What an endpoint, or a function of its module that it calls, sets on the answer stands in the document."""
    endpoint = next(one.endpoint for one in endpoints(app_of(operation.service)) if one.operation_id == operation.id)
    called = [getattr(sys.modules[endpoint.__module__], name, None) for name in endpoint.__code__.co_names]
    codes = [one.__code__ for one in (endpoint, *called) if isinstance(one, FunctionType)]
    in_code = {header for header in ("ETag", "Location") if any(header in code.co_consts for code in codes)}
    headers = set[str]().union(*(one.get("headers", {}) for one in operation.spec["responses"].values()))
    assert {"ETag", "Location"} & headers == in_code
    if operation.method == "get":
        assert ("304" in operation.spec["responses"]) == ("ETag" in in_code)


@ALL
def test_a_parameter_is_explained_and_left_out_rather_than_null(operation: Operation) -> None:
    for parameter in operation.parameters:
        assert parameter.get("description"), parameter["name"]
        assert {"type": "null"} not in parameter["schema"].get("anyOf", [])


@ALL
def test_personal_data_never_travels_in_an_address(operation: Operation) -> None:
    for parameter in operation.parameters:
        if parameter["schema"].get("type") != "integer":
            assert parameter["name"] not in {"name", "number", "document_number", "phone", "address", "pinyin"}


@GUARDED
async def test_without_a_token_it_is_401(door: Door, operation: Operation) -> None:
    answer = await door.send_as(operation, None, content=b"{broken")
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@TRIED
async def test_every_other_method_of_its_path_is_405_and_allow_names_those_there_are(
    door: Door, operation: Operation
) -> None:
    known = {
        one.method.upper() for one in operations() if (one.service, one.path) == (operation.service, operation.path)
    }
    client = await door.client_of(operation.service)
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - known:
        answer = await client.request(method, operation.url())
        assert (answer.status_code, answer.headers["allow"]) == (405, ", ".join(sorted(known))), method


@GUARDED
async def test_the_wrong_role_is_403(door: Door, operation: Operation) -> None:
    for caller in not_entitled(operation):
        assert_problem(await door.send_as(operation, caller, content=b"{broken"), 403, "forbidden")


@TRIED
async def test_a_query_parameter_that_it_does_not_know_is_refused(door: Door, operation: Operation) -> None:
    answer = await door.send(operation, params={"nonsense": "1"})
    problem = assert_problem(answer, 422, "invalid_request")
    assert [(error["path"], error["code"]) for error in problem["errors"]] == [("query", "extra_forbidden")]


@WITH_BODY
async def test_a_malformed_body_is_422_with_paths(door: Door, operation: Operation) -> None:
    wrong: list[Any] = [{SECRET: SECRET}, {"name": [SECRET]}, [SECRET], SECRET, None]
    for body in wrong:
        errors = assert_problem(await door.send(operation, json=body), 422)["errors"]
        assert errors
        assert all(error["path"] and error["code"] and error["message"] for error in errors)
    for content in (b"{broken", b"[" * 200 + b"]" * 200, b"\xff"):
        answer = await door.send(operation, content=content, headers={"content-type": "application/json"})
        assert assert_problem(answer, 422, "invalid_request")["errors"]


@WITH_BODY
async def test_every_field_refuses_what_is_not_of_its_kind(door: Door, operation: Operation) -> None:
    document = app_of(operation.service).openapi()
    schema = operation.spec["requestBody"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    fields = document["components"]["schemas"][name].get("properties", {}) if name else {}
    for field, kind in fields.items():
        of_its_kind = Draft202012Validator({**kind, "components": document["components"]}).is_valid
        for value in ({"x": [SECRET]}, [[SECRET]], SECRET * 300):
            if not of_its_kind(value):  # values of a ledger are any object: its definition says which
                assert_problem(await door.send(operation, json={field: value}), 422)


ONCE = {
    "undoAreaChange": "a change that was undone is undone already",
    "unverifyPerson": "a person's looks have no version: an idempotency key says that it is the same request",
}
"""Steps that are called so and do not go back once more each time."""


@of_each(lambda: [one for one in operations() if re.match("un(do|verify)", one.id) and one.id not in ONCE])
async def test_a_step_that_goes_back_once_more_each_time_asks_for_the_version_that_was_seen(
    door: Door, operation: Operation
) -> None:
    """Sent twice, as a button pressed twice does, it goes back once: `*` would take the second time, too."""
    schemas = app_of(operation.service).openapi()["components"]["schemas"]
    content = operation.spec.get("requestBody", {}).get("content", {}).get("application/json")
    body = None if content is None else example(content["schema"], schemas, whole=False)
    for seen in ({"If-Match": "*"}, {"If-Match": " * "}):
        assert_problem(await door.send(operation, json=body, headers=seen), 428, "precondition_required")
    assert_problem(await door.send(operation, json=body), 404)


@WITH_BODY
async def test_an_oversize_body_is_413(door: Door, operation: Operation) -> None:
    limit = operation.spec["x-max-body-bytes"]
    headers = {"content-type": "application/json"}
    answer = await door.send(operation, content=b'{"name": "' + b"x" * limit + b'"}', headers=headers)
    assert str(limit) in assert_problem(answer, 413, "payload_too_large")["detail"]
    answer = await door.send(operation, content=b" " * (limit - 2) + b"[]", headers=headers)
    assert answer.status_code in (422, 428), "what is as large as it says is read"


@WITH_PARAMETERS
async def test_malformed_parameters_are_refused_and_not_echoed(door: Door, operation: Operation) -> None:
    path = operation.path
    for parameter in operation.parameters:
        schema = parameter["schema"]
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", SECRET)
        elif parameter["in"] == "query":
            kinds = [schema, *schema.get("anyOf", [])]
            if any(kind.get("format") or kind.get("enum") or kind.get("pattern") or "$ref" in kind for kind in kinds):
                answer = await door.send(operation, params={parameter["name"]: SECRET * 20})
                errors = assert_problem(answer, 422)["errors"]
                assert errors
    if path != operation.path:
        answer = await door.send(operation, path, json={} if operation.has_body else None)
        assert answer.status_code in (404, 422, 428), answer.text
        assert_nothing_told(answer)


@of_each(lambda: [one for one in distinct() if "{" in one.path and one.method == "get"])
async def test_what_does_not_exist_is_not_found(door: Door, operation: Operation) -> None:
    required = {
        parameter["name"]: "450481" if "pattern" in parameter["schema"] else "2026-01-01"
        for parameter in operation.parameters
        if parameter["in"] == "query"
        and parameter.get("required")
        and ("pattern" in parameter["schema"] or parameter["schema"].get("format") == "date")
    }
    assert_problem(await door.send(operation, params=required), 404, "not_found")


@of_each(
    lambda: [
        one
        for one in distinct()
        if one.access and one.access.scope == "area" and any(p["name"] == "area" for p in one.parameters)
    ]
)
async def test_an_area_that_is_not_the_callers_is_not_found(door: Door, operation: Operation) -> None:
    """A list, count or figure of another area is no empty list: it is not there."""
    home, away, unknown = "450481114201", "450481100201", "450481999999"
    caller = entitled(operation, home)
    schemas = app_of(operation.service).openapi()["components"]["schemas"]
    others = {
        parameter["name"]: example(parameter["schema"], schemas, whole=False)
        for parameter in operation.parameters
        if parameter["in"] == "query" and parameter.get("required")
    }
    bodies = []
    for area in (away, unknown, "450481113", "43"):
        answer = await door.send_as(operation, caller, params={**others, "area": area})
        bodies.append({**assert_problem(answer, 404, "not_found"), "request_id": ""})
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize("service", services())
def test_no_dependency_is_sent_to_a_thread(service: str) -> None:
    """FastAPI runs what is not `async` in a thread pool: a detour of its own on every request."""
    for route in endpoints(app_of(service)):
        waiting = [route.dependant]
        while waiting:
            dependant = waiting.pop()
            assert dependant.call is not None
            assert iscoroutinefunction(dependant.call) or isasyncgenfunction(dependant.call), (
                f"{route.operation_id}: {dependant.call} is not async"
            )
            waiting.extend(dependant.dependencies)


@GUARDED
async def test_its_answers_are_not_kept_by_anybody_on_the_way(door: Door, operation: Operation) -> None:
    answer = await door.send(operation)
    assert answer.status_code != 500, answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]
