"""Items from tables and JSON: what is wrong is told at its place, the rest become drafts, what is the same stays."""

from typing import Any

import pytest

from services.services_hall.app import create_app
from services.services_hall.item_tables.domain import CellUnreadable, read_materials, read_places, read_steps
from services.services_hall.item_tables.schemas import Arrangement, shipped
from services.services_hall.items.domain.codes import ServiceWindow
from services.services_hall.settings import Settings
from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.reference.departments import DEPARTMENTS, ITEM_CATEGORIES
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from shared.testing.settings import settings_for
from tests.registry.tables import text_of
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    SECOND_OFFICER,
    VERSION,
    Facts,
    draft_version,
    every_page,
    publish_item,
    publish_version,
    refusal,
)
from tests.services_hall.item_tables.conftest import Work
from tests.shared.spreadsheets.workbooks import rows_of

ROW = {
    "事项编码": "LOCAL-01", "事项名称": "居住证明", "实施部门": "民政局", "事项分类": "社会救助", "办理方式": "限期办",
    "法定时限": "20", "承诺时限": "5", "受理层级": "乡镇（街道）、村（社区）",
}  # fmt: skip
WHOLE = {
    "申请材料": "居民身份证|复印件|1|必要\n居民户口簿|原件|1|可选|容缺",
    "审查环节": "镇级审核|乡镇（街道）|2\n县级审定|县级|3|health",
    "办理地点": "三堡镇便民服务中心|府前路 8 号|工作日|0774-8220000",
    "受理条件": "本县户籍\n年满 60 周岁", "服务窗口": "社会福利窗口", "履职事项清单": "配合履职",
    "结果类型": "证照", "结果名称": "居住证明", "收费": "5.50", "收费依据": "县价费 1 号", "关键词": "暂住",
}  # fmt: skip


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, tmp_path: Any) -> Door:
    settings = settings_for("services_hall", service_database.service_url, files=str(tmp_path))
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=committed))


async def checked(
    door: Door, do_work: Work, rows: list[dict[str, str]], who: Principal = COUNTY_OFFICER, area: str = "450481"
) -> Any:
    async with door.client(who) as client:
        file = (await client.post("/files", content=text_of(rows))).json()["id"]
        answer = await client.post("/item-imports", json={"file": file, "area": area})
        if answer.status_code != 201:
            return answer
        await do_work()
        return (await client.get(f"/item-imports/{answer.json()['id']}")).json()


async def committed_of(door: Door, do_work: Work, made: Any, who: Principal = COUNTY_OFFICER) -> Any:
    async with door.client(who) as client:
        answer = await client.post(f"/item-imports/{made['id']}/commit")
        assert answer.status_code == 200, answer.text
        await do_work()
        return (await client.get(f"/item-imports/{made['id']}")).json()


async def findings(door: Door, made: Any, who: Principal = COUNTY_OFFICER) -> list[tuple[int, str | None, str]]:
    async with door.client(who) as client:
        rows = await every_page(client, f"/item-imports/{made['id']}/findings")
    return [(one["row"], one["field"], one["code"]) for one in rows]


def figures(made: Any) -> tuple[Any, ...]:
    return tuple(made[name] for name in ("status", "right", "wrong", "taken", "unchanged", "refused"))


async def read(door: Door, path: str, who: Principal | None = CLERK) -> Any:
    async with door.client(who) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_row_becomes_a_draft_that_another_person_publishes(door: Door, do_work: Work, facts: Facts) -> None:
    done = await committed_of(door, do_work, await checked(door, do_work, [ROW | WHOLE]))
    assert figures(done) == ("done", 1, 0, 1, 0, 0)
    [draft] = (await read(door, "/item-drafts", SECOND_OFFICER))["items"]
    content = (await read(door, f"/items/{draft['item_id']}/draft", SECOND_OFFICER))["content"]
    assert (content["levels"], content["window"], content["duty"]) == ([9, 12], "jh_social_welfare", "shared")
    assert [(one["name"], one["form"], one["required"], one["deferrable"]) for one in content["materials"]] == [
        ("居民身份证", "copy", True, False), ("居民户口簿", "original", False, True),
    ]  # fmt: skip
    assert [(one["level"], one["days"], one["department"]) for one in content["steps"]] == [
        (9, 2, None), (6, 3, "health"),
    ]  # fmt: skip
    assert (content["fee_fen"], content["result"]) == (550, {"kind": "licence", "name": "居住证明"})
    assert (await read(door, f"/items/{draft['item_id']}"))["status"] == "draft"
    async with door.client(SECOND_OFFICER) as client:
        body = {"drafts": [{"item": draft["item_id"], "version": draft["version"]}]}
        assert (await client.post("/item-drafts/publish", json=body)).status_code == 200
    again = await checked(door, do_work, [ROW | WHOLE])
    assert (figures(again), await findings(door, again)) == (("checked", 0, 0, 0, 1, 0), [])
    assert len(await facts("services_hall.item")) == 2


