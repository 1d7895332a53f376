"""`Idempotency-Key`: the same request again gives the same answer, byte for byte, and happens once.

The answer is stored in the business transaction: it exists if and only if the change was committed. Only final answers
(2xx) are stored; a refusal may turn out differently next time. Two requests with one key at the same moment: the second
is refused (409, Retry-After). Who has the key is decided by an advisory lock: taken when the transaction begins, or by
the table's trigger when the answer is stored, if nothing but new rows is written.

With the answer is stored what was judged on the way to it. Whoever asks again is judged again by today's grants and
tree: what may no longer be done is not shown either. What no grant decides (a binding, a proof) an operation judges by
`again` of the request's state, which raises if an answer may be shown no more. Whom it shows is stored too: to be shown
again is an access of its own, and stands in the access log as one.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import Depends, Header, Request, Response
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes, Detail, Result
from shared.auth.kept import holds_today, judged
from shared.auth.principal import Principal
from shared.auth.scope import Judgement
from shared.crypto.service import Crypto
from shared.db.base import KitBase
from shared.db.gathering import Question
from shared.db.session import row_session, rows_of
from shared.errors import DomainError, ErrorKind, FieldError, Invalid, NotFound, Unauthenticated
from shared.http.kit import RequestState, state_of
from shared.http.route import POSITION, Replay
from shared.http.tables import IdempotencyKey
from shared.http.transaction import Transaction
from shared.observability import metrics

KEPT = timedelta(days=7)
MAX_KEY = 200
FIELD = "idempotency_keys.answer"
HEADERS = (POSITION.lower(), "etag", "location", "content-type", "cache-control")
"""What is stored of an answer beside its status and body."""

STORED = Question(
    "SELECT DISTINCT ON (digest) digest, created_at, fingerprint, answer FROM idempotency_keys"
    " WHERE digest = ANY($1::bytea[]) ORDER BY digest, created_at DESC",
    key="digest",
)
_LOOK = text("SELECT locked, fingerprint, answer FROM idempotency_look(:lock, :digest, :since)")
KEYS = KitBase.metadata.tables[IdempotencyKey.__tablename__]
ONCE = "once_idempotency_keys"
"""What the table's trigger calls its refusal of a key that is being stored by somebody else, or is stored already."""


class KeyReused(DomainError):
    """Refusal: the key was used for another request."""

    kind, code, title = ErrorKind.INVALID, "idempotency_key_reused", "该提交编号已用于另一项操作"
    advice = "请刷新页面后重新提交；开发人员请为每项操作换用新的 Idempotency-Key"


class RequestInFlight(DomainError):
    """Refusal: the first request with this key is not finished."""

    kind, code, title = ErrorKind.CONFLICT, "request_in_flight", "相同的请求正在处理"
    advice = "请稍候查看结果，勿重复提交"

    def __init__(self) -> None:
        super().__init__(retry_after=1)


@dataclass(frozen=True, slots=True, repr=False)
class Fingerprint:
    """Digest of a request. A plain hash of a body with one unknown identity number could be searched: `plain` is kept
    within the sealed answer only, where it outlives the index keys; `keyed` (the active key's first) beside it.
    """

    plain: str
    keyed: Sequence[bytes]

    def holds(self, keyed: bytes, answer: Mapping[str, Any]) -> bool:
        """Whether an answer is to this request."""
        if "asked" in answer:
            return bool(answer["asked"] == self.plain)
        return keyed in self.keyed


class Store:
    """Store for the answer of the present request."""

    __slots__ = ("_digest", "_kit", "_same", "_session", "_state")

    def __init__(self, state: RequestState, session: AsyncSession, digest: bytes, same: Fingerprint) -> None:
        self._kit = state.kit
        self._state = state
        self._session = session
        self._digest = digest
        self._same = same

    async def answer(self) -> Response | None:
        """The stored answer to the same request, if there is one. Raises `KeyReused` if it answers another."""
        found = (await self._kit.database.reads.ask(STORED, [self._digest])).get(self._digest)
        if found is None or found["created_at"] <= self._kit.clock.now() - KEPT:
            return None
        stored = orjson.loads(self._kit.crypto.open(found["answer"], field=FIELD, owner=self._digest.hex()))
        if not self._same.holds(found["fingerprint"], stored):
            raise KeyReused
        metrics.IDEMPOTENT_REPLAYS.inc()
        answer = open_answer(stored, self._state.principal)
        if self._state.again is not None:
            await self._state.again(frozenset(one["object_id"] for one in stored.get("shown", ())))
        for one in stored.get("shown", ()):
            self._state.notes.note(self._state.principal, **one)
        return answer

    def claim(self, connection: Connection) -> None:
        """Lock the key for the transaction that has just begun. Raises `RequestInFlight` if it is another's by now.

        Who only adds rows needs no lock: the table's trigger takes it when the answer is stored.
        """
        found = look(connection, self._digest, since=self._kit.clock.now() - KEPT)
        if not found.locked or found.answer is not None:
            raise RequestInFlight

    def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Store a final answer, sealed, with the transaction's last statement."""
        if not 200 <= status < 300:
            return
        row = {
            "digest": self._digest,
            "created_at": self._kit.clock.now(),
            "fingerprint": self._same.keyed[0],
            "answer": seal_answer(self._state, self._digest, self._same, status, headers, body),
        }
        rows_of(self._session).add(KEYS, [row])


