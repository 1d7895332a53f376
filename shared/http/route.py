"""The route class of every endpoint: admit first, read a bounded body, write the access notes, then let it commit."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, get_args, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.db.session import flush_entities
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.http.bodies import MAX_BODY, read_body
from shared.http.compression import compress
from shared.http.errors import is_conflict, is_overtaken, is_undone
from shared.http.kit import REQUEST_ID, STATE, RequestState, caller_of, kit_of
from shared.http.limits import charge
from shared.http.position import await_position, takes_position
from shared.http.security import admit
from shared.http.solving import Answer, solver

POSITION = "Xiangli-Position"


class Replay(Exception):
    """A stored answer takes the place of the endpoint's. Raised by dependencies, caught by the route."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


class ServiceRoute(APIRoute):
    """What every endpoint does, in this order:

    1. the access table admits the caller, before a byte of the body is read, unless the process lacks a key;
    2. query parameters that it does not know, or that come twice where one counts, are refused;
    3. the position that the caller names is waited for, with nothing held;
    4. the body is read up to its limit, and refused if it nests too deep or names too much;
    5. dependencies and endpoint run, in one transaction;
    6. flush, position header, stored answer of an idempotency key, access notes (a group commit of their own);
    7. the transaction commits, and only then the answer leaves.

    A refusal rolls back, is paid for (`shared.http.limits`) and noted, and only then leaves.
    """

    direct: "Answer | None" = None
    """What answers a request without FastAPI's detours."""

    @property
    def operation(self) -> str:
        """The operation id: what access table, cursors, keys and metrics name the endpoint by."""
        return self.operation_id or self.unique_id

    @property
    def shortcut(self) -> "Shortcut | None":
        """The short way of a hot read, if `has_shortcut` gave it one."""
        return getattr(self.endpoint, SHORTCUT, None)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        solved = solver(self)
        answer = solved or super().get_route_handler()
        has_body = self.body_field is not None
        own_limit: int | None = (self.openapi_extra or {}).get(MAX_BODY)
        single, several = query_names(self.dependant)
        waits = takes_position(self.dependant)

        async def handle(request: Request) -> Response:
            state = await self._admitted(request)
            if request.scope["query_string"]:
                require_known(request, single, several)
            with state.kit.under_way.one_of(state.caller):
                if waits:
                    await await_position(request, state)
                if has_body:
                    await read_body(request, own_limit or state.kit.settings.max_body_bytes)
                try:
                    try:
                        return await attempt(answer, state, request)
                    except Exception as error:
                        if not is_unlucky(state, error):
                            raise
                    await state.begin_again()
                    return await attempt(answer, state, request)
                finally:
                    await state.end()

        self.direct = None if solved is None else handle
        return handle

    async def answer_shortly(self, request: Request, shortcut: "Shortcut") -> Response | None:
        """The answer by the short way, or None if the request must go the ordinary one."""
        state = await self._admitted(request)
        with state.kit.under_way.one_of(state.caller):
            try:
                response = await shortcut(request, state)
                if response is not None:
                    await finish(state, request, response)
            except Exception as error:
                await refuse(state, error)
                raise
            return response

    async def _admitted(self, request: Request) -> RequestState:
        scope = request.scope
        state = RequestState(kit_of(request), self.operation, scope.get(REQUEST_ID, ""))
        scope[STATE] = state
        if state.kit.key_watch is not None:
            state.kit.key_watch.require()
        authorization = dict(scope["headers"]).get(b"authorization")
        shown = None if authorization is None else authorization.decode("latin-1")
        state.principal = await admit(state.kit, state.operation, shown)
        state.caller = caller_of(state.principal, request)
        return state


SHORTCUT = "__xiangli_shortcut__"
Shortcut = Callable[[Request, RequestState], Awaitable[Response | None]]
E = TypeVar("E", bound=Callable[..., Any])


def has_shortcut(shortcut: Shortcut) -> Callable[[E], E]:
    """Give a hot read a way round FastAPI's dependencies: `@router.get(…)` above, `@has_shortcut(read_quickly)` below.

    `read_quickly(request, state)` gets the admitted caller in `state.principal`, takes the parameters out of
    `request.path_params` and `request.query_params`, notes accesses in `state.notes`, raises the same refusals, and
    answers the very bytes that the endpoint answers. Whatever it does not understand (a malformed parameter, a rare
    option) it leaves to the endpoint by returning None, before it notes anything. It has no transaction and announces
    nothing.
    """

    def give(endpoint: E) -> E:
        setattr(endpoint, SHORTCUT, shortcut)
        return endpoint

    return give