async def test_exactly_what_is_wrong_is_told_at_its_column(door: Door, do_work: Work) -> None:
    item = await publish_item(door, "DRAFTED")
    await draft_version(door, item, promised_days=1)
    await publish_item(door, "OTHER", department="water")
    wrong = [
        ({}, None),
        ({"事项编码": "A-1", "实施部门": "不存在局"}, ("department", "code_unlisted")),
        ({"事项编码": "A-2", "承诺时限": "21"}, ("promised_days", "beyond_statutory")),
        ({"事项编码": "A-3", "申请材料": "身份证，复印件"}, ("materials", "cell")),
        ({"事项编码": "A-4", "审查环节": "审核|乡|2"}, ("steps", "cell")),
        ({"事项编码": "A-5", "审查环节": "审核|县级|9"}, ("steps", "beyond_promise")),
        ({"事项编码": "A-6", "办理方式": "有时办"}, ("handling_mode", "not_a_choice")),
        ({"事项编码": "A-7", "收费": "5"}, ("fee_basis", "missing")),
        ({"事项编码": "中文"}, ("code", "string_pattern_mismatch")),
        ({}, ("code", "duplicate")),
        ({"事项编码": "DRAFTED"}, ("code", "item_draft_waits")),
        ({"事项编码": "OTHER"}, ("department", "item_differs")),
        ({"事项编码": "A-8", "投诉电话": "电话号码"}, ("complaint_phone", "phone")),
        ({"事项编码": "A-9", "适用区域": "450"}, ("areas", "string_pattern_mismatch")),
    ]
    made = await checked(door, do_work, [ROW | changed for changed, _ in wrong])
    told = {row: (field, code) for row, field, code in await findings(door, made)}
    assert told == {row: expected for row, (_, expected) in enumerate(wrong, 2) if expected}
    assert figures(made)[1:3] == (1, len(wrong) - 1)


async def test_a_changed_row_becomes_the_next_version_and_keeps_what_no_column_says(door: Door, do_work: Work) -> None:
    form = {"fields": [{"name": "days", "title": "天数", "type": "integer"}]}
    materials = [{"name": "居民身份证", "form": "copy", "sample": "样表见窗口"}]
    item = await publish_item(door, "LOCAL-01", form=form, materials=materials)
    changed = ROW | {"承诺时限": "3", "申请材料": "居民身份证|复印件|2|必要"}
    await committed_of(door, do_work, await checked(door, do_work, [changed]))
    draft = await read(door, f"/items/{item}/draft", SECOND_OFFICER)
    assert [one["path"] for one in draft["changes"]] == ["promised_days", "materials.居民身份证.copies"]
    assert draft["content"]["form"]["fields"][0]["name"] == "days"
    assert draft["content"]["materials"][0]["sample"] == "样表见窗口"


async def test_the_table_that_is_taken_out_changes_nothing_when_it_comes_back(door: Door, do_work: Work) -> None:
    await publish_item(door, "PLAIN")
    taken = await committed_of(door, do_work, await checked(door, do_work, [ROW | WHOLE]))
    assert figures(taken)[3] == 1
    [draft] = (await read(door, "/item-drafts", SECOND_OFFICER))["items"]
    async with door.client(SECOND_OFFICER) as client:
        await client.post(f"/items/{draft['item_id']}/publish", headers={"If-Match": "*"})
        content = (await client.get("/item-table")).content
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(content)]
    out = [{rows[0][at].removesuffix("（元）"): text for at, text in row.items()} for row in rows[1:]]
    assert [row["事项编码"] for row in out] == ["LOCAL-01", "PLAIN"]
    assert out[0]["申请材料"] == WHOLE["申请材料"]
    again = await checked(door, do_work, out)
    assert (figures(again), await findings(door, again)) == (("checked", 0, 0, 0, 2, 0), [])


