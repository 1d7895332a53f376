"""Items over HTTP: drafted, published, read; and every refusal."""

from typing import Any

import pytest
from sqlalchemy import text

from services.services_hall.app import create_app
from services.services_hall.settings import Settings
from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.db.engine import Database
from shared.errors import PreconditionRequired, VersionMismatch
from shared.ids import new_id
from shared.ledgers.application_forms import ItemForm
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door, a_principal
from shared.testing.settings import settings_for
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    DRAFT,
    FORBIDDEN,
    NATIONAL,
    NOT_FOUND,
    SECOND_OFFICER,
    VERSION,
    Facts,
    draft_item,
    draft_version,
    every_page,
    fields,
    publish_item,
    publish_version,
    refusal,
)

FORM: dict[str, Any] = {
    "fields": [],
    "rows": [],
    "conditions": [{"field": "until", "when": "long", "holds": [True], "required": True}],
    "rules": [],
    "groups": [{"title": "申请信息", "fields": ["long", "until"]}],
}
FORM["fields"] = [
    {"name": "long", "title": "长期居住", "type": "boolean", "required": True},
    {"name": "until", "title": "居住至", "type": "date"},
]
STALE = (412, VersionMismatch.code, "内容已有改动，请刷新后重试")


async def test_a_draft_is_shown_whole_and_has_nothing_published(door: Door) -> None:
    answer = await draft_item(door, target="organisation")
    assert answer.status_code == 201
    item = answer.json()
    assert item == {
        **DRAFT, "id": item["id"], "version": 1, "target": "organisation", "status": "draft", "published": None,
    }  # fmt: skip
    assert answer.headers["etag"] == '"1"'
    async with door.client(CLERK) as client:
        assert (await client.get(f"/items/{item['id']}")).json() == item


async def test_an_item_is_for_natural_persons_unless_said_otherwise(door: Door) -> None:
    assert (await draft_item(door)).json()["target"] == "natural_person"


async def test_a_code_is_given_once(door: Door, facts: Facts) -> None:
    assert (await draft_item(door)).status_code == 201
    assert refusal(await draft_item(door, category="other")) == (409, "item_code_taken", "事项编码已存在")
    assert len(await facts("services_hall.item")) == 1


WRONG_DRAFTS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"code": "两个字"}, ("code", "string_pattern_mismatch")),
    ({"code": "WITH SPACE"}, ("code", "string_pattern_mismatch")),
    ({"code": "X" * 41}, ("code", "string_pattern_mismatch")),
    ({"code": 17}, ("code", "string_type")),
    ({"department": "民政局"}, ("department", "string_pattern_mismatch")),
    ({"department": None}, ("department", "string_type")),
    ({"category": ""}, ("category", "string_pattern_mismatch")),
    ({"target": "village"}, ("target", "enum")),
    ({"name": "居住证明"}, ("body", "extra_forbidden")),
    ({"code": NATIONAL[:17] + "X" + NATIONAL[18:]}, ("code", "credit_code")),
]


async def test_a_draft_that_is_refused_names_its_field_and_leaves_nothing(door: Door, facts: Facts) -> None:
    for change, refused in WRONG_DRAFTS:
        assert fields(await draft_item(door, **{**DRAFT, **change})) == [refused], change
    assert await facts() == []
    async with door.client(CLERK) as client:
        assert (await client.get("/items")).json() == {"items": [], "next_cursor": None}


