"""What an endpoint depends on, worked out when the application is built: FastAPI works it out anew for each request.

The order of calls, the names, the errors and the answers are FastAPI's. What an endpoint of ours does not use (threads,
generators, forms, streams, background tasks) is not provided for: such an endpoint is left to FastAPI.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, get_args

from fastapi import Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.routing import APIRoute
from fastapi.utils import is_body_allowed_for_status_code
from starlette.datastructures import Headers

Answer = Callable[[Request], Awaitable[Response]]


class _Step(NamedTuple):
    """One dependency, or the endpoint itself: what is called, and where each argument comes from."""

    call: Callable[..., Any]
    earlier: tuple[tuple[str, int], ...]  # name, number of the step whose result it is
    path: Sequence[Any]
    query: Sequence[Any]
    headers: Sequence[Any]
    cookies: Sequence[Any]
    request: str | None
    response: str | None


def solver(route: APIRoute) -> Answer | None:
    """How the route's requests are answered, or None if that must be left to FastAPI."""
    steps: list[_Step] = []
    known: dict[Any, int] = {}
    if not _plan(route.dependant, steps, known) or not _is_plain(route):
        return None
    *before, endpoint = steps
    return _Solver(route, tuple(before), endpoint)


def _is_plain(route: APIRoute) -> bool:
    """Whether the endpoint takes one JSON body at most and returns a model."""
    body = route.dependant.body_params
    return (
        route.response_field is not None
        and isinstance(route.response_class, DefaultPlaceholder)
        and is_body_allowed_for_status_code(route.status_code)
        and len(body) <= 1
        and not any(getattr(field.field_info, "embed", False) for field in body)
        and all(type(field.field_info).__name__ == "Body" for field in body)
        and route.response_model_by_alias
        and not (
            route.response_model_include
            or route.response_model_exclude
            or route.response_model_exclude_unset
            or route.response_model_exclude_defaults
            or route.response_model_exclude_none
        )
    )


def _plan(dependant: Dependant, steps: list[_Step], known: dict[Any, int]) -> bool:
    """Append the steps of a dependant, those that it depends on first. False if it uses what we do not provide."""
    earlier: list[tuple[str, int]] = []
    for one in dependant.dependencies:
        key = (one.call, one.scope)
        if key not in known or not one.use_cache:
            if one.body_params or not _plan(one, steps, known):
                return False
            known[key] = len(steps) - 1
        if one.name is not None:
            earlier.append((one.name, known[key]))
    call = dependant.call
    unknown = (
        dependant.background_tasks_param_name
        or dependant.websocket_param_name
        or dependant.http_connection_param_name
        or dependant.security_scopes_param_name
    )
    if call is None or unknown or not inspect.iscoroutinefunction(call):
        return False
    steps.append(
        _Step(
            call=call,
            earlier=tuple(earlier),
            path=dependant.path_params,
            query=dependant.query_params,
            headers=dependant.header_params,
            cookies=dependant.cookie_params,
            request=dependant.request_param_name,
            response=dependant.response_param_name,
        )
    )
    return True


_ABSENT = object()
_FAILED = object()
"""In place of the result of a dependency whose parameters are wrong."""


class _Solver:
    """The way of one endpoint's requests."""

    __slots__ = ("_before", "_body", "_endpoint", "_field", "_gives_headers", "_status")

    def __init__(self, route: APIRoute, before: tuple[_Step, ...], endpoint: _Step) -> None:
        self._before = before
        self._endpoint = endpoint
        self._gives_headers = any(step.response is not None for step in (*before, endpoint))
        self._body = route.dependant.body_params[0] if route.dependant.body_params else None
        self._field = route.response_field
        self._status = route.status_code or 200

    async def __call__(self, request: Request) -> Response:
        found: list[Any] = []
        errors: list[Any] = []
        response = self._made() if self._gives_headers else None
        for step in self._before:
            values = _values(step, request, response, found, errors)
            if values is None:
                found.append(_FAILED)
            else:
                found.append(await step.call(**values))
        arguments = _values(self._endpoint, request, response, found, errors)
        if self._body is not None:
            value, wrong = self._validated(await _body(request))
            errors.extend(wrong)
            if arguments is not None:
                arguments[self._body.name] = value
        if errors or arguments is None:
            raise RequestValidationError(errors, body=None)
        result = await self._endpoint.call(**arguments)
        if isinstance(result, Response):
            return result
        return self._answer(result, response)

    @staticmethod
    def _made() -> Response:
        """Response for whoever wants to set headers or the status of the answer."""
        response = Response()
        del response.headers["content-length"]
        response.status_code = None  # type: ignore[assignment]  # unless a dependency or the endpoint sets one
        return response

    def _validated(self, body: Any) -> tuple[Any, Sequence[Any]]:
        assert self._body is not None
        if body is not _ABSENT:
            return self._body.validate(body, {}, loc=("body",))
        if self._body.field_info.is_required():
            return None, [{"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}]
        return self._body.get_default(), ()

    def _answer(self, result: Any, made: Response | None) -> Response:
        assert self._field is not None
        value, wrong = self._field.validate(result, {}, loc=("response",))
        if wrong:
            raise ResponseValidationError(errors=wrong, body=None)
        response = Response(
            self._field.serialize_json(value),
            status_code=(made and made.status_code) or self._status,
            media_type="application/json",
        )
        if made is not None:
            response.raw_headers.extend(made.raw_headers)
        return response


def _values(
    step: _Step, request: Request, response: Response | None, found: Sequence[Any], errors: list[Any]
) -> dict[str, Any] | None:
    """The arguments of a step; None if a parameter of it, or of what it depends on, is wrong."""
    known = len(errors)
    values: dict[str, Any] = {}
    whole = True
    for name, number in step.earlier:
        value = found[number]
        if value is _FAILED:
            whole = False
        values[name] = value
    if step.path:
        _take(step.path, request.path_params, values, errors)
    if step.query:
        _take(step.query, request.query_params, values, errors)
    if step.headers:
        _take(step.headers, request.headers, values, errors)
    if step.cookies:
        _take(step.cookies, request.cookies, values, errors)
    if step.request is not None:
        values[step.request] = request
    if step.response is not None:
        values[step.response] = response
    return values if whole and len(errors) == known else None


def _take(fields: Sequence[Any], given: Mapping[str, Any], values: dict[str, Any], errors: list[Any]) -> None:
    """The parameters of a step. Headers of one value are the commonest, and are taken without FastAPI's detours."""
    if isinstance(given, Headers) and all(map(_is_plain_header, fields)):
        for field in fields:
            value = given.get(field.alias)
            if value is None and not field.field_info.is_required():
                values[field.name] = field.get_default()
            elif value is None:
                errors.append({"type": "missing", "loc": ("header", field.alias), "msg": "missing", "input": None})
            else:
                values[field.name], wrong = field.validate(value, {}, loc=("header", field.alias))
                errors.extend(wrong)
        return
    taken, wrong = request_params_to_args(fields, given)
    values.update(taken)
    errors.extend(wrong)


@cache
def _is_plain_header(field: Any) -> bool:
    return set(get_args(field.field_info.annotation) or (field.field_info.annotation,)) <= {str, NoneType}


async def _body(request: Request) -> Any:
    """The body as FastAPI takes it: JSON if it says so, else bytes; `_ABSENT` if there is none."""
    body = await request.body()
    if not body:
        return _ABSENT
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return await request.json()
    return body