async def test_a_department_takes_in_its_own_items_and_nobody_below_the_county_any(door: Door, do_work: Work) -> None:
    health = Principal("health", (Grant("department_officer", "450481", "health"),))
    town = Principal("town", (Grant("department_officer", "450481114", "health"),))
    rows = [ROW, ROW | {"事项编码": "LOCAL-02", "实施部门": "health"}]
    made = await checked(door, do_work, rows, health)
    assert figures(made)[1:3] == (1, 1)
    assert await findings(door, made, health) == [(2, None, "forbidden")]
    assert refusal(await checked(door, do_work, rows, town))[0] in (403, 404)
    assert refusal(await checked(door, do_work, rows, health, area="450481114"))[0] == 404
    assert refusal(await checked(door, do_work, rows, health, area="450482"))[0] == 404
    assert refusal(await checked(door, do_work, rows, CLERK))[0] == 403


def entry(code: str, **content: Any) -> dict[str, Any]:
    own = {"code": code, "department": "civil_affairs", "category": "social_assistance"}
    return {**own, "content": {**VERSION, **content}}


async def test_json_is_taken_in_whole_or_not_at_all_and_says_first_what_it_would_do(door: Door, facts: Facts) -> None:
    item = await publish_item(door, "KNOWN")
    await publish_item(door, "SAME")
    entries = [entry("NEW"), entry("KNOWN", promised_days=1), entry("SAME")]
    before = len(await facts())
    async with door.client(COUNTY_OFFICER) as client:
        wrong = await client.post("/item-collection", json={"items": [*entries, entry("BAD", promised_days=21)]})
        twice = await client.post("/item-collection", json={"items": [entry("NEW"), entry("NEW")]})
        differs = {**entry("SAME"), "category": "other"}
        other = await client.post("/item-collection", json={"items": [entries[0], differs]})
        tried = await client.post("/item-collection", json={"items": entries, "dry_run": True})
        assert len(await facts()) == before
        taken = await client.post("/item-collection", json={"items": entries})
        again = await client.post("/item-collection", json={"items": entries})
    assert [(one["path"], one["code"]) for one in wrong.json()["errors"]] == [
        ("items.3.promised_days", "beyond_statutory")
    ]
    assert [one["path"] for one in twice.json()["errors"]] == ["items.1.code"]
    assert [one["path"] for one in other.json()["errors"]] == ["items.1.category"]
    outcomes = [("NEW", "drafted"), ("KNOWN", "changed"), ("SAME", "unchanged")]
    for answer in (tried, taken):
        assert [(one["code"], one["outcome"]) for one in answer.json()["items"]] == outcomes
    assert (tried.json()["dry_run"], taken.json()["dry_run"]) == (True, False)
    assert {one["outcome"] for one in again.json()["items"]} == {"unchanged"}
    assert (await read(door, f"/items/{item}"))["published"]["number"] == 1
    async with door.client(CLERK) as client:
        assert (await client.post("/item-collection", json={"items": entries})).status_code == 403


async def test_what_one_county_takes_out_as_json_another_takes_in_unchanged(door: Door) -> None:
    steps: list[Any] = [{"name": "镇级审核", "level": 9, "days": 2}]
    await publish_item(door, "A")
    await publish_item(door, "B", steps=steps, basis=["老年人权益保障法"])
    async with door.client(COUNTY_OFFICER) as client:
        out = await every_page(client, "/item-collection", limit=1)
        assert [one["code"] for one in out] == ["A", "B"]
        back = await client.post("/item-collection", json={"items": out})
    assert [one["outcome"] for one in back.json()["items"]] == ["unchanged", "unchanged"], back.text


