"""A ledger is drafted over HTTP from an uploaded XLSForm, in every service; what is hostile or no form is refused."""

import asyncio
import io
import zipfile
from typing import Any

import pytest

from shared.auth.principal import Principal
from shared.ledgers.forms.xlsform.drafting import draft_from
from tests.shared.ledgers.forms.test_xlsform import NO_CHOICES, RELEVANT, YES_NO, a_workbook
from tests.shared.ledgers.shipped.conftest import HouseOf, clock, house_of  # noqa: F401  (fixtures)
from tests.shared.ledgers.shipped.house import FIRST, OWNERS, SECOND, VILLAGES, House, officers

DOOR = "/ledger-drafts/from-xlsform"
VILLAGE = VILLAGES[0]
SURVEY: list[list[Any]] = [
    ["type", "name", "label", "required", "choice_filter", "relevant", "constraint", "constraint_message"],
    ["begin group", "basics", "基本情况"],
    ["select_one towns", "town", "镇", "yes"],
    ["select_one hamlets", "hamlet", "屯", None, "town=${town}"],
    ["select_multiple needs", "needs", "需要"],
    ["integer", "people", "人数", "yes", None, None, ". >= 1 and . <= 20", "人数为 1 至 20"],
    ["date", "seen_on", "走访日期", "yes", None, None, ". <= today()"],
    ["text", "why", "原因", "yes", None, "selected(${needs}, 'other')"],
    ["end group"],
    ["begin repeat", "members", "成员"],
    ["text", "who", "关系", "yes"],
    ["integer", "age", "年龄"],
    ["end repeat"],
]
CHOICES = [
    ["list_name", "name", "label", "town"],
    ["towns", "a", "甲镇"], ["towns", "b", "乙镇"],
    ["hamlets", "a1", "甲屯", "a"], ["hamlets", "b1", "乙屯", "b"],
    ["needs", "meal", "助餐"], ["needs", "other", "其他"],
]  # fmt: skip


async def sent(house: House, content: bytes, *, by: Principal = FIRST) -> Any:
    """What the door answers to an uploaded workbook."""
    async with house.door.client(by) as one:
        file = await one.post("/files", content=content)
        assert file.status_code == 201, file.text
        return await one.post(DOOR, json={"file": file.json()["id"]})


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("owner", OWNERS)
async def test_a_workbook_becomes_a_ledger_that_a_second_person_publishes_and_a_worker_fills(
    house_of: HouseOf,  # noqa: F811
    owner: str,
) -> None:
    """Choices, a cascade, several choices, a repeat, relevance and constraints, as field staff write them."""
    house = await house_of(owner)
    answer = await sent(house, a_workbook(survey=SURVEY, choices=CHOICES))
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert (draft["code"], draft["definition"]["owner"], draft["findings"]) == ("home_visits", owner, [])
    async with house.door.client(SECOND) as other:
        at = f"/ledger-drafts/{draft['code']}"
        assert (await other.get(at)).headers["ETag"] == answer.headers["ETag"]
        published = await other.post(f"{at}/publish", headers={"If-Match": answer.headers["ETag"]})
        assert published.status_code == 200, published.text
        records = f"/ledgers/{draft['code']}/records"
        values = {"town": "a", "hamlet": "a1", "needs": ["meal"], "people": 3, "seen_on": "2026-11-02"}

        async def opened(**changed: Any) -> tuple[int, list[str]]:
            body = {"area": VILLAGE, "values": {**values, "members": [{"who": "母亲", "age": 60}], **changed}}
            found = await other.post(records, json=body)
            return found.status_code, [error["path"] for error in found.json().get("errors", [])]

        assert await opened() == (201, [])
        assert await opened(hamlet="b1") == (422, ["values.hamlet"])
        assert await opened(people=21) == (422, ["values.people"])
        assert await opened(needs=["other"]) == (422, ["values.why"])
        assert await opened(needs=["other"], why="外出") == (201, [])
        assert await opened(members=[{"age": 4}]) == (422, ["values.members.0.who"])
        assert await opened(seen_on="2026-11-29") == (422, ["values.seen_on"])


async def test_what_cannot_be_taken_over_is_told_beside_the_draft(house_of: HouseOf) -> None:  # noqa: F811
    survey = [
        ["type", "name", "label", "constraint"],
        ["geotrace", "path", "路线"],
        ["text", "matter", "事由", "count(${matter}) > 1"],
    ]
    answer = await sent(await house_of("grid"), a_workbook(survey=survey))
    assert answer.status_code == 201, answer.text
    told = {(one["sheet"], one["cell"], one["code"]) for one in answer.json()["findings"]}
    assert told == {("survey", "A2", "type_not_taken"), ("survey", "D3", "condition_not_taken")}
    assert all(one["message"] for one in answer.json()["findings"])
    assert [one["name"] for one in answer.json()["definition"]["fields"]] == ["matter"]


