"""Tables of organisations: exactly what is wrong is told, nothing is overwritten, what is taken out is masked."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.person_imports.conftest import Lists, Work, figures
from tests.registry.steps import FAR_CLERK, given
from tests.registry.tables import read_table, text_of

API = "/registry/v1/organisations"
IMPORTS, EXPORTS = "/registry/v1/organisation-imports", "/registry/v1/organisation-exports"


def a_row(name: str, **what: str) -> dict[str, str]:
    titles = {"kind": "类别", "code": "信用代码", "members": "人数", "began": "成立时间", "address": "住所"}
    titles |= {"registration": "登记情况", "registered": "登记日期", "responsible": "法定代表人", "phone": "电话"}
    titles |= {"area": "区划代码"}
    told = {"kind": "社会组织", "began": "2024-05-20", **what}
    return {"名称": name, **{titles[key]: value for key, value in told.items()}}


@pytest.fixture
def tables(officer: AsyncClient, do_work: Work) -> Lists:
    return Lists(officer, do_work, IMPORTS)


async def listed(client: AsyncClient, area: str = VILLAGE) -> dict[str, dict[str, Any]]:
    """Organisations of an area by name; the count says as many."""
    found = given(await client.get(API, params={"area": area, "limit": 200}))["items"]
    assert given(await client.get(f"{API}/count", params={"area": area}))["count"] == len(found)
    return {one["name"]: one for one in found}


async def test_exactly_what_is_wrong_is_told_and_the_rest_is_entered_once(
    tables: Lists, officer: AsyncClient, events: Events, committed: Database
) -> None:
    rows = [
        a_row("老年协会", members="42", responsible="欧阳示例", phone="13800000000", address="示例路2号"),
        a_row("志愿队", kind="志愿服务队伍", area=SISTER),
        a_row("某公司", kind="驻区单位", code="91110000600037341L"),
        a_row("错类", kind="乐队"),
        a_row("将来", began="2026-03-17"),
        a_row("老年 协会"),
        a_row("外村", area=FAR),
        a_row("无村", area="450481100999"),
        a_row("错码", kind="驻区单位", code="91110000600037341X"),
        a_row("矛盾", code="51110000600037341L", registration="未登记备案"),
        a_row("人数", members="-1"),
        a_row("半数", registered="2024-01-01"),
    ]
    checked = await tables.checked(text_of(rows))
    found = {(row, code) for row, _, code in await tables.findings(checked)}
    assert {row for row, _ in found} == {5, 6, 7, 8, 9, 10, 11, 12, 13}
    assert {
        (5, "not_a_choice"),
        (6, "organisation_dates_wrong"),
        (7, "duplicate"),
        (8, "area_outside"),
        (9, "unknown_area"),
        (10, "checksum"),
        (12, "range"),
        (13, "not_registered"),
    } <= found
    assert figures(checked) == ("checked", 3, 9, 0, 0, 0)
    assert await listed(officer, TOWN) == {}, "a check changes nothing"
    done = await tables.committed(checked)
    assert figures(done) == ("done", 3, 9, 3, 0, 0)
    entered = await listed(officer, TOWN)
    assert set(entered) == {"老年协会", "志愿队", "某公司"}
    assert entered["某公司"]["registration"] == "registered"
    assert (entered["老年协会"]["responsible"], entered["老年协会"]["members"]) == ("欧阳示例", 42)
    assert len(await events("registry.organisation.entered")) == 3
    again = await tables.checked(text_of(rows))
    assert figures(again)[1:] == (0, 9, 0, 3, 0)
    assert (await officer.post(f"{IMPORTS}/{again['id']}/commit")).json()["code"] == "nothing_to_import"
    asked = text("SELECT count(*) FROM access_log WHERE action = 'enter_organisation'")
    async with committed.session() as session:
        assert await session.scalar(asked) == 3


async def test_newer_knowledge_stands(tables: Lists, officer: AsyncClient) -> None:
    made = text_of([a_row("老年协会", members="42"), a_row("书画社"), a_row("棋社")])
    await tables.taken(made)
    there = await listed(officer)
    society, club = there["老年协会"], there["书画社"]
    known = ("area", "kind", "name", "registration", "began_on", "credit_code", "registered_on")
    body = {name: society[name] for name in known if society[name] is not None} | {"members": 50}
    given(await officer.post(f"{API}/{society['id']}/correct", json=body))
    given(await officer.post(f"{API}/{club['id']}/end", json={"ended_on": "2026-03-10"}))
    checked = await tables.checked(made)
    assert await tables.findings(checked) == [
        (2, column_of(made, "人数"), "differs_from_register"),
        (3, "A", "not_active_in_register"),
    ]
    assert figures(checked) == ("checked", 0, 2, 0, 1, 0)
    assert (await listed(officer))["老年协会"]["members"] == 50
    less = text_of([a_row("老年协会"), a_row("书画社", members="3")])
    checked = await tables.checked(less)
    assert await tables.findings(checked) == [(3, "A", "not_active_in_register")], "what is not said is not compared"


def column_of(data: bytes, title: str) -> str:
    return "ABCDEFGH"[data.decode().splitlines()[0].split(",").index(title)]


async def test_what_was_entered_between_the_check_and_the_taking_in_is_not_entered_twice(
    tables: Lists, officer: AsyncClient
) -> None:
    checked = await tables.checked(text_of([a_row("老年协会"), a_row("书画社", members="3"), a_row("棋社")]))
    for name, members in (("老年协会", None), ("书画社", 4)):
        body = {"area": VILLAGE, "kind": "social_organisation", "name": name, "began_on": "2024-05-20"}
        given(await officer.post(API, json=body if members is None else {**body, "members": members}), 201)
    done = await tables.committed(checked)
    assert figures(done) == ("done", 3, 0, 1, 1, 1)
    assert [code for *_, code in await tables.findings(done)] == ["differs_from_register"]
    assert (await listed(officer))["书画社"]["members"] == 4


async def test_nobody_imports_into_areas_of_others(client_of: Client, do_work: Work, county: None) -> None:
    answer = await Lists(client_of(*FAR_CLERK), do_work, IMPORTS).begun(text_of([a_row("老年协会")]))
    assert answer.status_code == 404
    worker = client_of("grid_worker", VILLAGE)
    assert (await Lists(worker, do_work, IMPORTS).begun(text_of([a_row("老年协会")]))).status_code == 403


@pytest.mark.parametrize("written", ["xlsx", "csv"])
async def test_what_is_taken_out_is_masked_in_scope_and_harmless(
    client_of: Client, officer: AsyncClient, do_work: Work, committed: Database, written: str
) -> None:
    who = {"responsible": "欧阳示例", "phone": "13800000000"}
    body = {"area": VILLAGE, "kind": "social_organisation", "name": "=cmd协会", "began_on": "2024-05-20", **who}
    given(await officer.post(API, json={**body, "address": "示例路2号"}), 201)
    far = {**body, "area": FAR, "name": "外村协会"}
    given(await client_of(*FAR_CLERK).post(API, json=far), 201)

    async def taken_out(client: AsyncClient, **asked: Any) -> list[dict[str, str]]:
        begun = given(await client.post(EXPORTS, json={"purpose": "statistics", "area": TOWN, **asked}), 201)
        await do_work()
        content = await client.get(f"{EXPORTS}/{begun['id']}/content")
        assert content.status_code == 200, content.text
        return await read_table(content.content)

    [row] = await taken_out(officer, format=written)
    assert row["组织名称"].lstrip("'") == "=cmd协会"
    assert (row["负责人"], row["联系电话"], "示例路2号" in row.values()) == ("欧**例", "138****0000", False)
    [row] = await taken_out(officer, format=written, full=True)
    assert (row["负责人"], row["联系电话"], row["地址"]) == ("欧阳示例", "13800000000", "示例路2号")
    assert await taken_out(officer, format=written, status="ended") == []
    other = client_of("county_officer", TOWN, subject="officer")
    answer = await other.post(EXPORTS, json={"purpose": "statistics", "area": TOWN, "full": True})
    assert answer.status_code == 403, "who answers for one is shown to who goes to the door"
    asked = text("SELECT count(*) FROM access_log WHERE action = 'export' AND noun = 'registry.organisation'")
    async with committed.session() as session:
        assert await session.scalar(asked) == 3