async def test_department_and_category_stand_in_the_lists_of_the_county(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock
) -> None:
    def door_of(**own: str) -> Door:
        settings = settings_for("services_hall", service_database.service_url, **own)
        assert isinstance(settings, Settings)
        return Door(create_app(settings, clock=clock, database=committed))

    own = {"department": "tea_office", "category": "tea"}
    refused = await draft_item(door_of(), **own)
    assert refusal(refused) == (422, "code_unlisted", "代码不在本县代码表中")
    assert [one["path"] for one in refused.json()["errors"]] == ["department", "category"]
    county = door_of(departments="tea_office:茶产业发展中心", item_categories="tea:茶叶产业")
    assert (await draft_item(county, **own)).status_code == 201
    async with county.client(None) as anybody:
        for name, code, title in (
            ("departments", "tea_office", "茶产业发展中心"),
            ("departments", "civil_affairs", "民政局"),
            ("item_categories", "tea", "茶叶产业"),
        ):
            listed = (await anybody.get(f"/code-lists/{name}")).json()["codes"]
            assert {"code": code, "name": title} in listed


async def test_a_draft_says_code_department_and_category(door: Door) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/items", json={})
    assert fields(answer) == [("code", "missing"), ("department", "missing"), ("category", "missing")]


async def test_a_national_item_is_drafted_under_its_code_of_31_places(door: Door) -> None:
    assert (await draft_item(door, NATIONAL)).json()["code"] == NATIONAL


async def test_what_was_published_is_shown_whole(door: Door, clock: FrozenClock) -> None:
    draft = await draft_item(door)
    content: dict[str, Any] = {
        "statutory_days": 250,
        "promised_days": 250,
        "levels": [6, 9, 12],
        "fee_fen": 100_000_000,
        "complaint_phone": "0775-8222222",
        "conditions": ["本村户籍", "年满 60 周岁"],
        "materials": [{"name": "身份证", "form": "copy", "copies": 20, "deferrable": True}],
        "steps": [
            {"name": "镇级审核", "level": 9, "department": None, "days": 100},
            {"name": "县级审定", "level": 6, "department": "health", "days": 150},
        ],
        "effect": {"kind": "residence_registration", "place_from": "entered", "day_from": "decision"},
        "areas": ["450481", "450481114"],
        "window": "bk_civil_affairs",
        "duty": "shared",
        "basis": ["居住证暂行条例 第九条"],
        "keywords": ["暂住证"],
        "fee_basis": "桂价费〔2016〕1 号",
        "places": [{"name": "三堡镇便民服务中心", "address": "府前路 8 号", "hours": "工作日", "phone": None}],
        "result": {"kind": "licence", "name": "居住证"},
        "form": ItemForm.model_validate(FORM).model_dump(mode="json"),
    }
    clock.advance(minutes=7)
    answer = await publish_version(door, draft.json()["id"], **content)
    assert answer.status_code == 200, answer.text
    item = answer.json()
    material = {
        "name": "身份证", "form": "copy", "copies": 20, "required": True, "deferrable": True, "source": None,
        "sample": None,
    }  # fmt: skip
    assert item["published"] == {
        **VERSION, **content, "materials": [material], "item_id": item["id"], "number": 1,
        "published_at": "2026-03-16T10:07:00+08:00",
    }  # fmt: skip
    assert (item["status"], item["version"], answer.headers["etag"]) == ("published", 2, '"2"')
    async with door.client(CLERK) as client:
        assert (await client.get(f"/items/{item['id']}")).json() == item
        assert (await client.get(f"/items/{item['id']}/versions/1")).json() == item["published"]


async def test_fee_phone_conditions_and_materials_may_be_left_out(door: Door, item: str) -> None:
    async with door.client(CLERK) as client:
        shown = (await client.get(f"/items/{item}")).json()["published"]
    left_out: dict[str, Any] = {
        "fee_fen": 0,
        "complaint_phone": None,
        "conditions": [],
        "materials": [],
        "effect": None,
        **dict.fromkeys(("window", "duty", "fee_basis", "result", "form")),
        **{name: [] for name in ("areas", "basis", "keywords", "places")},
    }
    assert {name: shown[name] for name in left_out} == left_out


MATERIAL = {"name": "身份证", "form": "original"}