async def test_a_workbook_that_is_no_whole_definition_is_refused_by_sheet_and_cell(house_of: HouseOf) -> None:  # noqa: F811
    house = await house_of("grid")
    survey = [["type", "name", "label", "privacy", "field_type"], ["text", "who", "姓名", "internal", "name"]]
    answer = await sent(house, a_workbook(survey=survey, choices=NO_CHOICES))
    assert code_of(answer) == (422, "xlsform_not_whole")
    assert [(error["path"], error["code"]) for error in answer.json()["errors"]] == [("survey!D2", "must_be_personal")]
    async with house.door.client(FIRST) as one:
        assert (await one.get("/ledger-drafts")).json()["items"] == [], "nothing half done"


async def test_who_may_not_draft_and_who_grants_more_than_they_hold_is_refused(house_of: HouseOf) -> None:  # noqa: F811
    """A workbook is no way round the rights of a definition."""
    house = await house_of("grid")
    town_officer, _ = officers("town_officer")
    form = a_workbook(survey=RELEVANT, choices=YES_NO)
    assert code_of(await sent(house, form, by=town_officer)) == (403, "forbidden")
    access = [["name", "value"], ["restricted", "record.restricted"]]
    survey = [["type", "name", "label", "privacy"], ["text", "secret", "内情", "restricted"], ["text", "open", "公开"]]
    officer, _ = officers("county_officer")
    assert code_of(await sent(house, a_workbook(survey=survey, access=access), by=officer)) == (403, "grants_more")
    assert (await sent(house, form)).status_code == 201
    assert code_of(await sent(house, form)) == (409, "draft_exists")


async def test_a_file_of_somebody_else_is_not_there(house_of: HouseOf) -> None:  # noqa: F811
    """Neither another's loose file nor an own one that was given to an import."""
    house = await house_of("grid")
    async with house.door.client(FIRST) as one, house.door.client(SECOND) as other:
        file = (await other.post("/files", content=a_workbook(survey=RELEVANT, choices=YES_NO))).json()["id"]
        assert code_of(await one.post(DOOR, json={"file": file})) == (404, "not_found")
        assert code_of(await one.post(DOOR, json={"file": "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"})) == (
            404,
            "not_found",
        )
        assert (await other.post(DOOR, json={"file": file})).status_code == 201
    noted = [(entry.subject, entry.action, str(entry.object_id)) for entry in house.door.accesses.entries]
    assert noted.count((FIRST.subject, "read", file)) == 1


async def test_no_connection_is_held_while_a_workbook_is_read(
    house_of: HouseOf,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await house_of("grid")
    held: list[int] = []

    async def read(content: bytes, *, owner: str) -> Any:
        await asyncio.sleep(0)
        held.append(house.database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return await draft_from(content, owner=owner)

    monkeypatch.setattr("shared.ledgers.forms.xlsform.api.draft_from", read)
    assert (await sent(house, a_workbook(survey=RELEVANT, choices=YES_NO))).status_code == 201
    assert held == [0]


def rewritten(workbook: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts exchanged or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", "/"): content for name, content in parts.items()}
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, content in names.items():
            new.writestr(name, content)
    return made.getvalue()


GOOD = a_workbook(survey=RELEVANT, choices=YES_NO)
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
)
HOSTILE = {
    "macros": (rewritten(GOOD, **{"xl__vbaProject.bin": b"x" * 100}), 422, "spreadsheet_macros"),
    "bomb": (rewritten(GOOD, **{"xl__media__a.bin": b"\0" * (300 << 20)}), 422, "spreadsheet_expands"),
    "sheets": (a_workbook(survey=RELEVANT, **{f"s{at}": [["a"]] for at in range(60)}), 422, "too_many_sheets"),
    "rows": (a_workbook(survey=[*RELEVANT, *([["text", "x", "x"]] * 2_100)]), 413, "too_many_rows"),
    "entities": (rewritten(GOOD, **{"xl__worksheets__sheet1.xml": ENTITIES}), 422, "spreadsheet_broken"),
    "cut": (GOOD[: len(GOOD) // 2], 422, "spreadsheet_broken"),
    "text": ("type,name,label\ntext,a,甲\n".encode(), 422, "wrong_file_kind"),
    "picture": (b"\xff\xd8\xff\xe0 a picture", 422, "wrong_file_kind"),
    "large": (
        rewritten(GOOD, **{"xl__media__a.bin": bytes(range(256)) * 20_000}) + b"\0" * (4 << 20),
        413,
        "xlsform_too_large",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_workbook_is_refused_and_leaves_nothing(house_of: HouseOf, kind: str) -> None:  # noqa: F811
    house = await house_of("grid")
    content, status, code = HOSTILE[kind]
    assert code_of(await sent(house, content)) == (status, code)
    async with house.door.client(FIRST) as one:
        assert (await one.get("/ledger-drafts")).json()["items"] == []
