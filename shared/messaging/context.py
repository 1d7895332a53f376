"""The context of a use case: one transaction, and what must come in from outside."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.messaging.outbox.writer import Outbox


class UseCaseContext(Protocol):
    """Context of a use case, built by every door: one transaction and the dependencies that come from outside."""

    @property
    def session(self) -> AsyncSession: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def crypto(self) -> Crypto: ...
    @property
    def access(self) -> AccessNotes: ...


@dataclass(frozen=True)
class PlainContext:
    """Context built by the doors that are not HTTP: consumers, schedules, jobs, commands."""

    session: AsyncSession
    clock: Clock
    outbox: Outbox
    crypto: Crypto
    access: AccessNotes
