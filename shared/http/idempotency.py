"""`Idempotency-Key`: the same request again gives the same answer, byte for byte, and happens once.

The answer is stored in the business transaction: it exists if and only if the change was committed. Only final answers
(2xx) are stored; a refusal may turn out differently next time. Two requests with one key at the same moment: the second
is refused (409, Retry-After).

With the answer is stored what was judged on the way to it. Whoever asks again is judged again by today's grants and
tree: what may no longer be done is not shown either.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, NamedTuple

import orjson
from fastapi import Depends, Header, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.principal import Principal
from shared.auth.scope import Judgement
from shared.crypto.service import Crypto
from shared.errors import DomainError, ErrorKind, FieldError, Invalid, NotFound, Unauthenticated
from shared.http.kit import RequestState, state_of
from shared.http.route import POSITION, Replay
from shared.http.transaction import Transaction
from shared.observability import metrics

KEPT = timedelta(days=7)
MAX_KEY = 200
FIELD = "idempotency_keys.answer"
HEADERS = (POSITION.lower(), "etag", "location", "content-type", "cache-control")
"""What is stored of an answer beside its status and body."""

_LOOK = text("SELECT locked, fingerprint, answer FROM idempotency_look(:lock, :digest, :since)")
_KEEP = text(
    "INSERT INTO idempotency_keys (digest, created_at, fingerprint, answer)"
    " VALUES (:digest, :created_at, :fingerprint, :answer)"
)


class KeyReused(DomainError):
    """Refusal: the key was used for another request."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "idempotency_key_reused"
    title: ClassVar = "该提交编号已用于另一项操作"
    advice: ClassVar = "请刷新页面后重新提交；开发人员请为每项操作换用新的 Idempotency-Key"


class RequestInFlight(DomainError):
    """Refusal: the first request with this key is not finished."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "request_in_flight"
    title: ClassVar = "相同的请求正在处理"
    advice: ClassVar = "请稍候查看结果，勿重复提交"


class Store:
    """Store for the answer of the present request."""

    __slots__ = ("_digest", "_fingerprint", "_kit", "_session", "_state")

    def __init__(self, state: RequestState, session: AsyncSession, digest: bytes, fingerprint: bytes) -> None:
        self._kit = state.kit
        self._state = state
        self._session = session
        self._digest = digest
        self._fingerprint = fingerprint

    async def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Store a final answer, sealed, in the caller's transaction."""
        if not 200 <= status < 300:
            return
        judged = judged_in(self._state)
        await self._session.execute(
            _KEEP,
            {
                "digest": self._digest,
                "created_at": self._kit.clock.now(),
                "fingerprint": self._fingerprint,
                "answer": seal_answer(self._kit.crypto, self._digest, status, headers, body, judged),
            },
        )


class Unkept:
    """Store of a request without a key: keeps nothing, and holds the operation to what one with a key must do."""

    __slots__ = ("_state",)

    def __init__(self, state: RequestState) -> None:
        self._state = state

    async def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if 200 <= status < 300:
            judged_in(self._state)


def judged_in(state: RequestState) -> Sequence[Judgement]:
    """What was judged in a request. An operation that asks an area and judged nothing is a programming error."""
    judged = tuple(dict.fromkeys(state.principal.judged or ()))
    assert judged or state.kit.access[state.operation].scope != "area", "nothing was judged that could be judged again"
    return judged


def seal_answer(
    crypto: Crypto,
    digest: bytes,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    judged: Sequence[Judgement],
) -> bytes:
    """An answer as it is stored, with what was judged on the way to it."""
    kept = {name: headers[name] for name in HEADERS if name in headers}
    answer: dict[str, Any] = {"status": status, "headers": kept, "judged": [one._asdict() for one in judged]}
    try:
        answer["text"] = body.decode()
    except UnicodeDecodeError:
        answer["base64"] = base64.b64encode(body).decode()
    return crypto.seal(orjson.dumps(answer).decode(), field=FIELD, owner=digest.hex())


def open_answer(crypto: Crypto, digest: bytes, sealed: bytes, principal: Principal) -> Response:
    """The stored answer again. Raises `NotFound` if the caller could not do today what was done."""
    answer = orjson.loads(crypto.open(sealed, field=FIELD, owner=digest.hex()))
    for one in answer["judged"]:
        judgement = Judgement(tuple(one["permissions"]), tuple(one["areas"]), one["department"])
        if not principal.holds(judgement):
            raise NotFound
    body = answer["text"].encode() if "text" in answer else base64.b64decode(answer["base64"])
    return Response(body, status_code=answer["status"], headers=answer["headers"])


def digest_of(state: RequestState, key: str) -> bytes:
    """Digest of a key, per caller and operation."""
    parts = (state.principal.subject, state.operation, key)
    return hashlib.sha256(b"\0".join(part.encode() for part in parts)).digest()


async def fingerprints(crypto: Crypto, request: Request) -> list[bytes]:
    """Keyed digests of method, path, query and body, the active key's first.

    Keyed, because a plain hash of a body with one unknown identity number could be searched.
    """
    url = request.url
    whole = hashlib.sha256(f"{request.method} {url.path}?{url.query}\n".encode() + await request.body())
    return [one.digest for one in crypto.blind("idempotency", whole.hexdigest())]


class Found(NamedTuple):
    """Whether we are the only one with this key, and what is stored under it."""

    locked: bool
    fingerprint: bytes | None
    answer: bytes | None


async def look(session: AsyncSession, digest: bytes, *, since: datetime) -> Found:
    """Lock the key until the transaction ends, if nobody else has it, and look for a stored answer."""
    lock = int.from_bytes(digest[:8], signed=True)
    row = (await session.execute(_LOOK, {"lock": lock, "digest": digest, "since": since})).one()
    return Found(row.locked, row.fingerprint, row.answer)


async def idempotent(
    request: Request,
    session: Transaction,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="a text of the caller's own; the same key gives the same answer for 7 days", max_length=MAX_KEY
        ),
    ] = None,
) -> None:
    """Dependency of every creating POST: a stored answer replaces its own. Raises `KeyReused`, `RequestInFlight`,
    and `NotFound` for what the caller may do no longer.
    """
    state = state_of(request)
    if idempotency_key is None:
        state.store = Unkept(state)
        return
    if not idempotency_key.strip() or not idempotency_key.isascii() or not idempotency_key.isprintable():
        raise Invalid(errors=[FieldError("header.idempotency-key", "string_pattern_mismatch", "格式不正确")])
    if state.principal.anonymous:
        raise Unauthenticated
    kit = state.kit
    digest = digest_of(state, idempotency_key)
    same = await fingerprints(kit.crypto, request)
    found = await look(session, digest, since=kit.clock.now() - KEPT)
    if found.answer is not None:
        if found.fingerprint not in same:
            raise KeyReused
        metrics.IDEMPOTENT_REPLAYS.inc()
        raise Replay(open_answer(kit.crypto, digest, found.answer, state.principal))
    if not found.locked:
        raise RequestInFlight(retry_after=1)
    state.store = Store(state, session, digest, same[0])


Idempotent = Depends(idempotent)
"""`dependencies=[Idempotent]` on a route."""
