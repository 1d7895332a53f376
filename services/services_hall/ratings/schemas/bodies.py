"""Bodies and views of ratings (好差评)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.services_hall.ratings.domain import MOST_REMARK, GivenRating, RatedContact, RatingReason
from services.services_hall.ratings.models import Rating
from services.services_hall.ratings.service.ratings import IssuedLink
from shared.contracts.services_hall.ratings import RatingChannel, RatingContact, RatingStatus
from shared.http.schemas import Body, EachOnce, Instant, View

EXAMPLE = "AZfQwGRBeyGNTxtcbX6PkAABq83vASNFZ4mrze8BI0VniQ"
Token = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class IssueRatingLink(Body):
    """Which contact is to be rated."""

    contact: RatingContact = Field(description="评价环节 code list `rating_contacts`", examples=["closing"])


class ShownLink(Body):
    """The token of a link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": EXAMPLE}]})

    token: Token = Field(description="评价凭据 what stands behind the # of the link", examples=[EXAMPLE])


class Said(Body):
    """What somebody says of a contact."""

    level: int = Field(ge=1, le=5, description="评价等级 5 (非常满意) to 1 (非常不满意)", examples=[5])
    reasons: Annotated[list[RatingReason], EachOnce] = Field(
        default_factory=list, max_length=8, description="不满意原因 code list `rating_reasons`", examples=[["slow"]]
    )
    remark: Annotated[str, StringConstraints(min_length=1, max_length=MOST_REMARK)] | None = Field(
        default=None, description="意见 in the own words; sealed", examples=["办理很快"]
    )

    def given(self) -> GivenRating:
        return GivenRating(self.level, tuple(self.reasons), self.remark)


class RateContact(Said):
    """A rating by a link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": EXAMPLE, "level": 5}]})

    token: Token = Field(description="评价凭据 what stands behind the # of the link", examples=[EXAMPLE])


class RecordRating(Said):
    """What somebody said by phone or letter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"contact": "closing", "channel": "phone", "level": 4}]})

    contact: RatingContact = Field(description="评价环节 code list `rating_contacts`", examples=["closing"])
    channel: RatingChannel = Field(description="评价渠道 phone or letter; a link is used by who holds it")


class RatingLinkView(View):
    """A link; its token is told once."""

    contact: RatingContact = Field(description="评价环节 which contact is rated", examples=["closing"])
    token: str = Field(description="评价凭据 of the link; told now and never again", examples=[EXAMPLE])
    url: str | None = Field(
        description="评价链接 where the resident rates; null if the county has no public address",
        examples=["https://hall.county.example/services-hall/v1/rate#AZfQwGRBeyGN"],
    )
    ends_at: Instant = Field(description="失效时间 until when it serves")

    @classmethod
    def of(cls, issued: IssuedLink, address: str) -> Self:
        url = f"{address}/services-hall/v1/rate#{issued.token}" if address else None
        contact = RatingContact(issued.link.contact)
        return cls(contact=contact, token=issued.token, url=url, ends_at=issued.link.ends_at)


class RatedContactView(View):
    """What a link is about."""

    item: str = Field(description="办理事项 name of the item", examples=["居住证明"])
    contact: RatingContact = Field(description="评价环节 which contact is rated", examples=["closing"])
    contact_name: str = Field(description="评价环节名称 the same in Chinese", examples=["办结"])
    contact_at: Instant = Field(description="办理时间 when it was")
    ends_at: Instant = Field(description="失效时间 until when the link serves")
    level: int | None = Field(description="评价等级 as it was given by this link; null: not yet", examples=[5])

    @classmethod
    def of(cls, told: RatedContact) -> Self:
        contact = RatingContact(told.contact)
        return cls(
            item=told.item,
            contact=contact,
            contact_name=contact.label,
            contact_at=told.contact_at,
            ends_at=told.ends_at,
            level=told.level,
        )


class RatingReceipt(View):
    """A rating as whoever gave it sees it."""

    level: int = Field(description="评价等级 5 (非常满意) to 1 (非常不满意)", examples=[5])
    status: RatingStatus = Field(description="状态 whether it counts", examples=["valid"])
    rated_on: date = Field(description="评价日 when it was given")


class RatingView(View):
    """A rating, without what was said in own words."""

    id: UUID = Field(description="评价标识 id of the rating")
    version: int = Field(description="版本 grows with every step", examples=[1])
    case_id: UUID = Field(description="办件标识 id of the case")
    area: str = Field(description="受理地 area of the counter", examples=["450481114201"])
    department: str = Field(description="部门 department of the item", examples=["civil_affairs"])
    contact: RatingContact = Field(description="评价环节 which contact was rated", examples=["closing"])
    contact_on: date = Field(description="接触日 day of the contact")
    channel_used: RatingChannel = Field(description="评价渠道 how it came", examples=["link"])
    level: int = Field(description="评价等级 5 (非常满意) to 1 (非常不满意)", examples=[4])
    reasons: list[RatingReason] = Field(description="不满意原因 code list `rating_reasons`")
    rated_on: date = Field(description="评价日 when it was given")
    status: RatingStatus = Field(description="状态 whether it counts", examples=["valid"])
    entered_by: str | None = Field(description="登记人 who entered it; null: by the link", examples=[None])


class RatingDetail(RatingView):
    """A rating with what was said."""

    remark: str | None = Field(description="意见 in the own words; null: nothing, or erased", examples=[None])

    @classmethod
    def with_remark(cls, rating: Rating, remark: str | None) -> Self:
        return cls(**RatingView.model_validate(rating).model_dump(), remark=remark)


class RatingCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")