async def test_items_that_ship_cover_every_window_of_both_counties_and_become_drafts_as_they_are(door: Door) -> None:
    found = {one: shipped(one) for one in Arrangement}
    codes = [item.code for items in found.values() for item in items]
    assert len(codes) == len(set(codes)) >= 24
    windows = {arrangement: {str(item.content.window) for item in items} for arrangement, items in found.items()}
    assert windows == {
        Arrangement.JIAHE: {str(one) for one in ServiceWindow if one.startswith("jh_")},
        Arrangement.BAOKANG: {str(one) for one in ServiceWindow if one.startswith("bk_")},
    }
    assert [len(one) for one in windows.values()] == [8, 8]
    for item in (item for items in found.values() for item in items):
        assert item.department in DEPARTMENTS
        assert item.category in ITEM_CATEGORIES
    async with door.client(COUNTY_OFFICER) as client:
        for arrangement in Arrangement:
            told = (await client.get(f"/item-templates?arrangement={arrangement}")).json()["items"]
            answer = await client.post("/item-collection", json={"items": told})
            assert {one["outcome"] for one in answer.json()["items"]} == {"drafted"}, answer.text
        assert (await client.get("/item-templates?arrangement=none")).status_code == 422
    async with door.client(SECOND_OFFICER) as client:
        drafts = await every_page(client, "/item-drafts")
        named = [{"item": one["item_id"], "version": one["version"]} for one in drafts]
        published = await client.post("/item-drafts/publish", json={"drafts": named})
    assert published.status_code == 200, published.text
    assert len(published.json()["items"]) == len(codes)


def test_cells_are_read_as_they_are_written() -> None:
    assert read_places("大厅|路 1 号|工作日\n站|路 2 号|周一|12345") == [
        {"name": "大厅", "address": "路 1 号", "hours": "工作日", "phone": None},
        {"name": "站", "address": "路 2 号", "hours": "周一", "phone": "12345"},
    ]
    for wrong in ("证|原件|1", "证|原件|一|必要", "证|传真|1|必要", "证|原件|1|或许", "证|原件|1|必要|缓交", "证"):
        with pytest.raises(CellUnreadable):
            read_materials(wrong)
    for wrong in ("审核", "审核|省级|1", "审核|县级|x", "a|县级|1|b|c"):
        with pytest.raises(CellUnreadable):
            read_steps(wrong)


async def test_a_row_that_was_published_meanwhile_is_told_when_it_is_taken_in(door: Door, do_work: Work) -> None:
    item = await publish_item(door, "LOCAL-01")
    made = await checked(door, do_work, [ROW | {"承诺时限": "3"}])
    await draft_version(door, item, promised_days=2)
    done = await committed_of(door, do_work, made)
    assert figures(done)[3:] == (0, 0, 1)
    assert await findings(door, done) == [(2, "code", "item_draft_waits")]
    assert (await publish_version(door, item, promised_days=2)).status_code in (200, 409)


PIPED: dict[str, Any] = {
    "materials": [{"name": "户口簿（首页|本人页）", "form": "copy"}],
    "steps": [{"name": "核|审", "level": 9, "days": 2}],
    "places": [{"name": "中心", "address": "府前路 8 号", "hours": "8:30|12:00"}],
    "result": {"kind": "other", "name": "证明|凭证"},
    "basis": ["第一条|第二条"],
    "conditions": ["本县户籍\\|外县"],
}


async def test_a_stroke_in_a_name_comes_back_as_it_was(door: Door, do_work: Work) -> None:
    await publish_item(door, "PIPED", **PIPED)
    async with door.client(SECOND_OFFICER) as client:
        content = (await client.get("/item-table")).content
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(content)]
    out = [{rows[0][at].removesuffix("（元）"): text for at, text in row.items()} for row in rows[1:]]
    again = await checked(door, do_work, out)
    assert (figures(again), await findings(door, again)) == (("checked", 0, 0, 0, 1, 0), [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("basis", ["第一条\n第二条"]),
        ("conditions", ["本县户籍\u2028外县户籍"]),
        ("keywords", ["低保\r低收入"]),
        ("materials", [{"name": "身份证\n户口簿", "form": "copy"}]),
        ("places", [{"name": "中心", "address": "府前路\n8 号", "hours": "工作日"}]),
        ("steps", [{"name": "初\u0085审", "level": 9, "days": 2}]),
    ],
)
async def test_what_stands_on_a_line_of_a_cell_has_one_line(door: Door, field: str, value: Any) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/item-collection", json={"items": [entry("LINES", **{field: value})]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["path"].startswith(f"items.0.content.{field}.0")
