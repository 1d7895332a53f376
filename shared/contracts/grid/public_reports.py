"""Public reports (随手拍) as grid announces them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class PublicReportStatus(NamedCode):
    """Statuses of a public report: 待审核, 已立案, 已并入, 不予受理, 已撤回."""

    HELD = "held", "待审核"
    FILED = "filed", "已立案"
    JOINED = "joined", "已并入同一事件"
    DISMISSED = "dismissed", "不予受理"
    WITHDRAWN = "withdrawn", "上报人已撤回"


class PublicReportState(State):
    """What somebody of the public reported, held until an office files it. No point, no words, nobody is named."""

    noun: ClassVar = "grid.public_report"
    channel: ClassVar = Topic(
        noun,
        "grid.public_reports",
        tells=(
            "哪个网格何时收到哪类公众随手拍、是否立案或并入哪件事件；不涉及上报人和经办人",
            "what kind of public report a grid received, when, and whether it was filed or joined; nobody is named",
        ),
    )
    id: UUID = Field(description="随手拍标识 id of the report", examples=["0197d0c0-b601-7b02-8c03-0d04e05f0a41"])
    area: AreaCode = Field(
        description="所属区域 grid (15 digits) or village (12) where it lies", examples=["450481114201001"]
    )
    category: Code = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    status: PublicReportStatus = Field(description="状态 where the report stands", examples=["filed"])
    reported_at: datetime = Field(description="上报时间 when it was reported", examples=["2026-11-22T01:00:00Z"])
    decided_at: datetime | None = Field(
        default=None,
        description="审核时间 when it was filed, joined, dismissed or withdrawn; null before",
        examples=["2026-11-22T02:00:00Z"],
    )
    dismissal: Code | None = Field(
        default=None, description="不予受理理由 why it was dismissed; null otherwise", examples=[None]
    )
    incident_id: UUID | None = Field(
        default=None,
        description="事件标识 id of the incident that it was filed as or joined to; null otherwise",
        examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"],
    )
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所属区域 where it lay before changes of areas, oldest first"
    )


_HELD = {"status": "held", "decided_at": None, "incident_id": None}


class PublicReportReceived(Fact[PublicReportState]):
    """Somebody of the public reported something; it is held until an office has looked at it."""

    type: ClassVar = "grid.public_report.received"
    example: ClassVar = {"state": {"version": 1, **_HELD}}


class PublicReportFiled(Fact[PublicReportState]):
    """An office filed it as an incident (立案)."""

    type: ClassVar = "grid.public_report.filed"
    example: ClassVar = {"state": {"version": 2}}


class PublicReportJoined(Fact[PublicReportState]):
    """It is about an incident that is known already."""

    type: ClassVar = "grid.public_report.joined"
    example: ClassVar = {"state": {"version": 2, "status": "joined"}}


class PublicReportDismissed(Fact[PublicReportState]):
    """An office does not take it up, and says why."""

    type: ClassVar = "grid.public_report.dismissed"
    example: ClassVar = {
        "state": {"version": 2, "status": "dismissed", "incident_id": None, "dismissal": "nothing_there"}
    }


class PublicReportWithdrawn(Fact[PublicReportState]):
    """Whoever reported it took it back; their words are erased."""

    type: ClassVar = "grid.public_report.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn", "incident_id": None}}


class PublicReportTakenUpAgain(Fact[PublicReportState]):
    """A dismissal or joining was a mistake: the report is held again."""

    type: ClassVar = "grid.public_report.taken_up_again"
    example: ClassVar = {"state": {"version": 3, **_HELD}}


class PublicReportBoundaryChanged(Fact[PublicReportState]):
    """The report's village or grid got another code (区划调整)."""

    type: ClassVar = "grid.public_report.boundary_changed"
    example: ClassVar = {
        "state": {"version": 2, **_HELD, "former": [{"area": "450481114202001", "until": "2026-11-26"}]}
    }


class PublicReportRestated(Fact[PublicReportState]):
    """The report is announced again, unchanged."""

    type: ClassVar = "grid.public_report.restated"
    example: ClassVar = {"state": {"version": 2}}
