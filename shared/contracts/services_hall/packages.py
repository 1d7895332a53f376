"""一件事: packages of items that a matter of life needs together, and the matters that people bring as one."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class PackageStatus(NamedCode):
    """Where a package stands."""

    ACTIVE = "active", "在用"
    RETIRED = "retired", "停用"


class MatterStatus(NamedCode):
    """Where a matter stands that somebody brought as one."""

    OPEN = "open", "办理中"
    ANSWERED = "answered", "已统一答复"
    WITHDRAWN = "withdrawn", "已撤回"


class PackageState(State):
    """A package (一件事): items with a lead department, whose materials are shared. Public."""

    noun: ClassVar = "services_hall.package"
    channel: ClassVar = Topic(
        noun,
        "services_hall.packages",
        tells=(
            "有哪些“一件事”、由谁牵头、包含哪些事项，均为公开信息",
            "which matters of life are one package, who leads, of which items: public",
        ),
    )
    id: UUID = Field(description="一件事标识 id of the package", examples=["0197d0c0-6201-7b21-8d4f-1b5c6d7e8f90"])
    code: Code = Field(description="编码 code of the package", examples=["birth"])
    lead_department: Code = Field(description="牵头部门 department that gives the one answer", examples=["health"])
    items: tuple[UUID, ...] = Field(
        description="事项 ids of its items", examples=[["0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"]]
    )
    status: PackageStatus = Field(description="状态 active or retired", examples=["active"])


class PackagePublished(Fact[PackageState]):
    """It was published (发布)."""

    type: ClassVar = "services_hall.package.published"
    example: ClassVar = {"state": {"version": 1}}


class PackageRetired(Fact[PackageState]):
    """It is offered no more (停用)."""

    type: ClassVar = "services_hall.package.retired"
    example: ClassVar = {"state": {"version": 2, "status": "retired"}}


class PackageReopened(Fact[PackageState]):
    """It is offered again (恢复)."""

    type: ClassVar = "services_hall.package.reopened"
    example: ClassVar = {"state": {"version": 3}}


class PackageRestated(Fact[PackageState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.package.restated"
    example: ClassVar = {"state": {"version": 1}}


class MatterState(State):
    """What somebody brought as one (一件事办件): its cases, and the one answer."""

    noun: ClassVar = "services_hall.matter"
    channel: ClassVar = Topic(
        noun,
        "services_hall.matters",
        readers=("indicators",),
        tells=(
            "某位居民（按标识）在哪里一次办理了哪“一件事”，何时统一答复、是否全部准予",
            "which person (by id) brought which matter of life as one, where, and how all of it was answered",
        ),
    )
    id: UUID = Field(description="标识 id of the matter", examples=["0197d0c0-6301-7b21-8d4f-1b5c6d7e8f90"])
    package_id: UUID = Field(description="一件事 id of the package", examples=["0197d0c0-6201-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="受理地 area of the counter", examples=["450481114201"])
    person_id: UUID | None = Field(
        description="申请人 id of the applicant in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    cases: tuple[UUID, ...] = Field(
        description="办件 ids of its cases", examples=[["0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"]]
    )
    status: MatterStatus = Field(description="状态 where it stands", examples=["answered"])
    opened_at: datetime = Field(description="受理时间 when it was brought", examples=["2026-11-03T01:00:00Z"])
    answered_at: datetime | None = Field(
        default=None, description="统一答复时间 when it was answered as one", examples=["2026-11-10T01:00:00Z"]
    )
    granted: bool | None = Field(
        default=None, description="全部准予 whether all was granted; null before the answer", examples=[True]
    )


class MatterOpened(Fact[MatterState]):
    """It was brought at a counter (提交)."""

    type: ClassVar = "services_hall.matter.opened"
    example: ClassVar = {"state": {"version": 1, "status": "open", "answered_at": None, "granted": None}}


class MatterAnswered(Fact[MatterState]):
    """It was answered as one (统一答复)."""

    type: ClassVar = "services_hall.matter.answered"
    example: ClassVar = {"state": {"version": 2}}


class MatterWithdrawn(Fact[MatterState]):
    """The applicant took all of it back (撤回)."""

    type: ClassVar = "services_hall.matter.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn", "answered_at": None, "granted": None}}


class MatterUndone(Fact[MatterState]):
    """Its answer was entered wrong and is taken back (撤销)."""

    type: ClassVar = "services_hall.matter.undone"
    example: ClassVar = {"state": {"version": 3, "status": "open", "answered_at": None, "granted": None}}


class MatterRestated(Fact[MatterState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.matter.restated"
    example: ClassVar = {"state": {"version": 2}}
