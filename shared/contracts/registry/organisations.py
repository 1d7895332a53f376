"""组织: organisations that have their seat in a village, without their names, codes and addresses."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, Part, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class OrganisationKind(NamedCode):
    """What sort of organisation it is."""

    RESIDENT_UNIT = "resident_unit", "驻区单位"
    SOCIAL = "social_organisation", "社会组织"
    COLLECTIVE = "collective", "农村集体经济组织"
    VOLUNTEERS = "volunteer_team", "志愿服务队伍"


class OrganisationRegistration(NamedCode):
    """Whether somebody has registered it."""

    REGISTERED = "registered", "已登记"
    FILED = "filed", "已备案"
    NONE = "none", "未登记备案"


class OrganisationStatus(NamedCode):
    """Where an organisation stands in the register."""

    ACTIVE = "active", "在册"
    ENDED = "ended", "已终止"
    WITHDRAWN = "withdrawn", "误登已撤回"


class Stay(Part):
    """A time in which something was there: `since` inclusive, `until` exclusive."""

    since: date = Field(description="起始日 first day", examples=["2024-03-01"])
    until: date = Field(description="截止日 first day on which it was no more", examples=["2026-02-01"])


class OrganisationState(State):
    """An organisation of a village or grid. Its name, code, address and who answers for it stay in the register."""

    noun: ClassVar = "registry.organisation"
    channel: ClassVar = Topic(
        noun,
        "registry.organisations",
        readers=("indicators",),
        tells=(
            "每个村（网格）有哪类组织、是否登记备案、多少成员、何时成立和终止，不含名称、代码、地址和负责人",
            "which kinds of organisations a village has, whether registered, how many members, since and until when",
        ),
    )
    id: UUID = Field(description="组织标识 id of the organisation", examples=["0197d0c0-7a01-7b02-8c03-0d04e05f0601"])
    area: AreaCode = Field(description="所在地 village (12 digits) or grid (15) of its seat", examples=["450481114201"])
    kind: OrganisationKind = Field(description="组织类别 what sort of organisation it is", examples=["collective"])
    registration: OrganisationRegistration = Field(
        description="登记情况 whether it is registered, filed or neither", examples=["registered"]
    )
    members: int | None = Field(default=None, description="成员数 how many members; null if unknown", examples=[36])
    status: OrganisationStatus = Field(description="状态 active, ended or withdrawn", examples=["active"])
    began_on: date = Field(description="起始日 first day of the present time or of the last", examples=["2026-11-01"])
    ended_on: date | None = Field(
        default=None, description="终止日 first day on which it is no more; null while it is active"
    )
    earlier: tuple[Stay, ...] = Field(default=(), description="以往存续 times before it began again, oldest first")
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所在地 where it had its seat before changes of areas, oldest first"
    )


class OrganisationEntered(Fact[OrganisationState]):
    """An organisation was entered."""

    type: ClassVar = "registry.organisation.entered"


class OrganisationCorrected(Fact[OrganisationState]):
    """What is known of an organisation was set right."""

    type: ClassVar = "registry.organisation.corrected"
    example: ClassVar = {"state": {"version": 2, "members": 38}}


class OrganisationEnded(Fact[OrganisationState]):
    """An organisation is no more."""

    type: ClassVar = "registry.organisation.ended"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "ended_on": "2026-11-20"}}


class OrganisationReopened(Fact[OrganisationState]):
    """An organisation that had ended began again."""

    type: ClassVar = "registry.organisation.reopened"
    example: ClassVar = {
        "state": {
            "version": 3,
            "began_on": "2026-11-22",
            "earlier": [{"since": "2026-11-01", "until": "2026-11-20"}],
        }
    }


class OrganisationWithdrawn(Fact[OrganisationState]):
    """An organisation was entered by mistake: it never was."""

    type: ClassVar = "registry.organisation.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class OrganisationUndone(Fact[OrganisationState]):
    """The last correction, end, reopening or withdrawal was undone: it is as it was before."""

    type: ClassVar = "registry.organisation.undone"
    example: ClassVar = {"state": {"version": 3}}


class OrganisationBoundaryChanged(Fact[OrganisationState]):
    """The village of an organisation was merged, split or got another code (区划调整)."""

    type: ClassVar = "registry.organisation.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "former": [{"area": "450481114202", "until": "2026-11-20"}]}}


class OrganisationRestated(Fact[OrganisationState]):
    """The same version again, on request."""

    type: ClassVar = "registry.organisation.restated"
