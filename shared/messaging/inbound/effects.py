"""Requested effects (请求办理): a service asks another one for an effect by a state, and is answered by a state.

The applying service keeps an answer for each request. In one transaction it applies the request under its own rules or
notes the code by which they refuse it, and adds the answer to its outbox: a worker that is killed has done all of it or
nothing, and what comes twice is answered once. What cannot be judged yet waits, and is judged again by a schedule.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.effect_answers import EffectAnswer, EffectRequest, EffectStatus
from shared.contracts.envelope import FACTS, STATES, Fact
from shared.db.compare_and_set import Versioned, compare_and_set
from shared.errors import DomainError, ErrorKind
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_many

PASSING = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.PRECONDITION_FAILED, ErrorKind.RATE_LIMITED})
"""Kinds of refusal that say nothing of the request: it is judged again."""

PAGE = 200
"""Requests that are read at a time."""


class EffectColumns:
    """The answer to one request, by the request's id. `version` counts what was told: 0 while nothing was.

    `asked`: the newest asking; `answered`: the one that the answer is to, 0 while there is none. It waits while the two
    differ, and what was told before stays as it is.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(BigInteger)
    asked: Mapped[int]
    answered: Mapped[int]
    status: Mapped[str | None]
    code: Mapped[str | None]
    answered_at: Mapped[datetime | None]


def effect_rules(table: str) -> tuple[Any, ...]:
    """Checks and indexes of a table of answers."""
    return (
        CheckConstraint("status IN ('applied', 'refused')", name="status"),
        CheckConstraint("coalesce(status = 'refused', false) = (code IS NOT NULL)", name="code"),
        CheckConstraint(
            "(answered = 0) = (status IS NULL) AND (answered = 0) = (answered_at IS NULL)", name="answered"
        ),
        Index(f"ix_{table}_waiting", "id", postgresql_where=text("asked > answered")),
    )


A = TypeVar("A", bound=EffectColumns)
R = TypeVar("R", bound=EffectRequest)


class EffectRepository(Generic[A]):
    """Answers of one table."""

    def __init__(self, session: AsyncSession, table: type[A]) -> None:
        self._session = session
        self._table = table

    async def taken(self, id: UUID, asked: int) -> A:
        """The answer to a request, locked; begun if it is new."""
        table = self._table
        new = insert(table).values(id=id, version=0, asked=asked, answered=0)
        await self._session.execute(new.on_conflict_do_nothing())
        return await self._locked(id)

    async def of(self, id: UUID) -> A | None:
        """The answer to a request; None if it never came."""
        return await self._session.get(self._table, id, populate_existing=True)

    async def waiting(self, after: UUID | None, limit: int) -> Sequence[UUID]:
        """Ids of the next requests that wait. Takes no lock."""
        table = self._table
        statement = select(table.id).where(table.asked > table.answered).order_by(table.id).limit(limit)
        if after is not None:
            statement = statement.where(table.id > after)
        return (await self._session.scalars(statement)).all()

    async def answer(self, seen: A, **changes: Any) -> A:
        """The next version of an answer that is locked."""
        answered = await compare_and_set(self._session, seen, **changes)
        assert answered is not None, "the row is locked"
        return answered

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[A]:
        """The next answers that were given, in the order of ids, locked."""
        table = self._table
        statement = select(table).where(table.version > 0).order_by(table.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(table.id > after)
        return (await self._session.scalars(statement)).all()

    async def _locked(self, id: UUID) -> A:
        statement = select(self._table).where(self._table.id == id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one()


class EffectApplying(ABC, Generic[R, A]):
    """Use cases of a service that is asked for effects. `request`: the state by which it is asked; `answers`: the noun
    by which it answers.

    Whatever a rule refuses is told by its code; what cannot be judged yet (`PASSING`) waits.
    """

    request: ClassVar[type[EffectRequest]]
    answers: ClassVar[str]

    def __init__(self, context: UseCaseContext, table: type[A]) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._answers = EffectRepository(context.session, table)

    @abstractmethod
    async def apply(self, request: R) -> None:
        """Apply the effect. What was done before a refusal is undone. Raises `NotYet` for what has not arrived."""

    def order(self, request: R) -> Any:
        """Where a request stands among those of one transaction, so that whoever judges takes locks in one order."""
        return request.id

    async def take(self, requests: Sequence[R]) -> None:
        """Answer what is asked for. What was answered is not answered again, unless it was asked for once more."""
        for request in sorted(requests, key=self.order):
            if request.status is not EffectStatus.ASKED:
                continue
            answer = await self._heard(request)
            if answer.answered < answer.asked == request.asked:
                await self._judge(request, answer)

    async def remember(self, requests: Sequence[R]) -> None:
        """Note what is asked for without answering: for a rebuild, which announces nothing. `again` answers."""
        for request in sorted(requests, key=self.order):
            if request.status is EffectStatus.ASKED:
                await self._heard(request)

    async def again(self) -> None:
        """Judge all that wait, in one order however many they are."""
        asked: list[R] = []
        after: UUID | None = None
        while waiting := await self._answers.waiting(after, PAGE):
            after = waiting[-1]
            found: Mapping[str, Any] = await projected_many(self._session, self.request, waiting)
            asked += found.values()
        await self.take(asked)

    async def _heard(self, request: R) -> A:
        """The answer to a request, locked; it waits if this is a newer asking than the last one."""
        answer = await self._answers.taken(request.id, request.asked)
        if request.asked > answer.asked:
            answer.asked = request.asked
            await self._session.flush()
        return answer

    async def _judge(self, request: R, answer: A) -> None:
        code: str | None = None
        try:
            async with self._session.begin_nested():
                await self.apply(request)
        except DomainError as refused:
            if refused.kind in PASSING:
                return
            code = refused.code
        status = EffectStatus.APPLIED if code is None else EffectStatus.REFUSED
        told = await self._answers.answer(
            answer, answered=request.asked, status=str(status), code=code, answered_at=self._clock.now()
        )
        self._outbox.add(answer_of(self.answers, str(status), told))


def answer_of(noun: str, word: str, answer: EffectColumns) -> Fact[Any]:
    """A fact of an answering noun, as the answer was given."""
    told = {name: getattr(answer, name) for name in ("id", "version", "status", "code", "answered_at")}
    return FACTS[f"{noun}.{word}", 1](state=STATES[noun](asked=answer.answered, **told))


class AskedEffect(Versioned, Protocol):
    """A row of the asking service: a request as it stands."""

    @property
    def asked(self) -> Any: ...
    @property
    def status(self) -> Any: ...


E = TypeVar("E", bound=AskedEffect)


async def note_answer(session: AsyncSession, request: E | None, answer: EffectAnswer) -> E | None:
    """Write an answer into the request, whose row is locked; None if it says nothing new."""
    if request is None or request.asked != answer.asked or request.status != EffectStatus.ASKED:
        return None
    changes = {"status": str(answer.status), "code": answer.code, "answered_at": answer.answered_at}
    return await compare_and_set(session, request, **changes)
