"""更正申请: a correction that others approve, step by step. Neither the person nor a value is named."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class CorrectionStatus(NamedCode):
    """Where a request for a correction stands. `requested` until the last step is approved."""

    REQUESTED = "requested", "待批准"
    CARRIED_OUT = "carried_out", "已更正"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期失效"


class CorrectionStep(NamedCode):
    """A step of approval, in the order in which they follow each other."""

    CHECK = "check", "村级核对"
    APPROVE = "approve", "镇级批准"
    CONFIRM = "confirm", "县级审定"


class CorrectionState(State):
    """A request for a correction: which fields, never their values, and how far its approval got."""

    noun: ClassVar = "registry.correction"
    channel: ClassVar = Topic(
        noun,
        "registry.corrections",
        readers=("indicators",),
        tells=(
            "哪个村何时申请更正居民的哪几项信息、批准到哪一步、结果如何；不含居民标识和内容",
            "in which village and when which fields were to be corrected, how far it got; neither whose nor what",
        ),
    )
    id: UUID = Field(description="更正申请标识 id of the request", examples=["0197d0c0-8b01-7b02-8c03-0d04e05f0604"])
    area: AreaCode = Field(
        description="区划代码 village or grid of the person when it was asked for", examples=["450481114201"]
    )
    fields: tuple[Code, ...] = Field(description="更正项目 fields that it corrects", examples=[["name"]])
    steps: tuple[CorrectionStep, ...] = Field(
        description="批准步骤 steps of approval, in order", examples=[["check", "approve"]]
    )
    approved: int = Field(default=0, description="已批准步数 how many of the steps are approved")
    status: CorrectionStatus = Field(description="状态 where the request stands", examples=["requested"])
    refusal: Code | None = Field(default=None, description="不批准原因 why it was refused; null if it was not")
    requested_on: date = Field(description="申请日 day on which it was asked for", examples=["2026-11-03"])
    due_on: date = Field(description="期限 last day on which it can be approved", examples=["2026-11-17"])
    decided_on: date | None = Field(default=None, description="办结日 day on which it ended; null while it waits")


class CorrectionRequested(Fact[CorrectionState]):
    """A correction that policy guards was asked for."""

    type: ClassVar = "registry.correction.requested"


_ENDED = {"version": 3, "approved": 1, "decided_on": "2026-11-05"}


class CorrectionApproved(Fact[CorrectionState]):
    """A step was approved, and another one follows."""

    type: ClassVar = "registry.correction.approved"
    example: ClassVar = {"state": {"version": 2, "approved": 1}}


class CorrectionCarriedOut(Fact[CorrectionState]):
    """The last step was approved: the person is corrected."""

    type: ClassVar = "registry.correction.carried_out"
    example: ClassVar = {"state": {**_ENDED, "approved": 2, "status": "carried_out"}}


class CorrectionRefused(Fact[CorrectionState]):
    """Whoever had to take the next step did not approve it."""

    type: ClassVar = "registry.correction.refused"
    example: ClassVar = {"state": {**_ENDED, "status": "refused", "refusal": "evidence_missing"}}


class CorrectionWithdrawn(Fact[CorrectionState]):
    """It was taken back before the last step."""

    type: ClassVar = "registry.correction.withdrawn"
    example: ClassVar = {"state": {**_ENDED, "status": "withdrawn"}}


class CorrectionLapsed(Fact[CorrectionState]):
    """The limit is over before the last step."""

    type: ClassVar = "registry.correction.lapsed"
    example: ClassVar = {"state": {**_ENDED, "status": "lapsed", "decided_on": "2026-11-18"}}


class CorrectionRescheduled(Fact[CorrectionState]):
    """The limit was computed again, because the working calendar was set."""

    type: ClassVar = "registry.correction.rescheduled"
    example: ClassVar = {"state": {"version": 2, "due_on": "2026-11-18"}}


class CorrectionRestated(Fact[CorrectionState]):
    """The same version again, on request."""

    type: ClassVar = "registry.correction.restated"
