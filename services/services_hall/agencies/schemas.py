"""Bodies and views of agencies (代办件). None of them has a fee."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.services_hall.agencies.domain import DeclineReason
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.agencies import AgencyStatus, CallBackOutcome
from shared.http.schemas import Body, Day, Instant, View


def _free(fee: Any) -> None:
    if fee is not None:
        raise PydanticCustomError("agency_free_of_charge", "代办服务不收取任何费用，不得填写费用")


class FreeOfCharge(Body):
    """A body that says of a fee that there is none: carrying a matter costs nothing (帮办代办不收费)."""

    fee: Annotated[None, BeforeValidator(_free)] = Field(
        default=None, description="费用 always null: agents take no money; anything else is refused", examples=[None]
    )


class EntrustAgency(FreeOfCharge):
    """A case for the agent whom its applicant has authorised."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case_id": "0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90",
                    "authorisation_id": "0197d0c0-6411-7b21-8d4f-1b5c6d7e8f90",
                }
            ]
        }
    )

    case_id: UUID = Field(description="办件标识 id of the case")
    authorisation_id: UUID = Field(description="委托标识 authorisation of its applicant")


class AcceptAgency(FreeOfCharge):
    """It is accepted, and costs nothing."""


class DeclineAgency(Body):
    """Why it is not carried."""

    reason: DeclineReason = Field(description="不予代办理由 code list `agency_decline_reasons`", examples=["in_person"])


class ForwardAgency(FreeOfCharge):
    """To which hall the papers went."""

    to_area: AreaCode = Field(description="报送地 town or county of the case's village", examples=["450481114"])


class DeliverAgency(FreeOfCharge):
    """When the applicant got the result."""

    delivered_on: Day = Field(description="送达日 today or before", examples=["2026-11-12"])


class CallBackAgency(Body):
    """What the applicant said when called back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "satisfied", "charged": False}]})

    outcome: CallBackOutcome = Field(description="回访结果 code list `agency_call_backs`", examples=["satisfied"])
    charged: bool | None = Field(
        default=None, description="被收费 whether money was taken, in the applicant's words; null: not reached"
    )


class ReassignAgency(Body):
    """Who carries it from now on."""

    agent_id: UUID = Field(description="代办员标识 file of another agent of the same village")


class ArrangeVisit(FreeOfCharge):
    """When and where a home visit is to be."""

    visit_on: Day = Field(description="上门日 today or later", examples=["2026-11-05"])
    address: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="上门地址 where, as the applicant says; encrypted, shown on the day alone",
        examples=["木坪村一组 3 号"],
    )


class MakeVisit(FreeOfCharge):
    """When a home visit was made."""

    visited_on: Day = Field(description="上门日 today or before", examples=["2026-11-05"])


class AgencyView(View):
    """A case in an agent's hands."""

    id: UUID = Field(description="代办件标识 id of the agency", examples=["0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90"])
    version: int = Field(description="版本 from 1", examples=[2])
    status: AgencyStatus = Field(description="状态 the step that was done last", examples=["accepted"])
    area: AreaCode = Field(description="受理地 area of the case's counter", examples=["450481114201"])
    department: str = Field(description="部门 department of the case", examples=["civil_affairs"])
    case_id: UUID = Field(description="办件标识 id of the case")
    authorisation_id: UUID = Field(description="委托标识 by which authorisation")
    agent_id: UUID = Field(description="代办员标识 file of the agent")
    entrusted_at: Instant = Field(description="委托时间 when it was entrusted", examples=["2026-11-03T09:00:00+08:00"])
    accepted_at: Instant | None = Field(description="受理时间 when the agent accepted it", examples=[None])
    forward_due_on: date | None = Field(
        description="报送时限 last working day to forward it; null: no limit runs or ran", examples=["2026-11-06"]
    )
    forward_provisional: bool = Field(description="暂定时限 it rests on a year whose notice is not out")
    forwarded_at: Instant | None = Field(description="报送时间 when the papers went up", examples=[None])
    forwarded_to: AreaCode | None = Field(description="报送地 where they went", examples=[None])
    delivered_on: date | None = Field(description="送达日 when the applicant got the result", examples=[None])
    archived_at: Instant | None = Field(description="归档时间 when the file was put away", examples=[None])
    reported_at: Instant | None = Field(description="上报时间 when it was reported to the town", examples=[None])
    called_back_at: Instant | None = Field(description="回访时间 when the applicant was called back", examples=[None])
    outcome: CallBackOutcome | None = Field(description="回访结果 code list `agency_call_backs`", examples=[None])
    charged: bool | None = Field(description="被收费 whether the applicant says that money was taken", examples=[None])
    visits: int = Field(description="上门次数 home visits that were made", examples=[0])
    visit_on: date | None = Field(description="预约上门日 null: none is arranged", examples=[None])
    declined_at: Instant | None = Field(description="不予代办时间 when the agent declined it", examples=[None])
    decline_reason: DeclineReason | None = Field(
        description="不予代办理由 code list `agency_decline_reasons`", examples=[None]
    )
    revoked_at: Instant | None = Field(description="委托撤销时间 when it ended with its authorisation", examples=[None])


class VisitAddress(View):
    """The door of the visit that is due."""

    address: str = Field(description="上门地址 where the visit is to be", examples=["木坪村一组 3 号"])


class AgencyCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
