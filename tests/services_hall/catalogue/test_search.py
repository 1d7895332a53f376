"""The public catalogue: found by word, pinyin, category, level and place, by anybody, a number of times a minute."""

from datetime import date
from typing import Any

import jsonschema
import pytest
from sqlalchemy import text

from services.services_hall.catalogue.api import PER_MINUTE
from shared.db.engine import Database
from shared.errors import Invalid
from shared.ledgers.application_forms import compiled
from shared.reference.pinyin import title_readings
from shared.testing.doors import Door
from tests.services_hall.conftest import (
    COUNTY_OFFICER,
    SECOND_OFFICER,
    draft_item,
    every_page,
    publish_item,
    publish_version,
    refusal,
)
from tests.shared.papers.test_typesetting import text_of

HERE = "450481114201"


@pytest.fixture
async def offered(door: Door) -> dict[str, str]:
    """Five items by code."""
    wanted: dict[str, dict[str, Any]] = {
        "DB-01": {"name": "最低生活保障申请", "keywords": ["低保"], "window": "jh_social_assistance", "duty": "basic"},
        "CZ-01": {"name": "城镇职工参保登记", "levels": [6], "target": "organisation"},
        "LR-01": {"name": "老年人优待证办理", "levels": [12], "areas": ["450481114"]},
        "YL-01": {"name": "养老机构备案", "levels": [6, 9], "areas": ["450481113"], "window": "bk_elderly_care"},
        "JZ-01": {"name": "居住登记_100%", "handling_mode": "at_once", "promised_days": 0},
    }
    made = {}
    for code, content in wanted.items():
        target = content.pop("target", "natural_person")
        draft = await draft_item(door, code, target=target)
        answer = await publish_version(door, draft.json()["id"], **content)
        assert answer.status_code == 200, answer.text
        made[code] = answer.json()["id"]
    return made