class Unkept:
    """Store of a request without a key: keeps nothing, and holds the operation to what one with a key must do."""

    __slots__ = ("_state",)

    def __init__(self, state: RequestState) -> None:
        self._state = state

    def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if 200 <= status < 300:
            judged_in(self._state)


def judged_in(state: RequestState) -> Sequence[Judgement]:
    """What was judged in a request. An operation that asks an area and judged nothing is a programming error."""
    judged = tuple(dict.fromkeys(state.principal.judged or ()))
    assert judged or state.kit.access[state.operation].scope != "area", "nothing was judged that could be judged again"
    return judged


def shown_in(notes: AccessNotes) -> Sequence[Mapping[str, Any]]:
    """The accesses of a request as they are noted when its answer is given again: shown, not changed once more."""
    return [
        {
            "action": one.action,
            "noun": one.noun,
            "object_id": one.object_id,
            "area": one.area,
            "purpose": one.purpose,
            "detail": Detail.MASKED if one.detail == Detail.WRITE else one.detail,
            "role": one.role,
        }
        for one in notes.all
        if one.result == Result.OK and one.object_id is not None
    ]


def seal_answer(
    state: RequestState, digest: bytes, asked: Fingerprint, status: int, headers: Mapping[str, str], body: bytes
) -> bytes:
    """An answer as it is stored, with what was judged on the way to it, whom it shows and which request it answers."""
    answer: dict[str, Any] = {
        "asked": asked.plain,
        "status": status,
        "headers": {name: headers[name] for name in HEADERS if name in headers},
        "judged": judged(judged_in(state)),
        "shown": shown_in(state.notes),
    }
    try:
        answer["text"] = body.decode()
    except UnicodeDecodeError:
        answer["base64"] = base64.b64encode(body).decode()
    return state.kit.crypto.seal(orjson.dumps(answer).decode(), field=FIELD, owner=digest.hex())


def open_answer(answer: Mapping[str, Any], principal: Principal) -> Response:
    """The stored answer again. Raises `NotFound` if the caller could not do today what was done."""
    if not holds_today(principal, answer["judged"]):
        raise NotFound
    body = answer["text"].encode() if "text" in answer else base64.b64decode(answer["base64"])
    return Response(body, status_code=answer["status"], headers=answer["headers"])


def digest_of(state: RequestState, key: str) -> bytes:
    """Digest of a key, per caller and operation."""
    parts = (state.principal.subject, state.operation, key)
    return hashlib.sha256(b"\0".join(part.encode() for part in parts)).digest()


async def fingerprint_of(crypto: Crypto, request: Request) -> Fingerprint:
    """Digests of method, path, query and body."""
    scope = request.scope
    asked = f"{scope['method']} {scope['path']}?".encode() + scope["query_string"]
    body = state_of(request).received_digest or await request.body()
    whole = hashlib.sha256(asked + b"\n" + body)
    plain = whole.hexdigest()
    return Fingerprint(plain, [one.digest for one in crypto.blind("idempotency", plain)])


class Found(NamedTuple):
    """Whether we are the only one with this key, and what is stored under it."""

    locked: bool
    fingerprint: bytes | None
    answer: bytes | None


def look(connection: Connection, digest: bytes, *, since: datetime) -> Found:
    """Lock the key until the transaction ends, if nobody else has it, and look for a stored answer."""
    lock = int.from_bytes(digest[:8], signed=True)
    row = connection.execute(_LOOK, {"lock": lock, "digest": digest, "since": since}).one()
    return Found(row.locked, row.fingerprint, row.answer)


async def idempotent(
    request: Request,
    session: Transaction,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="幂等键 a text of the caller's own; the same key gives the same answer for 7 days",
            max_length=MAX_KEY,
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
        message = "应为英文字母、数字和符号，不全是空格"
        raise Invalid(errors=[FieldError("header.idempotency-key", "string_pattern_mismatch", message)])
    if state.principal.anonymous:
        raise Unauthenticated
    store = Store(state, session, digest_of(state, idempotency_key), await fingerprint_of(state.kit.crypto, request))
    answer = await store.answer()
    if answer is not None:
        raise Replay(answer)
    state.store = store
    row_session(session).at_begin = store.claim


Idempotent = Depends(idempotent)
"""`dependencies=[Idempotent]` on a route."""