async def attempt(answer: Answer, state: RequestState, request: Request) -> Response:
    """Endpoint, everything behind it, commit. A refusal is paid for and noted, unless the same is attempted again."""
    try:
        try:
            response = await answer(request)
        except Replay as replay:
            response = replay.response
        await finish(state, request, response)
        await state.commit()
    except Exception as error:
        if not is_unlucky(state, error):
            if is_conflict(error) or not state.answered:
                await refuse(state, error)
            elif is_undone(error):  # it is the commit that failed
                state.notes.refused()
                await state.write_notes()
        raise
    return response


def is_unlucky(state: RequestState, error: Exception) -> bool:
    """Whether new rows met what somebody else has, and nobody asked before: in a transaction the use case can ask."""
    return state.optimistic and is_overtaken(error)


async def refuse(state: RequestState, error: Exception) -> None:
    """Before a refusal leaves: roll back, let the caller pay for what was asked, and write down what was tried.

    What was looked at before the refusal was looked at; what was to be changed is noted as refused. An answer that says
    "not now" tells nothing and costs nothing.
    """
    state.notes.refused()
    try:
        if state.session is not None:
            await state.undo()
            if not (isinstance(error, DomainError) and error.kind is ErrorKind.UNAVAILABLE):
                await charge(state)  # on the connection held already: to wait for a second one would starve others
    finally:
        await state.write_notes()


async def finish(state: RequestState, request: Request, response: Response) -> None:
    """Everything between the endpoint's return and the commit."""
    if state.session is not None:
        await flush_entities(state.session)
    if position := state.position:
        response.headers[POSITION] = position
    if state.store is not None:
        state.store.keep(response.status_code, response.headers, bytes(response.body))
    await state.write_notes()
    state.answered = True
    names = {name for name, _ in response.raw_headers}
    if b"cache-control" not in names:
        response.raw_headers.append((b"cache-control", b"no-store"))
    if b"etag" in names and request.method == "GET" and response.status_code == 200 and is_known(request, response):
        response.status_code = 304
        response.body = b""
        bare = [header for header in response.raw_headers if header[0] not in (b"content-length", b"content-type")]
        response.raw_headers[:] = bare
    if request.method == "GET" and state.operation in state.kit.public:
        compress(request.headers.get("accept-encoding", ""), response)


def leave_if_known(request: Request, response: Response) -> None:
    """Answer 304 now if the caller has what the response's `ETag` names: for what is dear to read and cheap to tag."""
    if is_known(request, response):
        raise Replay(Response(status_code=304, headers=dict(response.headers)))


def is_known(request: Request, response: Response) -> bool:
    """Whether `If-None-Match` names the present representation (weak comparison, RFC 9110 §13.1.2)."""
    wanted = request.headers.get("if-none-match")
    if wanted is None:
        return False
    return wanted.strip() == "*" or response.headers["etag"] in {
        tag.strip().removeprefix("W/") for tag in wanted.split(",")
    }


def query_names(dependant: Dependant) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the query parameters of an endpoint and its dependencies: those with one value, those with several."""
    single: set[str] = set()
    several: set[str] = set()
    waiting = [dependant]
    while waiting:
        one = waiting.pop()
        for parameter in one.query_params:
            kind = parameter.field_info.annotation
            kinds = {get_origin(part) or part for part in (get_args(kind) or (kind,))} | {get_origin(kind)}
            (several if kinds & {list, tuple, set, frozenset} else single).add(parameter.alias)
        waiting.extend(one.dependencies)
    return frozenset(single), frozenset(several)


def require_known(request: Request, single: frozenset[str], several: frozenset[str]) -> None:
    """Refuse query parameters that nobody reads: a misspelt filter would be no filter. Raises `Invalid`."""
    names = [name for name, _ in request.query_params.multi_items()]
    if not single.union(several).issuperset(names):
        known = "、".join(sorted(single | several))
        raise Invalid(
            errors=[FieldError("query", "extra_forbidden", f"含有未定义的查询参数，可用的有：{known or '无'}")]
        )
    twice = sorted(name for name in single if names.count(name) > 1)
    if twice:
        raise Invalid(errors=[FieldError(f"query.{name}", "repeated", "只能填写一次") for name in twice])
