"""Tables of facilities: exactly what is wrong is told, what was taken out is taken in unchanged."""

from typing import Any

import pytest
from httpx import AsyncClient

from services.registry.facilities.domain import Hours
from services.registry.facility_tables.domain import read_hours, written_hours
from tests.registry.builders import TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.person_imports.conftest import Lists, Work, figures
from tests.registry.steps import FAR_CLERK, given
from tests.registry.tables import read_table, text_of

API = "/registry/v1/facilities"
IMPORTS, EXPORTS = "/registry/v1/facility-imports", "/registry/v1/facility-exports"
PLACE = {"类别": "便民超市", "启用日期": "2024-05-20"}


@pytest.fixture
def tables(officer: AsyncClient, do_work: Work) -> Lists:
    return Lists(officer, do_work, IMPORTS)


async def listed(client: AsyncClient) -> dict[str, dict[str, Any]]:
    """Facilities of the village by name; the count says as many."""
    found = given(await client.get(API, params={"area": VILLAGE, "limit": 200}))["items"]
    assert given(await client.get(f"{API}/count", params={"area": VILLAGE}))["count"] == len(found)
    return {one["name"]: one for one in found}


async def test_exactly_what_is_wrong_is_told_and_what_is_taken_out_is_known_when_it_comes_back(
    tables: Lists, officer: AsyncClient, do_work: Work
) -> None:
    whole = {"服务内容": "日常购物、农资购买", "地址": "探花村1号", "面积": "120.5", "工作人员": "3"}
    whole |= {"经度": "111.205", "纬度": "22.905", "营业时间": "1-5 08:30-17:30；6,7 09:00-12:00"}
    rows = [
        {"名称": "便民超市", **PLACE, **whole},
        {"名称": "书屋", **PLACE, "类别": "图书阅览室"},
        {"名称": "错时", **PLACE, "营业时间": "每天八点"},
        {"名称": "反时", **PLACE, "营业时间": "1-5 17:30-08:30"},
        {"名称": "半点", **PLACE, "经度": "111.2"},
        {"名称": "零面积", **PLACE, "面积": "0"},
        {"名称": "书屋", **PLACE},
    ]
    checked = await tables.checked(text_of(rows))
    assert [(row, code) for row, _, code in sorted(await tables.findings(checked))] == [
        (4, "opening_hours"),
        (5, "range"),
        (6, "missing"),
        (7, "range"),
        (8, "duplicate"),
    ]
    assert await listed(officer) == {}
    done = await tables.committed(checked)
    assert figures(done) == ("done", 2, 5, 2, 0, 0)
    shop = (await listed(officer))["便民超市"]
    assert (shop["serves"], shop["floor_area"], shop["staff"]) == (["shopping", "farm_supplies"], "120.50", 3)
    assert shop["hours"][1] == {"days": [6, 7], "opens": "09:00", "closes": "12:00"}
    begun = given(await officer.post(EXPORTS, json={"purpose": "statistics", "area": TOWN}), 201)
    await do_work()
    content = (await officer.get(f"{EXPORTS}/{begun['id']}/content")).content
    out = await read_table(content)
    assert [row["设施名称"] for row in out] == ["便民超市", "书屋"]
    again = await tables.checked(text_of(out))
    assert await tables.findings(again) == []
    assert figures(again) == ("checked", 0, 0, 0, 2, 0)


async def test_a_point_outside_the_country_is_refused_at_its_cell(tables: Lists) -> None:
    done = await tables.taken(text_of([{"名称": "远", **PLACE, "经度": "22.905", "纬度": "89"}]))
    assert figures(done) == ("done", 1, 0, 0, 0, 1)
    [(_, column, code)] = await tables.findings(done)
    assert (column, code) == ("D", "facility_point_far")


async def test_nobody_imports_or_takes_out_of_areas_of_others(client_of: Client, do_work: Work, county: None) -> None:
    far = client_of(*FAR_CLERK)
    assert (await Lists(far, do_work, IMPORTS).begun(text_of([{"名称": "店", **PLACE}]))).status_code == 404
    assert (await far.post(EXPORTS, json={"purpose": "statistics", "area": VILLAGE})).status_code == 404


def test_opening_hours_are_read_as_they_are_written() -> None:
    spells = (Hours((1, 2, 3), "08:30", "12:00"), Hours((6,), "00:00", "24:00"))
    text = written_hours([(one.days, one.opens, one.closes) for one in spells])
    assert text == "1,2,3 08:30-12:00；6 00:00-24:00"
    assert read_hours(text) == spells
    assert read_hours("1-3,5 08:30-12:00") == (Hours((1, 2, 3, 5), "08:30", "12:00"),)
    for wrong in ("", "8 08:30-12:00", "3-1 08:30-12:00", "1 24:30-25:00", "1 8:30-12:00", "1-3-5 08:30-12:00"):
        assert read_hours(wrong) is None, wrong
