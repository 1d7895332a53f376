"""Every operation of every service, as its OpenAPI document tells, and callers who may or may not use it."""

import importlib
import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, ROLES, Role
from shared.errors import Unauthenticated
from shared.http.app import endpoints
from shared.http.kit import Access
from shared.testing.databases import SERVICES
from shared.testing.doors import a_principal
from shared.testing.server import RUN, Run
from shared.testing.settings import settings_for

COUNTY = "450481"
NOWHERE = "postgresql+asyncpg://nobody@/nothing?host=/nonexistent"
VERBS = ("get", "post", "put", "patch", "delete")
SECRET = "45048119900307019X"
"""Stands for an identity number in a request: no answer may contain it."""


@dataclass(frozen=True)
class Operation:
    """One operation of a service."""

    service: str
    id: str
    method: str
    path: str
    spec: dict[str, Any]
    access: Access | None

    def __str__(self) -> str:
        return f"{self.service}-{self.id}"

    @property
    def has_body(self) -> bool:
        """Whether it takes JSON; a file's content is tried in tests/shared/files."""
        return "application/json" in self.spec.get("requestBody", {}).get("content", {})

    @property
    def goes_on(self) -> bool:
        """Whether its answer goes on for as long as some work does."""
        return "text/event-stream" in self.spec["responses"].get("200", {}).get("content", {})

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return list(self.spec.get("parameters", []))

    def url(self, value: str = "00000000-0000-7000-8000-000000000000") -> str:
        """The path with a well-formed value in each place."""
        path = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", value_for(parameter, value))
        return path


def value_for(parameter: dict[str, Any], uuid: str) -> str:
    """A well-formed path value that names nothing."""
    schema = parameter["schema"]
    if schema.get("format") == "uuid":
        return uuid
    if schema.get("type") == "integer":
        return "2026"
    codes = ("450481999999", "450481999999999", "450481999", "450481", "999", "no-such-list", "no_such_list")
    return next((code for code in codes if re.search(schema["pattern"], code)), uuid) if "pattern" in schema else uuid


@cache
def app_of(service: str) -> FastAPI:
    """The service's application over a database that is not there: for what can be known without one."""
    app: FastAPI = importlib.import_module(f"services.{service}.app").create_app(
        settings_for(service, NOWHERE, rate_per_minute=100_000)
    )
    run = Run(Path(os.environ[RUN]))
    app.openapi_schema = json.loads(run.made_once(f"{service}.openapi", lambda: json.dumps(app.openapi())))
    return app


@cache
def services() -> tuple[str, ...]:
    """The services that have an application."""
    return tuple(sorted(path.parent.name for path in SERVICES.glob("*/app.py")))


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation there is."""
    found = []
    for service in services():
        app = app_of(service)
        access = app.state.kit.access
        for path, item in app.openapi()["paths"].items():
            for method in VERBS:
                if method in item:
                    spec = item[method]
                    name = spec["operationId"]
                    found.append(Operation(service, name, method, path, spec, access.get(name)))
    return tuple(found)


def entitled(operation: Operation, area: str = COUNTY) -> Principal:
    """Somebody whose role carries what the operation asks for, in the area."""
    assert operation.access is not None
    permission = operation.access.permission
    role = next(role for role in Role if role not in OWN_ONLY and (permission is None or permission in ROLES[role]))
    return a_principal(role, area)


def not_entitled(operation: Operation) -> list[Principal]:
    """Everybody else: roles without the permission, a resident where an area is asked for, somebody without grants,
    and who acts for a department without saying for which.
    """
    assert operation.access is not None
    assert operation.access.permission is not None
    refused: list[str] = [role for role in Role if operation.access.permission not in ROLES[role]]
    if operation.access.scope == "area":
        refused += OWN_ONLY
    void = [Principal(f"void {role}", (Grant(role, COUNTY),)) for role in sorted(DEPARTMENT_ROLES)]
    return [Principal("nobody"), *void, *(a_principal(role, COUNTY) for role in sorted(set(refused)))]


class Callers:
    """A verifier for which the subject is the token."""

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}

    async def verify(self, token: str) -> Principal:
        if token not in self.known:
            raise Unauthenticated
        return self.known[token]

    def header(self, principal: Principal) -> dict[str, str]:
        """What the caller sends."""
        self.known[principal.subject] = principal
        return {"Authorization": f"Bearer {principal.subject}"}


def assert_problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The body of a problem of the form that all have, without stack, input or English title."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert code is None or body["code"] == code, body
    assert {"type", "title", "status", "code", "errors", "request_id"} <= set(body)
    for told in ("title", "advice"):
        assert any("\u4e00" <= character <= "\u9fff" for character in body[told])
    assert_nothing_told(answer)
    return body


def assert_nothing_told(answer: httpx.Response) -> None:
    """No echo of what was sent, nothing of how we are built."""
    for forbidden in (SECRET, "Traceback", "sqlalchemy", "asyncpg", 'File "', ".py"):
        assert forbidden not in answer.text, f"{answer.request.url} tells {forbidden}: {answer.text}"


def distinct() -> list[Operation]:
    """One of each: what the kit gives to every service is one function, whose behaviour is tried in one of them."""
    found: dict[Any, Operation] = {}
    by_name = {(one.service, one.id): one for one in operations()}
    for service in services():
        for route in endpoints(app_of(service)):
            found.setdefault(route.endpoint, by_name[service, str(route.operation_id)])
    return list(found.values())
