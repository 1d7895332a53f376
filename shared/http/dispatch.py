"""From method and path to the route in two look-ups, however many endpoints there are.

FastAPI asks every route of every included router in turn, twice. Here the endpoints are flattened when the application
is built and found by their fixed segments; whatever is not found so (documents, other methods, unknown paths) goes
FastAPI's own way.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import NamedTuple

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.route import ServiceRoute


class _Pattern(NamedTuple):
    """A path with parameters: fixed segments by place, names of the others by place."""

    fixed: tuple[tuple[int, str], ...]
    names: tuple[tuple[int, str], ...]
    route: APIRoute


class Dispatch:
    """The innermost ASGI application: the router, with a shorter way to it."""

    def __init__(self, router: ASGIApp, routes: Iterable[APIRoute]) -> None:
        self._router = router
        self._plain: dict[tuple[str, str], APIRoute] = {}
        self._patterns: dict[tuple[str, int], list[_Pattern]] = {}
        for route in routes:
            self._add(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("root_path"):
            await self._router(scope, receive, send)
            return
        found = self._find(scope["method"], scope["path"])
        if found is not None:
            route, scope["path_params"] = found
            scope["endpoint"], scope["route"], scope["router"] = route.endpoint, route, self._router
            if isinstance(route, ServiceRoute) and route.shortcut is not None:
                response = await route.answer_shortly(Request(scope, receive, send), route.shortcut)
                if response is not None:
                    await response(scope, receive, send)
                    return
        async with AsyncExitStack() as files:  # where FastAPI closes uploaded files
            scope["fastapi_middleware_astack"] = files
            await (self._router if found is None else found[0].app)(scope, receive, send)

    def _find(self, method: str, path: str) -> tuple[APIRoute, dict[str, str]] | None:
        route = self._plain.get((method, path))
        if route is not None:
            return route, {}
        segments = path.split("/")
        for pattern in self._patterns.get((method, len(segments)), ()):
            if all(segments[place] == text for place, text in pattern.fixed) and all(
                segments[place] for place, _ in pattern.names
            ):
                return pattern.route, {name: segments[place] for place, name in pattern.names}
        return None

    def _add(self, route: APIRoute) -> None:
        segments = route.path.split("/")
        names, fixed = [], []
        for place, segment in enumerate(segments):
            if segment.startswith("{") and segment.endswith("}") and segment[1:-1].isidentifier():
                names.append((place, segment[1:-1]))
            elif "{" in segment:
                return  # converters and partial segments: FastAPI's own way
            else:
                fixed.append((place, segment))
        for method in route.methods or ():
            if names:
                # The most fixed segments first: `/persons/count/{day}` before `/persons/{id}/{day}`.
                patterns = self._patterns.setdefault((method, len(segments)), [])
                patterns.append(_Pattern(tuple(fixed), tuple(names), route))
                patterns.sort(key=lambda pattern: -len(pattern.fixed))
            else:
                self._plain.setdefault((method, route.path), route)


def flatten(app: FastAPI, router: APIRouter, prefix: str) -> list[APIRoute]:
    """Add every endpoint of a router and of those that it includes to the application, one by one, under a prefix."""
    added = []
    for context in iter_route_contexts(router.routes):
        original = context.original_route
        if not isinstance(original, APIRoute):
            raise TypeError(f"{context.path} is not an API route")
        app.router.add_api_route(
            prefix + str(context.path),
            original.endpoint,
            response_model=context.response_model,
            status_code=context.status_code,
            tags=context.tags,
            dependencies=context.dependencies,
            summary=context.summary,
            description=context.description,
            response_description=context.response_description,
            responses=context.responses,
            deprecated=context.deprecated,
            methods=context.methods,
            operation_id=context.operation_id,
            response_model_include=context.response_model_include,
            response_model_exclude=context.response_model_exclude,
            response_model_by_alias=context.response_model_by_alias,
            response_model_exclude_unset=context.response_model_exclude_unset,
            response_model_exclude_defaults=context.response_model_exclude_defaults,
            response_model_exclude_none=context.response_model_exclude_none,
            include_in_schema=context.include_in_schema,
            response_class=context.response_class,
            name=context.name,
            route_class_override=type(original),
            callbacks=context.callbacks,
            openapi_extra=context.openapi_extra,
            max_body_size=context.max_body_size,
        )
        route = app.router.routes[-1]
        assert isinstance(route, APIRoute)
        added.append(route)
    return added
