"""What one API process holds, and what one request collects on its way."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from fastapi import Request

from shared.auth.access_log import AccessLog, AccessNotes
from shared.auth.keys import IssuerKeys
from shared.auth.lineage import LineageSource
from shared.auth.principal import NOBODY, Principal
from shared.auth.roles import PERMISSIONS
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.db.session import TurnSession, rolled_back, row_session
from shared.errors import DomainError
from shared.files.archive import Archive
from shared.http.addresses import counted_address
from shared.http.emptied import Emptied
from shared.http.lookout import Lookout
from shared.http.under_way import UnderWay
from shared.messaging.outbox.position import Positions
from shared.messaging.outbox.writer import Outbox
from shared.observability import tracing
from shared.reference.codes import PublishedCodes
from shared.rotation.watch import KeyWatch
from shared.service import ServiceSpec
from shared.settings import ServiceSettings

P = TypeVar("P")

STATE = "xiangli.request"
"""Key of the request's state in the ASGI scope."""
REQUEST_ID = "xiangli.request_id"
"""Key of the request's id in the ASGI scope; the outermost layer sets it."""


Reach = Literal["area", "county", "own", "open"]

ReachOfChange = Literal["area", "county", "own"]
"""What a change may ask for: none is open to a grant that lies anywhere."""


@dataclass(frozen=True, slots=True)
class Access:
    """What an endpoint asks of its caller.

    `area`: a grant that opens an area for the permission. `county`: one that opens the county, for what concerns all of
    it. `own`: the permission at all; the use case limits to the
    subject's own rows beside the scope. `open`: the same for what is in nobody's area; without a permission, anybody.
    """

    permission: str | None
    scope: Reach

    def __post_init__(self) -> None:
        if self.permission is None:
            if self.scope != "open":
                raise ValueError("only an open endpoint may do without a permission")
        elif self.permission not in PERMISSIONS:
            raise ValueError(f"no role carries the permission {self.permission}")


class Verifier(Protocol):
    """Turns a bearer token into a principal."""

    async def verify(self, token: str) -> Principal:
        """Raises `Unauthenticated` for a token that does not hold, `Unavailable` while its keys cannot be had."""
        ...


@dataclass
class Kit:
    """The parts of an API process, put together by `build_app`; `app.state.kit`."""

    spec: ServiceSpec
    settings: ServiceSettings
    clock: Clock
    database: Database
    verifier: Verifier
    access: Mapping[str, Access]
    crypto: Crypto
    access_log: AccessLog
    lineage: LineageSource
    positions: Positions
    lookout: Lookout
    under_way: UnderWay
    archive: Archive
    streams: UnderWay  # answers that go on until something has happened
    constraints: Mapping[str, type[DomainError]] = field(default_factory=dict)
    refusals: Mapping[str, Collection[str]] = field(default_factory=dict)  # codes by operation, as documents list them
    public: Collection[str] = frozenset()  # operations whose large answers are compressed
    projects: Collection[str] = frozenset()  # nouns that this service projects: what `min_position` waits for
    code_lists: Mapping[str, PublishedCodes] = field(default_factory=dict)
    parts: Mapping[type[Any], Any] = field(default_factory=dict)  # what features hand to their endpoints
    key_watch: KeyWatch | None = None  # None: nobody looks what lies under keys that are not held
    keys: IssuerKeys | None = None  # None if somebody else verifies tokens
    draining: bool = False
    emptied: Emptied = field(default_factory=Emptied, init=False)


class RequestState:
    """What one request collects: made by the route class, read by the dependencies, emptied before the answer."""

    __slots__ = (
        *("_notes", "_outbox", "again", "answered", "caller", "kit", "operation"),
        *("principal", "received_digest", "request_id", "session", "store"),
    )

    def __init__(self, kit: Kit, operation: str, request_id: str) -> None:
        self.kit = kit
        self.operation = operation
        self.request_id = request_id
        self.principal: Principal = NOBODY
        self.caller = ""  # whose share of connections, waits and requests under way it is
        self.session: TurnSession | None = None
        self.store: IdempotentStore | None = None
        self.answered = False
        self.again: Callable[[frozenset[str]], Awaitable[None]] | None = None  # judges whom a stored answer shows
        self.received_digest: bytes | None = None  # of a body that went into the store as it came
        self._notes: AccessNotes | None = None
        self._outbox: Outbox | None = None

    @property
    def notes(self) -> AccessNotes:
        """The access notes of this request."""
        if self._notes is None:
            self._notes = AccessNotes(self.kit.clock, request_id=self.request_id)
        return self._notes

    @property
    def outbox(self) -> Outbox:
        """The outbox of this request's transaction; only inside one."""
        if self._outbox is None:
            assert self.session is not None, "there is no outbox outside a transaction"
            self._outbox = Outbox(
                self.session,
                owner=self.kit.spec.name,
                clock=self.kit.clock,
                traceparent=tracing.current_traceparent(),
            )
        return self._outbox

    @property
    def position(self) -> str:
        """What this request announced so far and its caller may know of, sealed; empty for nothing."""
        if self._outbox is None:
            return ""
        permissions = {one for judgement in self.principal.judged or () for one in judgement.permissions}
        return self.kit.positions.seal(self._outbox.position(permissions))

    @property
    def optimistic(self) -> bool:
        """Whether new rows were inserted of which nobody asked in the transaction whether they may be."""
        return self.session is not None and row_session(self.session).optimistic

    def begun(self) -> TurnSession:
        """The request's session, one however often it is attempted."""
        if self.session is None:
            self.session = self.kit.database.open_session(self.caller)
        return self.session

    async def end(self) -> None:
        """Roll back what was not committed, and give the connection back."""
        session, self.session = self.session, None
        if session is not None:
            await session.finish()

    async def commit(self) -> None:
        """Commit the request's transaction, if it has one."""
        if self.session is not None:
            await self.kit.database.commit(self.session)

    async def undo(self) -> None:
        """Roll back, and forget what this request announced and was to store."""
        if self.session is not None:
            await rolled_back(self.session)
        self._outbox = None
        self.store = None

    async def begin_again(self) -> None:
        """Undo everything for a second attempt, which notes for itself what it looks at."""
        await self.undo()
        self._notes = None if self._notes is None else self._notes.undone()
        self.answered = False

    async def write_notes(self) -> None:
        """Commit the access notes. Raises if that fails: then there is no answer."""
        if self._notes is not None and len(self._notes):
            await self.kit.access_log.write(self._notes.drain())


class IdempotentStore(Protocol):
    """Keeps the answer of a request that carried an idempotency key, in its own transaction."""

    def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None: ...


def caller_of(principal: Principal, request: Request) -> str:
    """Whose share a request uses: the subject's, or that of the address if nobody logged in (`counted_address`)."""
    if not principal.anonymous:
        return principal.subject
    return f"{principal.subject} {counted_address(request.client.host) if request.client else ''}"


def kit_of(request: Request) -> Kit:
    """The kit of the process that answers."""
    kit = request.app.state.kit
    assert isinstance(kit, Kit)
    return kit


def part_of(request: Request, kind: type[P]) -> P:
    """What a feature of this process hands to its endpoints. Raises `KeyError` if none brought such a thing."""
    part: P = kit_of(request).parts[kind]
    return part


def state_of(request: Request) -> RequestState:
    """The state of a request on a `ServiceRoute`; anywhere else there is none, and nothing is served."""
    state = request.scope.get(STATE)
    if not isinstance(state, RequestState):
        raise RuntimeError("this dependency works on a ServiceRoute only")
    return state
