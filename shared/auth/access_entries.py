"""Access log entries: who saw or changed what, and the buffer in which a request collects them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol
from uuid import UUID

from shared.clock import Clock
from shared.reference.named_code import NamedCode


class Purpose(NamedCode):
    """Purpose of an access to personal data (Personal Information Protection Law, article 6)."""

    REGISTRATION = "registration", "登记"
    VERIFICATION = "verification", "核验"
    CASE_HANDLING = "case_handling", "办件"
    VISIT = "visit", "走访"
    INCIDENT = "incident", "事件处置"
    STATISTICS = "statistics", "统计"
    SELF = "self", "本人查看"
    AUDIT = "audit", "审计"
    DEMONSTRATION = "demonstration", "演示"


class Detail(NamedCode):
    """Level of detail that was shown or changed."""

    MASKED = "masked", "已遮盖"
    FULL = "full", "完整"
    EXISTENCE = "existence", "是否存在"  # only whether, or where, somebody is known
    WRITE = "write", "登记修改"


class Result(NamedCode):
    """Result of the access for the caller."""

    OK = "ok", "成功"
    NOT_FOUND = "not_found", "未找到"
    REFUSED = "refused", "已拒绝"


class Actor(Protocol):
    """Actor of an access; `shared.auth.principal.Principal` is one."""

    @property
    def subject(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """System actor: a consumer, a schedule, a job."""

    subject: str


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """Access log entry: who, when, why, what, where, with which result.

    Holds ids and codes only, never a name or a number.
    """

    at: datetime
    subject: str
    action: str  # a verb: read, search, list, register, correct …
    noun: str  # registry.person …
    object_id: str | None
    area: str | None
    purpose: str | None = None
    detail: str = Detail.MASKED
    result: str = Result.OK
    role: str | None = None
    request_id: str | None = None


MAX_TEXT = 500
"""Characters kept of a text: ids and codes are far shorter, and nobody shall fill the log with one request."""

_TEXTS = ("subject", "action", "noun", "object_id", "area", "purpose", "detail", "result", "role", "request_id")
_texts = attrgetter(*_TEXTS)


def storable(entry: AccessEntry) -> AccessEntry:
    """The entry as PostgreSQL can keep it: a caller's odd characters must not stop the log of all the others."""
    together = "".join(filter(None, _texts(entry)))
    if len(together) <= MAX_TEXT and together.isprintable():
        return entry
    odd: dict[str, Any] = {
        name: _storable(text)
        for name in _TEXTS
        if (text := getattr(entry, name)) is not None and not (text.isprintable() and len(text) <= MAX_TEXT)
    }
    return replace(entry, **odd) if odd else entry


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")[:MAX_TEXT]


class AccessNotes:
    """Access notes: the entries of one request or batch, in order. The door writes them before it answers."""

    __slots__ = ("_clock", "_entries", "_request_id", "_written", "asked")

    def __init__(self, clock: Clock, *, request_id: str | None = None) -> None:
        self._clock = clock
        self._request_id = request_id
        self._entries: list[AccessEntry] = []
        self._written: tuple[AccessEntry, ...] = ()
        self.asked: Counter[str] = Counter()
        """Questions by rate limit that were answered on the way: a refused request pays for them (`shared.http`)."""

    def note(
        self,
        principal: Actor,
        *,
        action: str,
        noun: str,
        object_id: UUID | str | None,
        area: str | None = None,
        purpose: Purpose | str | None = None,
        detail: Detail | str = Detail.MASKED,
        result: Result | str = Result.OK,
        role: str | None = None,
    ) -> None:
        """Remember one access. `object_id` is an id or, for a search without a hit, None."""
        self._entries.append(
            AccessEntry(
                at=self._clock.now(),
                subject=principal.subject,
                action=action,
                noun=noun,
                object_id=None if object_id is None else str(object_id),
                area=area,
                purpose=None if purpose is None else str(purpose),
                detail=str(detail),
                result=str(result),
                role=role,
                request_id=self._request_id,
            )
        )

    def refused(self) -> None:
        """The request is refused and its transaction rolled back: what was noted as changed was only tried.

        What has left for the log already stands there as done; it is entered once more, as refused.
        """
        done, self._written = [entry for entry in self._written if _is_done(entry)], ()
        self._entries = [
            replace(entry, result=Result.REFUSED) if _is_done(entry) else entry for entry in (*done, *self._entries)
        ]

    def undone(self) -> "AccessNotes":
        """Notes for a second attempt: empty, but for what stands in the log as done and was not."""
        again = AccessNotes(self._clock, request_id=self._request_id)
        again._written = self._written
        again.refused()
        return again

    def drain(self) -> tuple[AccessEntry, ...]:
        """Take everything out, to hand it to `AccessLog.write`."""
        entries = tuple(self._entries)
        self._entries.clear()
        self._written += entries
        return entries

    @property
    def all(self) -> tuple[AccessEntry, ...]:
        """What was noted so far, written already or not."""
        return (*self._written, *self._entries)

    def __iter__(self) -> Iterator[AccessEntry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def _is_done(entry: AccessEntry) -> bool:
    return entry.detail == Detail.WRITE and entry.result == Result.OK
