"""What a case changes in the register, and registry's answer, as a clerk sees them."""

from datetime import date
from typing import Self

from pydantic import Field

from services.services_hall.case_effects.domain import NOT_OF_REGISTER, told
from services.services_hall.cases.service.reads import CaseDetail
from services.services_hall.cases.service.registering import planned
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.services_hall.case_effects import CaseEffectKind
from shared.http.schemas import Instant, View


class CaseEffectView(View):
    """What a case changes in the register if it is granted, and registry's answer."""

    kind: CaseEffectKind = Field(
        description="登记事项 code list `case_effect_kinds`", examples=["residence_registration"]
    )
    area: str | None = Field(
        description="登记地 village or grid; null while it is to be entered", examples=["450481114201"]
    )
    starts_on: date | None = Field(
        description="起始日 first day; null before the decision unless it was entered", examples=["2026-11-05"]
    )
    status: EffectStatus | None = Field(
        description="底册答复 code list `effect_statuses`; null while nothing is asked for", examples=["refused"]
    )
    asked: int = Field(description="提请次数 how often registry was asked", examples=[1])
    answered_at: Instant | None = Field(description="答复时间 when registry answered; null while it has not")
    code: str | None = Field(description="拒绝原因代码 code of registry's refusal", examples=["person_already_active"])
    reason: str | None = Field(description="原因 why nothing is registered", examples=["该人员已在此登记"])
    advice: str | None = Field(description="处理办法 what is done next", examples=["无须重复登记"])

    @classmethod
    def of(cls, detail: CaseDetail) -> Self | None:
        said, asked, case = detail.content.effect, detail.effect, detail.case
        if said is None:
            return None
        if asked is None:
            area, day = planned(case, said)
            why = NOT_OF_REGISTER if case.person_id is None else None
            status = code = answered_at = None
        else:
            area, day, status, code = asked.area, asked.starts_on, EffectStatus(asked.status), asked.code
            answered_at, why = asked.answered_at, told(asked.status, asked.code)
        return cls(
            kind=CaseEffectKind(said["kind"]),
            area=area,
            starts_on=day,
            status=status,
            asked=0 if asked is None else asked.asked,
            answered_at=answered_at,
            code=code,
            reason=why and why.reason,
            advice=why and why.advice,
        )