WRONG_VERSIONS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"name": ""}, ("name", "string_too_short")),
    ({"name": "   "}, ("name", "string_too_short")),
    ({"name": "名" * 201}, ("name", "string_too_long")),
    ({"handling_mode": "sometimes"}, ("handling_mode", "enum")),
    ({"statutory_days": 251}, ("statutory_days", "less_than_equal")),
    ({"promised_days": -1}, ("promised_days", "greater_than_equal")),
    ({"promised_days": 251, "statutory_days": 250}, ("promised_days", "less_than_equal")),
    ({"promised_days": 21}, ("promised_days", "beyond_statutory")),
    ({"handling_mode": "at_once"}, ("promised_days", "at_once_is_zero")),
    ({"levels": []}, ("levels", "too_short")),
    ({"levels": [4]}, ("levels.0", "literal_error")),
    ({"levels": [6, 9, 12, 12]}, ("levels", "too_long")),
    ({"levels": [9, 9]}, ("levels", "repeated")),
    ({"levels": ["9"]}, ("levels.0", "literal_error")),
    ({"promised_days": "5"}, ("promised_days", "int_type")),
    ({"promised_days": True}, ("promised_days", "int_type")),
    ({"fee_fen": 1}, ("fee_basis", "missing")),
    ({"areas": ["4504"]}, ("areas.0", "area_code")),
    ({"areas": ["450481", "450481"]}, ("areas", "repeated")),
    ({"window": "none"}, ("window", "enum")),
    ({"duty": "shared"}, ("steps", "duty_decided_below")),
    ({"materials": [MATERIAL, MATERIAL]}, ("materials.1.name", "repeated")),
    ({"result": {"kind": "paper"}}, ("result.kind", "enum")),
    ({"places": [{"name": "大厅", "address": "府前路"}]}, ("places.0.hours", "missing")),
    ({"form": {"fields": []}}, ("form.fields", "too_short")),
    ({"fee_fen": -1}, ("fee_fen", "greater_than_equal")),
    ({"fee_fen": 100_000_001, "fee_basis": "x"}, ("fee_fen", "less_than_equal")),
    ({"complaint_phone": "电话 12345"}, ("complaint_phone", "phone")),
    ({"complaint_phone": "12"}, ("complaint_phone", "string_too_short")),
    ({"conditions": ["条件"] * 51}, ("conditions", "too_long")),
    ({"conditions": ["好", "好" * 501]}, ("conditions.1", "string_too_long")),
    ({"conditions": ["好", ""]}, ("conditions.1", "string_too_short")),
    ({"materials": [{**MATERIAL, "name": f"材料{n}"} for n in range(51)]}, ("materials", "too_long")),
    ({"materials": [{**MATERIAL, "form": "fax"}]}, ("materials.0.form", "enum")),
    ({"materials": [{**MATERIAL, "copies": 0}]}, ("materials.0.copies", "greater_than_equal")),
    ({"materials": [{**MATERIAL, "copies": 21}]}, ("materials.0.copies", "less_than_equal")),
    ({"materials": [{"form": "copy"}]}, ("materials.0.name", "missing")),
    ({"materials": [{**MATERIAL, "note": "x"}]}, ("materials.0", "extra_forbidden")),
    ({"code": "OTHER"}, ("body", "extra_forbidden")),
]


async def test_a_version_that_is_refused_names_its_field_and_is_not_published(door: Door, facts: Facts) -> None:
    draft = await draft_item(door)
    for change, refused in WRONG_VERSIONS:
        answer = await publish_version(door, draft.json()["id"], **change)
        assert fields(answer) == [refused], change
    async with door.client(CLERK) as client:
        assert (await client.get(f"/items/{draft.json()['id']}")).json() == draft.json()
    assert len(await facts()) == 1


