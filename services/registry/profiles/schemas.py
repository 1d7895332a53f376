"""Bodies of community profiles (社区概况)."""

from datetime import date

from pydantic import Field

from services.registry.profiles.domain import BANDS, told
from services.registry.profiles.service import Profile
from shared.contracts.registry.facilities import DailyNeed, FacilityKind
from shared.contracts.registry.organisations import OrganisationKind
from shared.http.schemas import View

Cells = dict[str, int | None]
"""By code; null: a count too small to be told to this caller."""


class PeopleView(View):
    """Persons of the area."""

    residents: int | None = Field(description="常住 active residents, as `countPersons` counts them", examples=[2016])
    residents_missing: int | None = Field(description="常住失踪 residents who are missing", examples=[0])
    registered: int | None = Field(description="户籍 active persons who are registered here", examples=[2311])
    registered_missing: int | None = Field(description="户籍失踪 of those registered here, the missing", examples=[0])
    by_sex: Cells = Field(description="按性别 active residents by sex, GB/T 2261.1", examples=[{"1": 1034, "2": 982}])
    by_age: Cells = Field(
        description=f"按年龄段 active residents by age: {', '.join(BANDS)}; a year is full on the first day of the "
        "month after the birthday's, as in indicators",
        examples=[{"0-6": 121, "7-14": 187, "15-59": 1210, "60-64": 180, "65-79": 260, "80+": 58}],
    )
    tags: Cells = Field(
        description="关爱类标签 held today by active residents, by code", examples=[{"elder_alone": 17}]
    )
    restricted_tags: Cells | None = Field(
        description="敏感类标签 held today, by code; null for who may not know of them", examples=[None]
    )


class HomesView(View):
    """Households and where they live."""

    households: int | None = Field(
        description="户数 active households, as `countHouseholds` counts them", examples=[640]
    )
    households_by_kind: Cells = Field(description="按户类型 by kind", examples=[{"legal": 640}])
    buildings: int = Field(description="楼栋 buildings that stand", examples=[210])
    dwellings: int = Field(description="房屋 dwellings that are there", examples=[655])
    dwellings_by_use: dict[str, int] = Field(
        description="按使用情况 by their newest use; those of which none is known are left out", examples=[{"let": 41}]
    )


class SeatsView(View):
    """Organisations and facilities."""

    organisations: int = Field(description="组织 active organisations", examples=[12])
    organisations_by_kind: dict[OrganisationKind, int] = Field(
        description="按组织类别 by kind", examples=[{"collective": 1, "volunteer_team": 2}]
    )
    facilities: int = Field(description="设施 open facilities", examples=[14])
    facilities_by_kind: dict[FacilityKind, int] = Field(
        description="按设施类别 by kind", examples=[{"service_hall": 1, "outlet": 6}]
    )
    lacking_facilities: list[FacilityKind] = Field(
        description="“1+8”欠缺 of the committees' office and the eight places of service those of which none is open"
    )
    by_need: dict[DailyNeed, int] = Field(
        description="按满足的需要 open facilities by the need they serve", examples=[{"shopping": 3}]
    )
    lacking_needs: list[DailyNeed] = Field(description="六不出社区欠缺 daily needs that no open facility serves")
    floor_area: str = Field(description="设施面积 of the open facilities together, in m²", examples=["1320.50"])


class ProfileView(View):
    """What an area has today."""

    area: str = Field(description="区划代码 code of the area or grid", examples=["450481100201"])
    name: str | None = Field(description="名称 of the area; null for a grid", examples=["探花村"])
    on: date = Field(description="日期 the day as of which it is counted: today")
    exact: bool = Field(
        description="足数 true for who may read the lists of people here; else counts of people from 1 to 4 are null, "
        "and the others multiples of 5"
    )
    people: PeopleView = Field(description="人口 persons")
    homes: HomesView = Field(description="住户和房屋 households and where they live")
    seats: SeatsView = Field(description="组织和设施 organisations and facilities")

    @classmethod
    def of(cls, area: str, profile: Profile) -> "ProfileView":
        """The view of a profile, with what is too small left out."""
        counts, exact = profile.counts, profile.exact

        def cells(found: dict[str, int]) -> Cells:
            return {code: told(count, exact=exact) for code, count in found.items()}

        people = PeopleView(
            residents=told(counts.residents, exact=exact),
            residents_missing=told(counts.residents_missing, exact=exact),
            registered=told(counts.registered, exact=exact),
            registered_missing=told(counts.registered_missing, exact=exact),
            by_sex=cells(dict(counts.by_sex)),
            by_age=cells(dict(counts.by_age)),
            tags=cells(dict(counts.tags)),
            restricted_tags=None if counts.restricted_tags is None else {**counts.restricted_tags},
        )
        homes = HomesView(
            households=told(sum(counts.households.values()), exact=exact),
            households_by_kind=cells(dict(counts.households)),
            buildings=counts.buildings,
            dwellings=counts.dwellings,
            dwellings_by_use=dict(counts.dwellings_by_use),
        )
        seats = SeatsView(
            organisations=sum(counts.organisations.values()),
            organisations_by_kind={OrganisationKind(kind): count for kind, count in counts.organisations.items()},
            facilities=sum(counts.facilities.values()),
            facilities_by_kind={FacilityKind(kind): count for kind, count in counts.facilities.items()},
            lacking_facilities=list(counts.lacking_facilities),
            by_need={need: counts.needs.get(need, 0) for need in DailyNeed},
            lacking_needs=list(counts.lacking_needs),
            floor_area=f"{counts.floor_area:.2f}",
        )
        return cls(area=area, name=profile.name, on=profile.on, exact=exact, people=people, homes=homes, seats=seats)
