"""办件登记事项: what a granted case changes in the register, asked for by the hall and answered by registry."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.effect_answers import EffectRequest
from shared.contracts.envelope import AreaCode, Fact
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class CaseEffectKind(NamedCode):
    """What a granted case may change in the register."""

    RESIDENCE_REGISTRATION = "residence_registration", "居住登记"
    RESIDENCE_CHANGE = "residence_change", "居住登记变更"
    RESIDENCE_CANCELLATION = "residence_cancellation", "居住登记注销"
    MINIMUM_LIVING = "minimum_living", "最低生活保障"


class CaseEffectState(EffectRequest):
    """A change of the register that follows from a granted case, by the case's id: who, what, where, from which day."""

    noun: ClassVar = "services_hall.case_effect"
    channel: ClassVar = Topic(
        noun,
        "services_hall.case_effects_restricted",
        readers=("registry",),
        published=False,
        tells=(
            "哪件准予的办件提请为哪位居民（按标识）在底册办理何种登记，以及办理结果",
            "which granted case asks for which change of the register for which person (by id), and the answer",
        ),
    )
    person_id: UUID = Field(
        description="居民标识 id of the applicant in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    kind: CaseEffectKind = Field(description="登记事项 what is changed", examples=["residence_registration"])
    area: AreaCode = Field(description="登记地 village or grid where it is changed", examples=["450481114201"])
    starts_on: date = Field(
        description="起始日 first day on which it holds; of a cancellation the day of leaving", examples=["2026-11-05"]
    )


class CaseEffectAsked(Fact[CaseEffectState]):
    """Registry is asked to change it."""

    type: ClassVar = "services_hall.case_effect.asked"


class CaseEffectAnswered(Fact[CaseEffectState]):
    """Registry has applied it, refused it, or taken back what it had applied."""

    type: ClassVar = "services_hall.case_effect.answered"
    example: ClassVar = {"state": {"version": 2, "status": "applied", "answered_at": "2026-11-05T03:00:01Z"}}


class CaseEffectRestated(Fact[CaseEffectState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.case_effect.restated"