async def test_who_publishes_names_the_draft_that_was_seen(door: Door, item: str) -> None:
    assert (await draft_version(door, item, promised_days=1)).headers["etag"] == '"2"'
    assert (await draft_version(door, item, promised_days=2)).headers["etag"] == '"3"'
    async with door.client(SECOND_OFFICER) as client:
        for tag in ('"1"', '"2"', 'W/"3"', '"1", "4"', '""'):
            answer = await client.post(f"/items/{item}/publish", headers={"If-Match": tag})
            assert refusal(answer) == STALE, tag
        answer = await client.post(f"/items/{item}/publish", headers={"If-Match": '"3"'})
    assert answer.json()["published"]["promised_days"] == 2


async def test_who_publishes_without_having_seen_a_version_is_refused(door: Door, item: str) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post(f"/items/{item}/publish")
    assert refusal(answer) == (428, PreconditionRequired.code, "修改前须先读取最新信息")


async def test_an_older_version_stays_as_it_was_published(door: Door, item: str, clock: FrozenClock) -> None:
    async with door.client(CLERK) as client:
        first = (await client.get(f"/items/{item}/versions/1")).json()
        for number in (2, 3):
            clock.advance(days=1)
            answer = await publish_version(door, item, promised_days=number, name=f"第{number}版")
            assert answer.json()["published"]["number"] == number
        assert (await client.get(f"/items/{item}/versions/1")).json() == first
        assert (await client.get(f"/items/{item}/versions/2")).json()["name"] == "第2版"
        assert (await client.get(f"/items/{item}")).json()["published"]["name"] == "第3版"


@pytest.mark.parametrize("change", ["UPDATE item_versions SET promised_days = 99", "DELETE FROM item_versions"])
async def test_the_service_itself_may_not_change_a_published_version(
    committed: Database, item: str, change: str
) -> None:
    async with committed.session() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text(change))


async def test_what_does_not_exist_is_not_found(door: Door, item: str) -> None:
    draft = (await draft_item(door, "SECOND")).json()["id"]
    unknown = str(new_id())
    paths = [f"/items/{unknown}", f"/items/{unknown}/versions/1", f"/items/{draft}/versions/1"]
    async with door.client(CLERK) as client:
        for path in (*paths, *(f"/items/{item}/versions/{number}" for number in (-1, 0, 2, 2026))):
            assert refusal(await client.get(path)) == NOT_FOUND, path
        assert fields(await client.get("/items/1")) == [("path.id", "uuid_parsing")]
        assert fields(await client.get(f"/items/{item}/versions/first")) == [("path.number", "int_parsing")]
    assert refusal(await publish_version(door, unknown)) == NOT_FOUND


async def test_what_is_known_already_is_not_sent_again_until_it_changes(door: Door, item: str) -> None:
    async with door.client(CLERK) as client:
        seen = (await client.get(f"/items/{item}")).headers["etag"]
        assert seen == '"2"'
        for known in (seen, f"W/{seen}", f'"7", {seen}', "*"):
            answer = await client.get(f"/items/{item}", headers={"If-None-Match": known})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", seen)
        assert (await publish_version(door, item, promised_days=1)).status_code == 200
        fresh = await client.get(f"/items/{item}", headers={"If-None-Match": seen})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"3"')


async def test_the_catalogue_shows_every_item_once_with_its_newest_version(door: Door) -> None:
    published = [await publish_item(door, f"ITEM-{number}", name=f"事项{number}") for number in range(4)]
    drafted = (await draft_item(door, "DRAFT")).json()["id"]
    await publish_version(door, published[1], name="新版")
    async with door.client(CLERK) as client:
        for limit in (1, 2, 5, 200):
            shown = await every_page(client, "/items", limit=limit)
            assert sorted(one["id"] for one in shown) == sorted([*published, drafted])
        assert shown == [(await client.get(f"/items/{one['id']}")).json() for one in shown]
    assert {one["code"]: one["published"] and one["published"]["name"] for one in shown} == {
        "ITEM-0": "事项0", "ITEM-1": "新版", "ITEM-2": "事项2", "ITEM-3": "事项3", "DRAFT": None,
    }  # fmt: skip


