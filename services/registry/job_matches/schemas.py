"""Bodies of the matching of job seekers (岗位匹配)."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.job_matches.domain.matches import JobAnswer, JobBearing, JobCriterion, Match, Promise, Weighed
from services.registry.job_matches.service.offering import OfferAnswered, ShownOffer
from services.registry.job_matches.service.suggesting import SuggestedSeeker, SuggestedVacancy
from shared.contracts.envelope import AreaCode
from shared.contracts.ledger_records import FieldName
from shared.http.schemas import Body, Day, View
from shared.ledgers.records.schemas import FreeText, RecordView

Number = Annotated[str, StringConstraints(min_length=1, max_length=30)]
VACANCY = {"number": "GW-001", "employer": "示例公司", "kind": "cleaning", "wage_from": 220000}


class ConfirmJobMatch(Body):
    """A vacancy that is offered to a job seeker."""

    seeker_id: UUID = Field(description="求职人员记录 record of the job seeker")
    vacancy_id: UUID = Field(description="岗位记录 record of the vacancy")
    number: Number = Field(description="推荐编号 of the new offer, once in the ledger", examples=["TJ-013"])
    note: FreeText | None = Field(default=None, description="备注 remark in words; encrypted", examples=["已电话告知"])


class AnswerJobOffer(Body):
    """What came of an offer."""

    outcome: JobAnswer = Field(description="结果 taken on, started, declined, or refused", examples=["declined"])
    declined_for: FieldName | None = Field(
        default=None, description="未接受原因 of a declined one, by the ledger's choices", examples=["distance"]
    )
    suitable: bool | None = Field(
        default=None,
        description="岗位适合 of a declined one: whether the vacancy suited; null: nobody says so",
        examples=[True],
    )
    started_on: Day | None = Field(default=None, description="上岗日期 of who started", examples=[None])
    employer: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, description="用人单位 of who started; null: the offer's", examples=[None]
    )
    reason: FreeText | None = Field(
        default=None, description="理由 why the employer refused; encrypted", examples=[None]
    )

    def fields(self) -> OfferAnswered:
        return OfferAnswered(**{name: getattr(self, name) for name in AnswerJobOffer.model_fields})


class UndoJobOffer(Body):
    """Why the last answer is taken back."""

    reason: FreeText = Field(description="理由 why, in words; encrypted", examples=["登记时选错"])


class WeighedView(View):
    """One criterion of a match."""

    criterion: JobCriterion = Field(description="比较项目 what is compared", examples=["kind"])
    bearing: JobBearing = Field(description="比较结果 how it bears on the match", examples=["fits"])
    points: int = Field(description="得分", examples=[40])
    of: int = Field(description="满分 most that it can give", examples=[40])
    words: str = Field(description="说明 why, in Chinese", examples=["岗位为保洁，符合意向工种"])

    @classmethod
    def of_one(cls, one: Weighed) -> Self:
        return cls(criterion=one.criterion, bearing=one.bearing, points=one.points, of=one.of, words=one.words)


class MatchView(View):
    """How a vacancy suits a job seeker."""

    score: int = Field(description="得分 out of one hundred: the sum of the criteria's points", examples=[86])
    suitable: bool = Field(description="适合 true: nothing speaks against it", examples=[True])
    criteria: list[WeighedView] = Field(description="理由 what speaks for it and what against")

    @classmethod
    def of(cls, match: Match) -> Self:
        criteria = [WeighedView.of_one(one) for one in match.criteria]
        return cls(score=match.score, suitable=match.suitable, criteria=criteria)


class PromiseView(View):
    """Where a job seeker stands by the promise of a community without unemployment (零失业社区)."""

    within: bool = Field(description="承诺范围内 can work and does not pick", examples=[True])
    settled: bool = Field(description="已安置或在培训", examples=[False])
    offers: int = Field(description="推荐次数 that the caller may see", examples=[2])
    suitable: int = Field(description="其中适合的 not said to be unsuitable", examples=[2])
    declined: int = Field(description="拒绝适合岗位次数 suitable ones that were declined", examples=[1])
    promised: int = Field(description="承诺推荐次数 suitable offers that are promised", examples=[3])
    exhausted: bool = Field(
        description="承诺已履行 as many suitable offers were declined: a clerk decides whether the seeker picks",
        examples=[False],
    )

    @classmethod
    def of(cls, one: Promise) -> Self:
        return cls(
            within=one.within,
            settled=one.settled,
            offers=one.offers,
            suitable=one.suitable,
            declined=one.declined,
            promised=one.promised,
            exhausted=one.is_exhausted,
        )


class SuggestedVacancyView(View):
    """A vacancy that is suggested."""

    id: UUID = Field(description="岗位记录 record of the vacancy")
    area: AreaCode = Field(description="所属区域 where the vacancy lies", examples=["450481114201"])
    values: dict[str, Any] = Field(description="岗位内容 what you may see of it; nobody's name", examples=[VACANCY])
    match: MatchView = Field(description="匹配情况")

    @classmethod
    def of(cls, one: SuggestedVacancy) -> Self:
        return cls(id=one.record.id, area=one.record.area, values=dict(one.values), match=MatchView.of(one.match))


class SuggestedVacanciesView(View):
    """Vacancies for a job seeker."""

    seeker: RecordView = Field(description="求职人员 masked")
    promise: PromiseView = Field(description="承诺情况")
    items: list[SuggestedVacancyView] = Field(description="推荐岗位 best first")


class SuggestedSeekerView(View):
    """A job seeker who is suggested, masked."""

    seeker: RecordView = Field(description="求职人员 masked")
    match: MatchView = Field(description="匹配情况")

    @classmethod
    def of(cls, one: SuggestedSeeker) -> Self:
        return cls(seeker=RecordView.of(one.shown), match=MatchView.of(one.match))


class SuggestedSeekersView(View):
    """Job seekers for a vacancy."""

    vacancy_id: UUID = Field(description="岗位记录 record of the vacancy")
    values: dict[str, Any] = Field(description="岗位内容 what you may see of it; nobody's name", examples=[VACANCY])
    items: list[SuggestedSeekerView] = Field(description="推荐人员 best first")


class JobOfferView(View):
    """An offer, and where its job seeker stands."""

    offer: RecordView = Field(description="推荐记录 masked")
    seeker_id: UUID | None = Field(
        description="求职人员记录 whose number the offer names; null: nobody in your scope has it"
    )
    seeker_status: str | None = Field(description="求职状态 of that record", examples=["placed"])
    promise: PromiseView | None = Field(description="承诺情况 null if it was not asked, or there is no such record")

    @classmethod
    def of(cls, shown: ShownOffer) -> Self:
        seeker = shown.seeker
        return cls(
            offer=RecordView.of(shown.offer),
            seeker_id=None if seeker is None else seeker.id,
            seeker_status=None if seeker is None else seeker.status,
            promise=None if shown.promise is None else PromiseView.of(shown.promise),
        )