async def found(door: Door, **query: Any) -> list[str]:
    async with door.client(None) as client:
        answer = await client.get("/catalogue", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["total"] == len(page["items"]), "the count and the list are of one predicate"
    return [one["code"] for one in page["items"]]


async def test_items_are_found_by_word_keyword_code_pinyin_and_initials(door: Door, offered: dict[str, str]) -> None:
    assert await found(door) == ["CZ-01", "DB-01", "JZ-01", "LR-01", "YL-01"]
    for q, codes in {
        "保障": ["DB-01"], "低保": ["DB-01"], "db-01": ["DB-01"], "dibao": ["DB-01"], "zdshbz": ["DB-01"],
        "DI BAO": ["DB-01"], "zuidishenghuo": ["DB-01"], "zhigong": ["CZ-01"], "cz": ["CZ-01"], "yanglao": ["YL-01"],
        "老": ["LR-01", "YL-01"], "  参保  ": ["CZ-01"], "没有这个": [], "xyz": [], "_100%": ["JZ-01"], "%": ["JZ-01"],
        "_": ["JZ-01"], "1": ["CZ-01", "DB-01", "JZ-01", "LR-01", "YL-01"],
    }.items():  # fmt: skip
        assert await found(door, q=q) == codes, q


async def test_items_are_found_by_what_they_are_and_where(door: Door, offered: dict[str, str]) -> None:
    for query, codes in [
        ({"window": "jh_social_assistance"}, ["DB-01"]),
        ({"duty": "basic"}, ["DB-01"]),
        ({"target": "organisation"}, ["CZ-01"]),
        ({"mode": "at_once"}, ["JZ-01"]),
        ({"level": "6"}, ["CZ-01", "YL-01"]),
        ({"level": "12"}, ["DB-01", "JZ-01", "LR-01"]),
        ({"area": HERE}, ["CZ-01", "DB-01", "JZ-01", "LR-01"]),
        ({"area": "450481113201"}, ["CZ-01", "DB-01", "JZ-01", "YL-01"]),
        ({"area": "450481"}, ["CZ-01", "DB-01", "JZ-01", "LR-01", "YL-01"]),
        ({"area": HERE, "level": "12", "q": "lao"}, ["LR-01"]),
        ({"category": "social_assistance", "department": "civil_affairs"}, [*"CDJLY"]),
        ({"category": "other"}, []),
    ]:
        told = await found(door, **query)
        assert told == codes or [code[0] for code in told] == codes, query


async def test_what_is_not_offered_is_not_there_for_the_public(door: Door, offered: dict[str, str]) -> None:
    draft = (await draft_item(door, "DRAFT")).json()["id"]
    item = offered["LR-01"]
    async with door.client(COUNTY_OFFICER) as client:
        proposed = await client.post(f"/items/{item}/propose-retirement", json={"reason": "merged"})
    async with door.client(SECOND_OFFICER) as client:
        seen = {"If-Match": proposed.headers["etag"]}
        assert (await client.post(f"/items/{item}/retire", headers=seen)).status_code == 200
    assert "LR-01" not in await found(door)
    async with door.client(None) as client:
        for hidden in (draft, item):
            for path in (f"/catalogue/{hidden}", f"/catalogue/{hidden}/form"):
                assert (await client.get(path)).status_code == 404, path


async def test_pages_hold_every_item_once_in_the_order_of_codes(door: Door, offered: dict[str, str]) -> None:
    async with door.client(None) as client:
        for limit in (1, 2, 5):
            shown = await every_page(client, "/catalogue", limit=limit)
            assert [one["code"] for one in shown] == sorted(offered)


async def test_the_guide_says_what_the_version_in_force_says(door: Door, offered: dict[str, str]) -> None:
    await publish_version(door, offered["DB-01"], name="最低生活保障申请", promised_days=2, basis=["社会救助暂行办法"])
    async with door.client(None) as client:
        told = (await client.get(f"/catalogue/{offered['DB-01']}")).json()
    assert (told["number"], told["promised_days"], told["basis"]) == (2, 2, ["社会救助暂行办法"])
    assert not {"published_by", "drafted_by"} & told.keys(), "who works there is none of the public's business"
    assert await found(door, q="dibao") == [], "keywords are those of the version in force"


async def test_questions_of_one_address_are_numbered_and_the_address_is_not_kept(
    door: Door, offered: dict[str, str], committed: Database
) -> None:
    async with door.client(None) as client:
        answers = [(await client.get("/catalogue", params={"limit": 1})).status_code for _ in range(PER_MINUTE + 1)]
        assert refusal(await client.get("/catalogue"))[:2] == (429, "rate_limited")
    assert answers == [200] * PER_MINUTE + [429]
    async with committed.session() as session:
        [caller] = await session.scalars(text("SELECT caller FROM rate_buckets WHERE name = 'catalogue'"))
    assert caller.startswith("anonymous:")
    assert "127.0.0.1" not in caller


FORM: dict[str, Any] = {
    "fields": [
        {"name": "applicant", "title": "申请人", "type": "name", "privacy": "personal", "required": True},
        {"name": "housing", "title": "住房", "type": "choice", "required": True, "choices": [
            {"code": "own", "title": "自有"}, {"code": "rented", "title": "租住"}]},
        {"name": "landlord", "title": "房东", "type": "name", "privacy": "personal"},
    ],
    "conditions": [{"field": "landlord", "when": "housing", "holds": ["rented"], "required": True}],
}  # fmt: skip


async def test_the_form_is_a_json_schema_with_chinese_titles_in_order_and_its_conditions(door: Door) -> None:
    item = await publish_item(door, "FORM-01", form=FORM)
    async with door.client(None) as client:
        answer = await client.get(f"/catalogue/{item}/form")
    schema = answer.json()
    assert [*schema["properties"]] == schema["x-order"] == ["applicant", "housing", "landlord"]
    assert [one["title"] for one in schema["properties"].values()] == ["申请人", "住房", "房东"]
    validator = jsonschema.Draft202012Validator(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    for values, holds in [
        ({"applicant": "张三", "housing": "own"}, True),
        ({"applicant": "张三", "housing": "own", "landlord": None}, True),
        ({"applicant": "张三", "housing": "own", "landlord": "李四"}, False),
        ({"applicant": "张三", "housing": "rented"}, False),
        ({"applicant": "张三", "housing": "rented", "landlord": None}, False),
        ({"applicant": "张三", "housing": "rented", "landlord": "李四"}, True),
        ({"applicant": "张三", "housing": "hut"}, False),
        ({"housing": "own"}, False),
    ]:
        assert validator.is_valid(values) is holds, values


WRONG_FORMS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"fields": [{"name": "a", "title": "甲", "type": "photo", "privacy": "personal"}]},
     ("form.fields.0.type", "form_type")),
    ({"fields": [{"name": "a", "title": "甲", "type": "choice"}]}, ("form.fields.0.choices", "choices_missing")),
    ({"fields": [{"name": "a", "title": "甲", "type": "name"}]}, ("form.fields.0.privacy", "always_personal")),
    ({**FORM, "conditions": [{"field": "applicant", "when": "housing", "holds": ["own"]}]},
     ("form.conditions.0.field", "condition_field")),
    ({**FORM, "conditions": [{"field": "landlord", "when": "nothing", "holds": ["own"]}]},
     ("form.conditions.0.when", "condition_when")),
    ({**FORM, "conditions": [{"field": "landlord", "when": "housing", "holds": ["hut"]}]},
     ("form.conditions.0.holds", "condition_holds")),
    ({**FORM, "rules": [{"id": "r", "that": "record.nothing == 1", "message": "不对"}]},
     ("form.rules.0.that", "expression_unknown")),
]  # fmt: skip