async def test_a_cursor_is_good_for_the_catalogue_alone_and_only_as_it_was_given(door: Door) -> None:
    for number in range(2):
        await draft_item(door, f"ITEM-{number}")
    async with door.client(COUNTY_OFFICER) as client:
        cursor = (await client.get("/items", params={"limit": 1})).json()["next_cursor"]
        changed = ("A" if cursor[0] != "A" else "B") + cursor[1:]
        for path, wrong in (("/cases", cursor), ("/items", changed), ("/items", "?")):
            answer = await client.get(path, params={"cursor": wrong})
            assert refusal(answer) == (422, "invalid_cursor", "翻页标记无效")
        assert fields(await client.get("/items", params={"limit": 0})) == [("query.limit", "greater_than_equal")]
        assert fields(await client.get("/items", params={"limit": 201})) == [("query.limit", "less_than_equal")]


async def test_everybody_reads_items_and_departments_and_county_keep_them(door: Door, item: str) -> None:
    for days, role in enumerate((Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER)):
        async with door.client(a_principal(role, "450481", department="civil_affairs")) as client:
            assert (await client.post("/items", json={**DRAFT, "code": role})).status_code == 201
            drafted = await client.post(f"/items/{item}/draft", json={**VERSION, "promised_days": days})
            assert drafted.status_code == 200
        async with door.client(a_principal(role, "450481", "another", department="civil_affairs")) as client:
            seen = {"If-Match": drafted.headers["etag"]}
            assert (await client.post(f"/items/{item}/publish", headers=seen)).status_code == 200
    for role in Role:
        async with door.client(a_principal(role, "450481", department="civil_affairs")) as client:
            for path in ("/items", f"/items/{item}", f"/items/{item}/versions/1"):
                assert (await client.get(path)).status_code == 200, role
            if role not in {Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER}:
                assert refusal(await client.post("/items", json={**DRAFT, "code": "SECOND"})) == FORBIDDEN, role
                for verb, body in (("draft", VERSION), ("publish", None), ("propose-retirement", {"reason": "merged"})):
                    answer = await client.post(f"/items/{item}/{verb}", json=body, headers={"If-Match": '"4"'})
                    assert refusal(answer) == FORBIDDEN, (role, verb)
                for path in ("/item-drafts", f"/items/{item}/draft"):
                    assert refusal(await client.get(path)) == FORBIDDEN, (role, path)


async def test_a_department_keeps_its_own_items_only_and_at_the_county(door: Door, item: str, facts: Facts) -> None:
    before = len(await facts())
    seen = {"If-Match": '"2"'}
    grants = {
        "of another department": (Grant("department_officer", "450481", "water"),),
        "bound to another department": (Grant("county_officer", "450481", "water"),),
        "below the county": (Grant("department_officer", "450481114", DRAFT["department"]),),
        "crossed": (
            Grant("department_officer", "450481", "water"),
            Grant("department_officer", "450481114", DRAFT["department"]),
        ),
    }
    for who, held in grants.items():
        async with door.client(Principal(who, held)) as client:
            drafted = await client.post("/items", json={**DRAFT, "code": "SECOND"})
            answers = [drafted, await client.post(f"/items/{item}/draft", json=VERSION)]
            verbs = ("publish", "retire", "reopen", "discard-draft")
            answers += [await client.post(f"/items/{item}/{verb}", headers=seen) for verb in verbs]
            answers.append(await client.post(f"/items/{item}/propose-retirement", json={"reason": "merged"}))
            assert [answer.status_code for answer in answers] == [403] * 7, who
    assert len(await facts()) == before
    async with door.client(Principal("water", grants["of another department"])) as client:
        own = await client.post("/items", json={**DRAFT, "code": "THIRD", "department": "water"})
        assert own.status_code == 201


