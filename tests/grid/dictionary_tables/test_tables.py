"""The dictionary as a table: what is wrong is told at its cell, what is right goes into the draft."""

from typing import Any

import httpx
import pytest

from services.grid.dictionary_tables.domain import is_code
from shared.testing.doors import Door
from tests.grid.builders import COUNTY_OFFICER, TOWN_OFFICER
from tests.grid.dictionary_drafts.drafting import begun, saying, stepped
from tests.grid.dictionary_tables.conftest import Work
from tests.registry.tables import text_of
from tests.shared.spreadsheets.workbooks import rows_of

IMPORTS = "/incident-dictionary-imports"
ROW = {"类别代码": "fire", "类别名称": "消防隐患", "等级": "一般", "时长": "6", "计时单位": "工作小时"}


async def checked(client: httpx.AsyncClient, work: Work, data: bytes, area: str = "450481") -> dict[str, Any]:
    file = (await client.post("/files", content=data)).json()["id"]
    answer = await client.post(IMPORTS, json={"file": file, "area": area})
    assert answer.status_code == 201, answer.text
    await work()
    made: dict[str, Any] = (await client.get(f"{IMPORTS}/{answer.json()['id']}")).json()
    return made


async def taken(client: httpx.AsyncClient, work: Work, made: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(f"{IMPORTS}/{made['id']}/commit")
    assert answer.status_code == 200, answer.text
    await work()
    done: dict[str, Any] = (await client.get(f"{IMPORTS}/{made['id']}")).json()
    return done


async def categories(client: httpx.AsyncClient) -> dict[str, Any]:
    [row] = (await client.get("/incident-dictionary-drafts")).json()["items"]
    draft = (await client.get(f"/incident-dictionary-drafts/{row['id']}")).json()
    return {one["code"]: one for one in draft["categories"]}


async def test_right_rows_go_into_a_draft_and_wrong_ones_are_told(door: Door, villages: None, do_work: Work) -> None:
    rows = [
        ROW,
        {**ROW, "处置方式": "须工程施工", "时长": "30", "计时单位": "自然日"},
        {**ROW, "类别代码": "noise", "类别名称": "噪声扰民"},
        {**ROW, "类别代码": "noise!"},
        {**ROW, "等级": "紧急", "时长": "0"},
        {**ROW, "等级": "较重", "计时单位": "刻钟"},
        {**ROW, "时长": "9"},
        {**ROW, "等级": "较重", "类别名称": "联系13800001234"},
    ]
    async with door.client(COUNTY_OFFICER) as client:
        made = await checked(client, do_work, text_of(rows))
        assert (made["status"], made["right"], made["wrong"]) == ("checked", 3, 5), made
        found = (await client.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
        assert sorted((one["row"], one["code"]) for one in found) == [
            (5, "code"),
            (6, "range"),
            (7, "not_a_choice"),
            (8, "duplicate"),
            (9, "plain_identifier"),
        ]
        assert (await client.get("/incident-dictionary-drafts")).json()["items"] == []  # a check changes nothing
        done = await taken(client, do_work, made)
        assert (done["status"], done["taken"], done["refused"]) == ("done", 3, 0)
        said = await categories(client)
        assert len(said) == 10  # nine of the version in force, and noise
        assert said["noise"]["name"] == "噪声扰民"
        fire = {(one["severity"], one["treatment"]): (one["amount"], one["unit"]) for one in said["fire"]["limits"]}
        assert fire == {
            ("normal", "routine"): (6, "work_hour"),  # replaced
            ("serious", "routine"): (8, "work_hour"),  # no row names it
            ("urgent", "routine"): (2, "hour"),
            ("normal", "engineering"): (30, "day"),
        }


async def test_what_is_taken_out_comes_in_unchanged(door: Door, villages: None, do_work: Work) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        draft = await stepped(client, await begun(client), "revise", saying())
        out = await client.get(f"/incident-dictionary-drafts/{draft['id']}/table")
        assert out.status_code == 200
        made = await checked(client, do_work, out.content)
        assert (made["right"], made["wrong"]) == (4, 0)
        await taken(client, do_work, made)
        again = (await client.get(f"/incident-dictionary-drafts/{draft['id']}")).json()
        assert again["categories"] == draft["categories"]
        assert again["shifts"] == draft["shifts"]
        version = await client.get("/incident-dictionary/versions/1/table")
        rows = await rows_of(version.content)
        assert len(rows) == 28  # titles, and nine categories by three severities
        assert (await client.get("/incident-dictionary/versions/2/table")).status_code == 404
        template = await client.get("/incident-dictionary-import-template")
        assert template.status_code == 200


async def test_a_row_that_renames_a_category_to_another_ones_name_is_refused(
    door: Door, villages: None, do_work: Work
) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        done = await taken(client, do_work, await checked(client, do_work, text_of([{**ROW, "类别名称": "环境卫生"}])))
        assert (done["taken"], done["refused"]) == (0, 1)


async def test_who_may_take_in_and_for_which_county(door: Door, villages: None, do_work: Work) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        file = (await client.post("/files", content=text_of([ROW]))).json()["id"]
        for area in ("450482", "450481100"):
            assert (await client.post(IMPORTS, json={"file": file, "area": area})).status_code == 404
    async with door.client(TOWN_OFFICER) as client:
        assert (await client.post(IMPORTS, json={"file": file, "area": "450481"})).status_code == 403


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fire", True),
        ("F-1.a_b", True),
        ("", False),
        ("f f", False),
        ("火", False),
        ("13800001234", False),
        ("a" * 65, False),
    ],
)
def test_what_a_code_is(text: str, expected: bool) -> None:
    assert is_code(text) is expected
