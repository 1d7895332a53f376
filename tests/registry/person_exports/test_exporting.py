"""Exports of residents: by area, masked by role, with purpose and watermark, judged again when they are fetched."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.person_imports.conftest import Work
from tests.registry.steps import FAR_CLERK, PERSONS, given
from tests.shared.spreadsheets.workbooks import rows_of

EXPORTS = "/registry/v1/person-exports"
OFFICER = ("town_officer", TOWN)


@pytest.fixture(autouse=True)
async def people(client_of: Client, county: None) -> None:
    """One in VILLAGE, whose address would be a formula; one in SISTER; one in FAR."""
    body = a_person(name="张三丰", address='=HYPERLINK("x")')
    given(await client_of("village_clerk", VILLAGE).post(PERSONS, json=body), 201)
    there = {"residence": {"area": SISTER}, "registration": {"area": SISTER}}
    given(await client_of(*OFFICER).post(PERSONS, json=a_person(name="李四", **there)), 201)
    away = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    given(await client_of(*FAR_CLERK).post(PERSONS, json=a_person(name="王五", **away)), 201)


async def exported(client: AsyncClient, work: Work, area: str, **asked: Any) -> tuple[str, bytes]:
    """The id of an export, and what it wrote."""
    begun = given(await client.post(EXPORTS, json={"purpose": "statistics", "area": area, **asked}), 201)
    await work()
    assert given(await client.get(f"{EXPORTS}/{begun['id']}"))["status"] == "done"
    content = await client.get(f"{EXPORTS}/{begun['id']}/content")
    assert content.status_code == 200, content.text
    return begun["id"], content.content


async def table(data: bytes) -> list[dict[str, str]]:
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(data)]
    return [{rows[1][at]: cell for at, cell in row.items()} for row in rows[2:]]


@pytest.mark.parametrize("written", ["xlsx", "csv"])
async def test_residents_of_an_area_are_taken_out_masked_with_a_watermark(
    client_of: Client,
    do_work: Work,
    written: str,
) -> None:
    officer = client_of(*OFFICER, subject="exporter")
    _, data = await exported(officer, do_work, TOWN, format=written)
    rows = await table(data)
    assert [(row["姓名"], row["联系电话"], row["居住地代码"], row["出生日期"]) for row in rows] == [
        ("张*丰", "138****8000", VILLAGE, "1960-05"),
        ("李*", "138****8000", SISTER, "1960-05"),
    ]
    assert all("*" in row["证件号码"] for row in rows)
    [mark] = [cell.text for cell in (await rows_of(data))[0].cells.values()]
    assert mark.startswith("导出人：镇街干部 exporter　用途：统计　时间：2026-")
    listed = given(await officer.get(f"{PERSONS}/count", params={"area": TOWN}))["count"]
    assert len(rows) == listed


async def test_in_full_is_for_who_may_and_nothing_in_it_is_run(
    client_of: Client,
    do_work: Work,
    committed: Database,
    app: Any,
) -> None:
    assert (
        await client_of(*OFFICER).post(EXPORTS, json={"purpose": "statistics", "area": VILLAGE, "full": True})
    ).status_code == 403
    registrar = client_of("county_registrar", COUNTY, subject="registrar")
    _, data = await exported(registrar, do_work, VILLAGE, full=True, format="csv")
    assert "'=HYPERLINK" in data.decode("utf-8-sig")
    assert "张三丰" in data.decode("utf-8-sig")
    async with committed.session() as session:
        noted = set(await session.scalars(text("SELECT action FROM access_log WHERE subject = 'registrar'")))
    assert {"export", "list", "read", "read_export"} <= noted


async def test_who_may_not_take_out_takes_nothing(client_of: Client) -> None:
    asked = {"purpose": "statistics", "area": VILLAGE}
    assert (await client_of("grid_worker", VILLAGE).post(EXPORTS, json=asked)).status_code == 403
    assert (await client_of(*FAR_CLERK).post(EXPORTS, json=asked)).status_code == 404
    assert (await client_of("village_clerk", VILLAGE).post(EXPORTS, json=asked | {"area": TOWN})).status_code == 404
    assert (await client_of(*OFFICER).post(EXPORTS, json={"area": VILLAGE})).status_code == 422, "no purpose"
    begun = given(await client_of(*OFFICER).post(EXPORTS, json=asked), 201)
    other = client_of(*OFFICER, subject="another")
    for method, path in (("GET", ""), ("GET", "/content"), ("POST", "/cancel")):
        assert (await other.request(method, f"{EXPORTS}/{begun['id']}{path}")).status_code == 404
    cancelled = await client_of(*OFFICER).post(f"{EXPORTS}/{begun['id']}/cancel")
    assert given(cancelled)["status"] == "cancelled"


@pytest.mark.parametrize("left", [("village_clerk", VILLAGE), ("grid_head", TOWN), ("town_officer", FAR[:9])])
async def test_a_table_is_fetched_as_long_as_the_grants_stand(
    client_of: Client,
    do_work: Work,
    left: tuple[str, str],
) -> None:
    made, _ = await exported(client_of(*OFFICER, subject="exporter"), do_work, TOWN)
    answer = await client_of(*left, subject="exporter").get(f"{EXPORTS}/{made}/content")
    assert answer.status_code in (403, 404)
