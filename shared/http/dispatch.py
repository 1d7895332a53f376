"""From method and path to the route in two look-ups, however many endpoints there are.

FastAPI asks every route of every included router in turn, twice. Here the endpoints are flattened when the application
is built and found by their fixed segments; whatever is not found so (documents, unknown paths) goes FastAPI's own way.
"""

import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from urllib.parse import unquote

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import FieldError, Invalid
from shared.http.route import ServiceRoute

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

Found = tuple[APIRoute, dict[str, str]]


@dataclass
class _Resource:
    """One path: its fixed segments by place, and by method the route and the names of its parameters by place."""

    fixed: tuple[tuple[int, str], ...]
    open: tuple[int, ...]
    routes: dict[str, tuple[APIRoute, tuple[tuple[int, str], ...]]] = field(default_factory=dict)

    def fits(self, segments: list[str]) -> bool:
        """Whether a path is this one; a parameter is never empty."""
        return all(segments[place] == text for place, text in self.fixed) and all(
            segments[place] for place in self.open
        )

    def found(self, method: str, segments: list[str]) -> Found:
        """The route of a method. Raises 405 with every method that the path knows."""
        if method not in self.routes:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(self.routes))})
        route, names = self.routes[method]
        return route, {name: segments[place] for place, name in names}


def require_printable(path: str, query: bytes) -> None:
    """Refuse an address with control characters, whatever it leads to: nothing of ours has one. Raises `Invalid`."""
    for part, text in (("path", path), ("query", unquote(query.decode("latin-1")) if b"%" in query else "")):
        if _CONTROL.search(text):
            raise Invalid(errors=[FieldError(part, "control_character", "含有不允许的控制字符")])


class Dispatch:
    """The innermost ASGI application: the router, with a shorter way to it.

    The path is found first, then its method: `/persons/search`, which is posted to, is no person called search.
    """

    def __init__(self, router: ASGIApp, routes: Iterable[APIRoute]) -> None:
        self._router = router
        self._plain: dict[str, _Resource] = {}
        self._patterns: dict[int, list[_Resource]] = {}
        for route in routes:
            self._add(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("root_path"):
            await self._router(scope, receive, send)
            return
        require_printable(scope["path"], scope["query_string"])
        found = self._find(scope["method"], scope["path"])
        if found is not None:
            route, scope["path_params"] = found
            scope["endpoint"], scope["route"], scope["router"] = route.endpoint, route, self._router
            if isinstance(route, ServiceRoute) and route.shortcut is not None:
                response = await route.answer_shortly(Request(scope, receive, send), route.shortcut)
                if response is not None:
                    await response(scope, receive, send)
                    return
            if isinstance(route, ServiceRoute) and route.direct is not None:
                response = await route.direct(Request(scope, receive, send))
                await response(scope, receive, send)
                return
        async with AsyncExitStack() as files:  # where FastAPI closes uploaded files
            scope["fastapi_middleware_astack"] = files
            await (self._router if found is None else found[0].app)(scope, receive, send)

    def _find(self, method: str, path: str) -> Found | None:
        plain = self._plain.get(path)
        if plain is not None:
            return plain.found(method, [])
        segments = path.split("/")
        for resource in self._patterns.get(len(segments), ()):
            if resource.fits(segments):
                return resource.found(method, segments)
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
        resource = _Resource(tuple(fixed), tuple(place for place, _ in names))
        if names:
            resources = self._patterns.setdefault(len(segments), [])
            same = next((one for one in resources if one.fixed == resource.fixed), None)
            if same is None:
                # The most fixed segments first: `/persons/count/{day}` before `/persons/{id}/{day}`.
                resources.append(resource)
                resources.sort(key=lambda one: -len(one.fixed))
            resource = same or resource
        else:
            resource = self._plain.setdefault(route.path, resource)
        for method in route.methods or ():
            resource.routes.setdefault(method, (route, tuple(names)))


_MADE: dict[tuple[int, str], tuple[APIRouter, tuple[APIRoute, ...]]] = {}
"""What `flatten` made, by the identity of the router (which is kept, so that no other gets it) and the prefix."""


def flatten(router: APIRouter, prefix: str) -> tuple[APIRoute, ...]:
    """Every endpoint of a router and of those that it includes, one by one, under a prefix.

    The routes know neither application nor settings, so they are made once in a process, however many applications are
    built in it. What is added to the router later is not in them.
    """
    key = (id(router), prefix)
    if key not in _MADE:
        _MADE[key] = (router, _flattened(router, prefix))
    return _MADE[key][1]


def _flattened(router: APIRouter, prefix: str) -> tuple[APIRoute, ...]:
    flat = APIRouter()
    for context in iter_route_contexts(router.routes):
        original = context.original_route
        if not isinstance(original, APIRoute):
            raise TypeError(f"{context.path} is not an API route")
        flat.add_api_route(
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
    return tuple(route for route in flat.routes if isinstance(route, APIRoute))