async def test_a_form_that_does_not_hold_is_refused_at_its_place(door: Door) -> None:
    draft = (await draft_item(door)).json()["id"]
    for form, (path, _) in WRONG_FORMS:
        answer = await publish_version(door, draft, form=form)
        assert answer.status_code == 422, form
        assert path in [one["path"] for one in answer.json()["errors"]], answer.text


def test_a_title_is_read_as_usual_and_with_one_character_otherwise() -> None:
    read = title_readings("长乐会")
    assert {"zhanglehui", "zlh", "changlehui", "zhangyuehui", "zhanglekuai"} <= read
    assert "changyuehui" not in read, "one character at a time: a long title has thousands together"
    assert title_readings("A类（一）") == {"aleiyi", "aly"}
    assert title_readings("123") == frozenset()


async def test_the_guide_is_a_paper_that_says_what_the_version_in_force_says(
    door: Door, offered: dict[str, str]
) -> None:
    materials = [{"name": "居民户口簿", "form": "copy", "copies": 2, "deferrable": True, "source": "本人提供"}]
    places = [{"name": "三堡镇便民服务中心", "address": "府前路 8 号", "hours": "工作日", "phone": "0774-8220000"}]
    content: dict[str, Any] = {
        "name": "城镇职工参保登记",
        "levels": [6, 9],
        "fee_fen": 1250,
        "fee_basis": "县价费 1 号",
    }
    steps = [{"name": "县级审定", "level": 6, "days": 3}]
    await publish_version(door, offered["CZ-01"], **content, materials=materials, places=places, steps=steps)
    async with door.client(None) as client:
        answer = await client.get(f"/catalogue/{offered['CZ-01']}/guide.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    text = text_of(answer.content)
    for words in (
        "城镇职工参保登记办事指南", "民政局第2版", "县级、乡镇（街道）", "5个工作日", "12.50元（县价费1号）",
        "居民户口簿复印件2必要，可容缺本人提供", "县级审定县级3", "三堡镇便民服务中心府前路8号工作日0774-8220000",
    ):  # fmt: skip
        assert words in text, words


async def test_a_guide_with_a_character_that_no_font_has_says_which(door: Door) -> None:
    item = await publish_item(door, "GLYPH", name="办理\u2fff证")
    async with door.client(None) as client:
        answer = await client.get(f"/catalogue/{item}/guide.pdf")
    assert refusal(answer)[:2] == (409, "glyph_missing")
    assert "U+2FFF" in answer.json()["detail"]


@pytest.mark.parametrize("filled", [{}, {"rent": 800}, {"housing": None}, {"housing": "own"}, {"housing": "rented"}])
def test_a_condition_on_a_field_with_a_default_is_the_same_to_the_schema_and_to_the_service(
    filled: dict[str, Any],
) -> None:
    choices = [{"code": "own", "title": "自有"}, {"code": "rented", "title": "租住"}]
    form = compiled({
        "fields": [
            {"name": "housing", "title": "住房", "type": "choice", "choices": choices, "default": "rented"},
            {"name": "rent", "title": "月租金", "type": "money"},
        ],
        "conditions": [{"field": "rent", "when": "housing", "holds": ["rented"], "required": True}],
    })  # fmt: skip
    by_schema = not list(jsonschema.Draft202012Validator(form.schema()).iter_errors(filled))
    try:
        form.accept(filled, today=date(2026, 3, 16))
        accepted = True
    except Invalid:
        accepted = False
    assert by_schema == accepted