async def test_a_repeated_publication_is_judged_again(door: Door, item: str) -> None:
    drafted = await draft_version(door, item, promised_days=1)
    key = {"Idempotency-Key": "k-1", "If-Match": drafted.headers["etag"]}
    answers = []
    for department in (DRAFT["department"], DRAFT["department"], "water"):
        who = Principal("moved", (Grant("department_officer", "450481", department),))
        async with door.client(who) as client:
            answers.append(await client.post(f"/items/{item}/publish", headers=key))
    assert [answer.status_code for answer in answers] == [200, 200, 404]


async def test_nobody_reads_items_without_a_token(door: Door, item: str) -> None:
    async with door.client(None) as client:
        for path in ("/items", f"/items/{item}", f"/items/{item}/versions/1"):
            assert refusal(await client.get(path)) == (401, "unauthenticated", "请先登录")


async def test_the_same_key_drafts_once_for_each_officer_and_refuses_another_body(door: Door, facts: Facts) -> None:
    key, other = {"Idempotency-Key": "k-1"}, a_principal("department_officer", "450481")
    async with door.client(COUNTY_OFFICER) as client, door.client(other) as another:
        first, second = [await client.post("/items", json=DRAFT, headers=key) for _ in range(2)]
        reused = await client.post("/items", json={**DRAFT, "code": "SECOND"}, headers=key)
        theirs = await another.post("/items", json={**DRAFT, "code": "THIRD"}, headers=key)
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, second.content)
    assert second.headers["etag"] == '"1"'
    assert refusal(reused) == (422, "idempotency_key_reused", "该提交编号已用于另一项操作")
    assert theirs.status_code == 201
    assert [fact.state.code for fact in await facts()] == ["VILLAGE-CERT-01", "THIRD"]


async def test_a_key_repeats_what_was_published_and_never_a_refusal(door: Door, item: str, facts: Facts) -> None:
    await draft_version(door, item, promised_days=1)
    async with door.client(SECOND_OFFICER) as client:

        async def publish(tag: str) -> Any:
            headers = {"Idempotency-Key": "k-1", "If-Match": tag}
            return await client.post(f"/items/{item}/publish", headers=headers)

        assert refusal(await publish('"1"')) == STALE
        done, again = await publish('"2"'), await publish('"2"')
    assert (done.status_code, again.status_code, again.content) == (200, 200, done.content)
    assert [fact.state.version for fact in await facts("services_hall.item")] == [1, 2, 3]


WRONG_STEPS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"promised_days": 5, "steps": [{"name": "审核", "level": 9, "days": 6}]}, [("steps", "beyond_promise")]),
    ({"promised_days": 5, "steps": [{"name": "审核", "level": 9, "days": 3}] * 2}, [("steps", "beyond_promise")]),
    (
        {"promised_days": 0, "handling_mode": "at_once", "steps": [{"name": "审核", "level": 9, "days": 0}]},
        [("steps", "beyond_promise")],
    ),
    ({"steps": [{"name": "审核", "level": 15, "days": 1}]}, [("steps.0.level", "literal_error")]),
    ({"steps": [{"name": "审核", "level": 9, "days": -1}]}, [("steps.0.days", "greater_than_equal")]),
]


async def test_steps_that_take_longer_than_the_promise_or_lie_nowhere_are_refused(door: Door) -> None:
    draft = await draft_item(door)
    for content, refused in WRONG_STEPS:
        answer = await publish_version(door, draft.json()["id"], **content)
        assert fields(answer) == refused, content
    steps = [{"name": "审核", "level": 9, "days": 1}, {"name": "会审", "level": 6, "days": 1, "department": "nobody"}]
    answer = await publish_version(door, draft.json()["id"], steps=steps)
    assert refusal(answer)[:2] == (422, "code_unlisted")
    assert [one["path"] for one in answer.json()["errors"]] == ["steps.1.department"]
