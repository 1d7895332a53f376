"""清除: a former resident's personal values are to become unreadable in every service, by decision of two."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class ErasureStatus(NamedCode):
    """Where an erasure stands. `ordered`: decided, and not every service is done yet."""

    REQUESTED = "requested", "待决定"
    ORDERED = "ordered", "已决定，清除中"
    DONE = "done", "已清除"
    REFUSED = "refused", "不予清除"
    WITHDRAWN = "withdrawn", "已撤回"


class ErasureState(State):
    """An erasure: whom it concerns only once it is decided, by id. Each reader erases what it holds, and answers."""

    noun: ClassVar = "registry.erasure"
    channel: ClassVar = Topic(
        noun,
        "registry.erasures_restricted",
        readers=("services_hall", "grid", "indicators"),
        published=False,
        tells=(
            "哪位原居民（按标识）的个人信息须清除、决定到哪一步",
            "which former resident's (by id) personal values are to be erased, and how far that got",
        ),
    )
    id: UUID = Field(description="清除标识 id of the erasure", examples=["0197d0c0-9e01-7a02-8b03-0c04d05e0f06"])
    status: ErasureStatus = Field(description="状态 where it stands", examples=["ordered"])
    persons: tuple[UUID, ...] = Field(
        default=(),
        description="居民标识 ids under which the person stood in the register; empty until it is decided",
        examples=[["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]],
    )
    decided_at: datetime | None = Field(
        default=None, description="决定时间 when it was decided or taken back", examples=["2026-11-03T02:00:00Z"]
    )


_OPEN: dict[str, object] = {"status": "requested", "persons": [], "decided_at": None}


class ErasureRequested(Fact[ErasureState]):
    """Somebody asked for it: the person, or an officer."""

    type: ClassVar = "registry.erasure.requested"
    example: ClassVar = {"state": _OPEN}


class ErasureOrdered(Fact[ErasureState]):
    """Somebody else decided that it is carried out; in the register itself it is."""

    type: ClassVar = "registry.erasure.ordered"
    example: ClassVar = {"state": {"version": 2}}


class ErasureRefused(Fact[ErasureState]):
    """It was decided that the values are kept."""

    type: ClassVar = "registry.erasure.refused"
    example: ClassVar = {"state": {"version": 2, "status": "refused", "persons": []}}


class ErasureWithdrawn(Fact[ErasureState]):
    """It was taken back before it was decided."""

    type: ClassVar = "registry.erasure.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn", "persons": []}}


class ErasureAnswered(Fact[ErasureState]):
    """A service said how far it is."""

    type: ClassVar = "registry.erasure.answered"
    example: ClassVar = {"state": {"version": 3}}


class ErasureCompleted(Fact[ErasureState]):
    """The last service is done."""

    type: ClassVar = "registry.erasure.completed"
    example: ClassVar = {"state": {"version": 5, "status": "done"}}


class ErasureRecovered(Fact[ErasureState]):
    """The register was restored to before the decision: by a service's answer it is carried out again."""

    type: ClassVar = "registry.erasure.recovered"
    example: ClassVar = {"state": {"version": 2}}


class ErasureRestated(Fact[ErasureState]):
    """The same version again, on request."""

    type: ClassVar = "registry.erasure.restated"
    example: ClassVar = {"state": {"version": 2}}
