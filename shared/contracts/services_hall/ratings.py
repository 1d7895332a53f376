"""Ratings (好差评) as the hall announces them: how somebody found a contact with an office. Nobody is named."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class RatingStatus(NamedCode):
    """Whether a rating counts."""

    VALID = "valid", "有效"
    WITHDRAWN = "withdrawn", "已撤回"
    OVERTURNED = "overturned", "复核不计"


class RatingContact(NamedCode):
    """The contact with the office that is rated: one rating each."""

    RECEIPT = "receipt", "窗口收件"
    REFUSAL = "refusal", "不予受理"
    CLOSING = "closing", "办结"
    DELIVERY = "delivery", "送达"


class RatingChannel(NamedCode):
    """How the rating came."""

    LINK = "link", "评价链接"
    PHONE = "phone", "电话"
    LETTER = "letter", "书面"


class RatingState(State):
    """A rating. It names neither case nor person nor officer, and days, not instants: who rated is protected."""

    noun: ClassVar = "services_hall.rating"
    channel: ClassVar = Topic(
        noun,
        "services_hall.ratings_restricted",
        readers=("indicators",),
        published=False,
        tells=(
            "哪个单位的哪类办事接触何日得到几级评价、是否有效；不涉及办件、评价人和经办人",
            "which office's contact was rated how, on which day, and whether it counts; no case, nobody is named",
        ),
    )
    id: UUID = Field(description="评价标识 id of the rating", examples=["0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="受理地 area of the counter", examples=["450481114201"])
    department: Code = Field(description="部门 department of the item", examples=["civil_affairs"])
    category: Code = Field(description="事项分类 category of the item", examples=["social_assistance"])
    contact: RatingContact = Field(description="评价环节 which contact was rated", examples=["closing"])
    contact_on: date = Field(description="接触日 day of the contact", examples=["2026-11-06"])
    channel_used: RatingChannel = Field(description="评价渠道 how it came", examples=["link"])
    level: int = Field(description="评价等级 5 (非常满意) to 1 (非常不满意)", examples=[4])
    rated_on: date = Field(description="评价日 day on which it was given", examples=["2026-11-07"])
    status: RatingStatus = Field(description="状态 whether it counts", examples=["valid"])


class RatingGiven(Fact[RatingState]):
    """Somebody rated a contact (评价)."""

    type: ClassVar = "services_hall.rating.given"
    example: ClassVar = {"state": {"version": 1}}


class RatingWithdrawn(Fact[RatingState]):
    """It was given or entered by mistake and is taken back (撤回)."""

    type: ClassVar = "services_hall.rating.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class RatingOverturned(Fact[RatingState]):
    """A review found it mistaken or malicious: it does not count (复核不计)."""

    type: ClassVar = "services_hall.rating.overturned"
    example: ClassVar = {"state": {"version": 2, "level": 1, "status": "overturned"}}


class RatingRestored(Fact[RatingState]):
    """That review was taken back: it counts again (恢复计入)."""

    type: ClassVar = "services_hall.rating.restored"
    example: ClassVar = {"state": {"version": 3, "level": 1}}


class RatingRestated(Fact[RatingState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.rating.restated"
    example: ClassVar = {"state": {"version": 1}}
