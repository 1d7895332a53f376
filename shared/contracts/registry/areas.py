"""区划: administrative areas, province to village."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class AreaState(State):
    """An administrative area, province to village. `id` is `code`. Only the county carries `books_opened_on`."""

    noun: ClassVar = "registry.area"
    channel: ClassVar = Topic(
        noun,
        "registry.areas",
        readers=("services_hall", "grid", "indicators"),
        tells=(
            "区划及其沿革，公开信息",
            "the divisions and their history: public",
        ),
    )
    id: AreaCode = Field(description="区划代码 the code: an area's id on the bus", examples=["450481114201"])
    code: AreaCode = Field(description="区划代码 code of the area, 2 to 12 digits, unpadded", examples=["450481114201"])
    name: str = Field(description="区划名称 name of the area", examples=["木坪村村委会"])
    level: int = Field(description="级别 length of the code: 2, 4, 6, 9 or 12", examples=[12])
    kind: Code = Field(
        description="类别 province, prefecture, county, street, town, township, residents_committee, …",
        examples=["villagers_committee"],
    )
    parent: AreaCode | None = Field(
        description="上级区划 code of the area above; null for a province", examples=["450481114"]
    )
    valid_from: date = Field(description="启用日 first day on which the code is valid", examples=["2023-01-01"])
    valid_to: date | None = Field(
        default=None, description="停用日 first day on which it is no longer valid; null while it is"
    )
    successors: tuple[AreaCode, ...] = Field(
        default=(), description="继任区划 codes that carry on after it was abolished", examples=[[]]
    )
    village_type: Code | None = Field(
        default=None,
        description="城乡分类 urban-rural class of a village, three digits; null elsewhere",
        examples=["220"],
    )
    books_opened_on: date | None = Field(
        default=None, description="建账日 the day on which the county's books open; on the county only"
    )

    def is_valid_on(self, day: date) -> bool:
        """Whether the area exists on the day: from `valid_from` on, until the day before `valid_to`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class AreaOpened(Fact[AreaState]):
    """An area was imported for the first time."""

    type: ClassVar = "registry.area.opened"


class AreaRenamed(Fact[AreaState]):
    """The name changed; the code never does."""

    type: ClassVar = "registry.area.renamed"
    example: ClassVar = {"state": {"version": 2}}


class AreaAbolished(Fact[AreaState]):
    """The area was abolished; `successors` carry on."""

    type: ClassVar = "registry.area.abolished"
    example: ClassVar = {"state": {"version": 3, "valid_to": "2027-01-01", "successors": ["450481114202"]}}


class AreaReopened(Fact[AreaState]):
    """It exists on, as if it had not ended: a change of areas was undone, or one that was is carried out again."""

    type: ClassVar = "registry.area.reopened"
    example: ClassVar = {"state": {"version": 4}}


class AreaRestated(Fact[AreaState]):
    """The same version again, on request."""

    type: ClassVar = "registry.area.restated"
