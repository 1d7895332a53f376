"""Bodies of movements (迁移): moves in and out, and deaths."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.households.domain import Succession
from services.registry.households.schemas import NewHead
from services.registry.persons.schemas import Registration, Residence
from shared.contracts.registry.postings import Book
from shared.http.schemas import Body, Day


class Movement(Body):
    """What every move and death states."""

    occurred_on: Day = Field(description="发生日 day on which it happened")
    reported_on: Day | None = Field(default=None, description="申报日 day on which it was reported; today if absent")
    new_head: NewHead | None = Field(default=None, description="新户主 needed if a head leaves members behind")

    def succession(self) -> Succession | None:
        return self.new_head.succession() if self.new_head else None


class MoveIn(Movement):
    """A move in (迁入), from elsewhere or from another village of the county."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"occurred_on": "2026-03-16", "residence": {"area": "450481100201"}}]}
    )

    residence: Residence | None = Field(default=None, description="新居住地 where the person lives from that day")
    registration: Registration | None = Field(
        default=None, description="新户籍地 where the person is registered from that day"
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.residence is None and self.registration is None:
            raise PydanticCustomError("somewhere", "居住地与户籍地至少填写一项")
        return self


class MoveOut(Movement):
    """A move out of the county (迁出), in one book or both."""

    books: list[Book] = Field(
        default=[Book.RESIDENCE, Book.REGISTRATION],
        min_length=1,
        max_length=2,
        description="账簿 what is left: residence, registration or both",
    )


class Death(Movement):
    """A death: `occurred_on` is its day."""

    maternal: bool = Field(
        default=False, description="孕产妇死亡 true if she died in pregnancy or within 42 days of its end"
    )


class Absence(Body):
    """Somebody went missing, or was found: `occurred_on` is the day."""

    occurred_on: Day = Field(description="发生日 day on which it happened")
    reported_on: Day | None = Field(default=None, description="申报日 day on which it was reported; today if absent")
