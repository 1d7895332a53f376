"""Bodies of lists that are handed in at the counter."""

from pydantic import Field

from shared.contracts.county.lists import ListKind
from shared.contracts.envelope import AreaCode
from shared.http.import_routes import BeginTableImport
from shared.http.schemas import Day
from shared.reference.areas import COUNTY_DIGITS, VILLAGE_DIGITS


class BeginListImport(BeginTableImport):
    """Which table is checked, what it lists, of which area all of it, and as of which day."""

    kind: ListKind = Field(description="名单类别 what the persons on it receive or are", examples=["minimum_living"])
    area: AreaCode = Field(
        min_length=COUNTY_DIGITS,
        max_length=VILLAGE_DIGITS,
        description="区划代码 county, town or village for which the list is complete",
        examples=["450481100201"],
    )
    as_of: Day = Field(description="数据日期 day on which the list is so; not in the future", examples=["2026-02-20"])
