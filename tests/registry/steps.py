"""What tests do before the thing they test: people, households, tags and moves over HTTP; and how a refusal looks."""

import json
from collections.abc import Iterable
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import text

from shared.contracts.grid.grids import GridState
from shared.db.engine import Database
from shared.errors import NotFound
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, FAR, VILLAGE, a_household, a_person

PERSONS, HOUSEHOLDS, AREAS = "/registry/v1/persons", "/registry/v1/households", "/registry/v1/areas"
AREA_CHANGES = "/registry/v1/area-changes"
TAGS, RESTRICTED_TAGS = "/registry/v1/tags", "/registry/v1/restricted-tags"
REVERSALS, DISCREPANCIES = "/registry/v1/reversals", "/registry/v1/discrepancies"
DUPLICATES = "/registry/v1/duplicates"
BOOK_CLOSINGS = "/registry/v1/book-closings"
TAG_SUGGESTIONS = "/registry/v1/tag-suggestions"
BENEFITS = "/registry/v1/benefits"
TRANSFERS = "/registry/v1/transfers"
MARRIAGES = "/registry/v1/marriages"
PROOFS, OWN = "/registry/v1/proofs", "/registry/v1/own"
CORRECTIONS = "/registry/v1/corrections"
CALENDAR, BALANCES = "/registry/v1/calendar", "/registry/v1/balances"
CLERK, FAR_CLERK = ("village_clerk", VILLAGE), ("village_clerk", FAR)
REGISTRAR, OFFICER, AUDITOR = ("county_registrar", COUNTY), ("county_officer", COUNTY), ("auditor", COUNTY)
NOBODY = "019d0000-0000-7000-8000-000000000000"
"""An id that nothing has."""

REFUSALS = {
    "binding_over": (409, "该绑定未通过或已解除"),
    "book_of_another_place": (409, "该人员的居住或户籍登记在其他村（社区）"),
    "account_already_bound": (409, "本账号已绑定居民登记"),
    "account_not_bound": (404, "本账号尚未绑定本人的居民登记"),
    "area_change_rested_on": (409, "之后的登记以该次区划调整为依据"),
    "area_change_too_large": (409, "一次区划调整涉及的居民或网格过多"),
    "area_change_undone": (409, "该次区划调整已撤销"),
    "event_of_area_change": (409, "该事项随区划调整产生，不能单独撤销"),
    "member_of_household": (422, "该居民属于某一住户，随户划转"),
    "area_already_abolished": (409, "该行政区划已撤销"),
    "area_has_parts": (409, "该区划下还有未撤销的区划"),
    "area_edition_changed": (409, "对照之后区划又有变动，与所见差异不符"),
    "area_edition_unanswered": (422, "有区划不再列于文件中，须逐一说明去向"),
    "area_not_renamed": (409, "该区划没有可撤销的更名"),
    "area_renamed_since": (409, "该区划在此日期之后已更名"),
    "area_populated": (409, "该区划内还有居民或住户"),
    "birth_date_disagrees_with_marriage": (409, "按更正后的出生日期，已登记的婚姻未达法定婚龄"),
    "birth_date_disagrees_with_relation": (409, "更正后的出生日期与户内的关系不符"),
    "birth_date_too_late": (409, "出生日期晚于已登记的事项"),
    "book_closing_four_eyes": (403, "反结账须由结账人以外的人员办理"),
    "book_month_closed": (409, "该月人口台账已结账"),
    "book_month_not_next": (409, "请按月份顺序结账"),
    "book_month_not_over": (422, "该月尚未结束，不能月结"),
    "book_month_reopened": (409, "该次结账已反结账"),
    "later_book_month_closed": (409, "之后的月份已结账，或上级区域已结账"),
    "born_here": (409, "出生登记人员的出生日期不能单独更正"),
    "correction_decided": (409, "该更正申请已办结"),
    "correction_four_eyes": (403, "每一步须由不同的人员办理，申请人不能批准"),
    "correction_needs_approval": (409, "所更正的信息须经批准"),
    "correction_not_guarded": (422, "所更正的信息不须批准"),
    "correction_outdated": (409, "申请之后该居民的信息已有变化"),
    "correction_pending": (409, "该居民已有待批准的更正申请"),
    "correction_step_not_next": (409, "尚未轮到此步，或此步已办理"),
    "circumstance_not_verified": (409, "没有可撤销的核实"),
    "circumstance_overlaps": (409, "该人员在这段时间已有同类情况"),
    "circumstance_transition_not_allowed": (409, "居民情况当前状态不允许此操作"),
    "consent_by_guardian": (409, "不满十四周岁的，须由父母或者其他监护人同意"),
    "consent_dates_wrong": (422, "同意的日期不正确"),
    "consent_does_not_cover": (422, "所选信息类别超出该处理目的所需"),
    "consent_guardian_wrong": (422, "底册中没有该监护关系，或该居民应由本人同意"),
    "consent_known": (409, "该居民在这段时间已同意同一目的"),
    "consent_nothing_to_undo": (409, "该同意没有可撤销的操作"),
    "consent_of_own_wish": (403, "该操作由本人办理，工作人员不能代为撤销"),
    "consent_transition_not_allowed": (409, "该同意当前状态不允许此操作"),
    "county_grant_needed": (403, "此操作涉及全县，您的授权不到县级"),
    "divorce_incomplete": (422, "双方仍在同一户内，须说明离婚后的户内安排"),
    "discrepancy_not_open": (409, "该项账实不符已说明或已消除"),
    "duplicate_four_eyes": (403, "合并须由提出人以外的人员批准"),
    "duplicate_of_another_place": (403, "另一份登记不在您的辖区，不能由您核定"),
    "duplicate_transition_not_allowed": (409, "该项疑似重复当前的状态不能办理此步"),
    "erasure_decided": (409, "该清除申请已有结果"),
    "erasure_four_eyes": (403, "清除须由另一人决定，申请人和本人都不能决定"),
    "erasure_kept_by_law": (409, "该居民在册，其登记信息依法须保存，不予清除"),
    "erasure_of_own_wish": (403, "该清除申请由本人提出，工作人员不能代为撤回"),
    "erasure_pending": (409, "该居民已有清除申请在办"),
    "erasure_too_early": (409, "保存期限未满，暂不能清除"),
    "event_before_birth": (422, "事项日期早于出生日期"),
    "event_rested_on": (409, "之后的登记以该事项为依据"),
    "event_reversed": (409, "该事项已撤销或已更正日期"),
    "event_in_future": (422, "发生日期不得晚于申报日期，申报日期不得晚于今天"),
    "event_out_of_order": (409, "与该人员之后已登记的事项矛盾"),
    "forbidden": (403, "没有权限"),
    "head_already": (409, "该成员已是户主"),
    "household_dissolved": (409, "该户已注销"),
    "household_has_head": (409, "该户已有户主"),
    "household_needs_head": (409, "户内还有其他成员，须先指定新户主"),
    "household_nobody_stays": (422, "分户后原户须至少留有一名成员"),
    "household_not_shared": (409, "双方当日不在同一户，或同一户填写了两次"),
    "household_not_dissolved": (409, "该户未注销，无须恢复"),
    "households_not_alike": (409, "两户的户别或所在村（社区）不同，不能并户"),
    "household_needs_one_head": (422, "每户须有且仅有一名户主"),
    "idempotency_key_reused": (422, "该提交编号已用于另一项操作"),
    "invalid_cursor": (422, "翻页标记无效"),
    "invalid_request": (422, "请求内容不正确"),
    "marriage_dates": (422, "婚姻日期不正确"),
    "marriage_ended": (409, "该婚姻已终止或已撤回"),
    "marriage_not_ended": (409, "该婚姻没有可恢复的终止登记"),
    "marriage_of_near_kin": (409, "双方登记为直系血亲或三代以内旁系血亲"),
    "marriage_rested_on": (409, "之后的登记以该婚姻或其终止为依据"),
    "marriage_same_sex": (422, "双方登记的性别相同"),
    "marriage_under_age": (422, "结婚日未达法定婚龄"),
    "married_already": (409, "该人员当日已有婚姻登记"),
    "maternal_death_of_man": (422, "孕产妇死亡登记的人员性别为男"),
    "member_not_of_this_place": (409, "该人员不在本户所在村（社区）"),
    "member_of_other_household": (409, "该人员已属于同类的另一户"),
    "membership_dates": (422, "成员日期不正确"),
    "no_lunar_day": (422, "农历没有这一天，或超出 1901—2050 年"),
    "not_registrable_here": (409, "不能以此证件号码直接办理"),
    "merge_disagrees_with_marriage": (409, "两份登记的婚姻合并后互相矛盾"),
    "merge_taken_back_as_duplicate": (409, "合并不能作为人口事项撤销"),
    "nothing_to_correct": (422, "更正内容与现有信息相同"),
    "not_yet": (503, "数据尚未同步到位，请稍后重试"),
    "number_disagrees": (422, "性别或出生日期与证件号码不一致"),
    "person_already_active": (409, "该人员已在此登记"),
    "person_already_registered": (409, "该证件号码已登记"),
    "person_deceased": (409, "该人员已登记死亡"),
    "person_erased": (409, "该人员的个人信息已依法清除，其登记不再变更"),
    "record_subject_erased": (422, "该人员的个人信息已依法清除，不能再登记其信息"),
    "parent_disagrees": (422, "父母的性别或年龄与登记不符"),
    "person_merged": (409, "该人员已合并至另一份登记"),
    "person_missing": (409, "该人员已登记失踪"),
    "person_not_mergeable": (409, "两份登记当前的状态不能合并"),
    "person_not_missing": (409, "该人员当日未登记失踪"),
    "person_not_active": (409, "该人员当日不在册"),
    "possible_duplicate": (409, "已登记的居民中有疑似同一人"),
    "precondition_required": (428, "修改前须先读取最新信息"),
    "proof_code_by_counter": (403, "办事码由您本人发放，不能由您凭此提供个人信息"),
    "proof_for_other_purpose": (409, "该核验不是为此用途办理的"),
    "proof_not_open": (409, "该核验未通过或已结束"),
    "proof_over": (409, "核验未通过、已结束或已超时"),
    "purpose_required": (422, "查看完整信息须说明用途"),
    "reader_may_not_decide": (403, "不能核查本人的查看"),
    "reading_finding_decided": (409, "该项异常查看现在的状态不能办理此步"),
    "reading_hours_reversed": (422, "工作时段的开始须早于结束"),
    "reading_limit_out_of_bounds": (422, "限值超出可设范围"),
    "rate_limited": (429, "操作过于频繁，请稍后重试"),
    "relation_disagrees_with_marriage": (422, "与户主的关系和婚姻登记不符"),
    "relation_disagrees_with_age": (422, "与户主的关系和双方的出生日期不符"),
    "relation_twice": (422, "户内已有一名成员与户主为此关系"),
    "relation_disagrees_with_sex": (422, "与户主的关系和该人员的性别不符"),
    "retention_not_ahead": (422, "保存期限须从今后的某日起执行"),
    "retention_nothing_due": (409, "该区域没有保存期满可清除的登记"),
    "retention_rule_in_force": (409, "该保存期限已执行或已撤回"),
    "retention_rule_known": (409, "该日起已设定同类保存期限"),
    "retention_run_decided": (409, "该批清除当前状态不允许此操作"),
    "retention_run_four_eyes": (403, "批量清除须由申请人以外的人员决定"),
    "retention_run_too_large": (409, "一次清除不超过 1000 人"),
    "reversal_decided": (409, "该撤销申请已办结"),
    "reversal_four_eyes": (403, "撤销须由申请人以外的人员批准"),
    "reversal_pending": (409, "该事项的撤销申请正待批准"),
    "same_person_twice": (422, "所选的两份登记是同一份"),
    "spouse_in_register": (409, "配偶在册，死亡须在其本人档案登记"),
    "spouse_not_in_household": (409, "配偶不在所选的户内"),
    "spouse_twice": (422, "双方不能是同一人"),
    "survivor_missing": (422, "核定为同一人时须选择保留的一份，其他核定不填"),
    "survivor_merged_since": (409, "保留的一份之后又合并至另一份登记"),
    "survivor_of_merge": (409, "另一份登记已合并至该人员，不能撤销其登记"),
    "survivor_without_number": (409, "保留的一份没有证件号码，另一份有"),
    "same_day": (422, "更正后的日期与原日期相同"),
    "sex_disagrees_with_marriage": (409, "更正后的性别与已登记的婚姻不符"),
    "sex_disagrees_with_relation": (409, "更正后的性别与该人员在户内的关系不符"),
    "succession_names_others": (422, "与新户主的关系中有不是该户成员的人"),
    "succession_incomplete": (422, "须说明其余成员与新户主的关系"),
    "suggestion_transition_not_allowed": (409, "该项标签提示当前的状态不能办理此步"),
    "tag_already_ended": (409, "该标签已结束"),
    "tag_does_not_fit": (422, "该人员的年龄、性别或居住情况不符合此标签的条件"),
    "tag_contact_dates_wrong": (422, "联系人的日期不正确"),
    "tag_contact_does_not_fit": (422, "此人不能担任该身份的联系人"),
    "tag_contact_known": (409, "该联系人已登记"),
    "tag_contact_not_due": (409, "该联系人没有待确认的情况"),
    "tag_contact_nothing_to_undo": (409, "该联系人登记后没有可撤销的操作"),
    "tag_contact_transition_not_allowed": (409, "联系人当前状态不允许此操作"),
    "tag_contact_unchanged": (422, "更正内容与现有信息相同"),
    "term_dates_wrong": (422, "任职的日期不正确"),
    "term_does_not_fit": (422, "所填内容与该职务不符"),
    "term_nothing_to_undo": (409, "该任职登记后没有可撤销的操作"),
    "term_of_other_village": (422, "任职只能在本村（社区）内调整网格"),
    "term_overlaps": (409, "该职务在这段时间已有人担任"),
    "term_transition_not_allowed": (409, "任职当前状态不允许此操作"),
    "term_unchanged": (422, "更正内容与现有信息相同"),
    "too_many_tag_contacts": (409, "一个标签的联系人不超过 10 人"),
    "tag_already_open": (409, "该人员已有此标签"),
    "tag_dates": (422, "标签日期不正确"),
    "transfer_book_missing": (422, "整户迁移须填写该户别对应的迁入地"),
    "transfer_decided": (409, "该迁移申请已办结"),
    "transfer_not_confirmed": (409, "该迁移尚未确认或已撤销"),
    "transfer_without_household": (409, "该人员没有所申请户别的户，不能整户迁移"),
    "unknown_area": (422, "行政区划代码不存在或已撤销"),
    "unknown_grid": (422, "网格不存在或已撤销"),
    "unknown_tag_level": (422, "该标签没有此等级"),
    "unknown_tag": (422, "标签代码不存在"),
    "nothing_to_take_back": (409, "没有可撤销的核实"),
    "verified_on_wrong": (422, "核实日期不正确"),
    "version_mismatch": (412, "内容已有改动，请刷新后重试"),
}
"""Every refusal that registry speaks: code, status and what a clerk reads."""

Json = dict[str, Any]

TAKEN = [("document.number", "person_already_registered")]
"""The field that is wrong with a number that somebody holds."""


def given(answer: Response, status: int = 200) -> Json:
    """The body of a success."""
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


def assert_refused(answer: Response, code: str, errors: Iterable[tuple[str, str]] = ()) -> None:
    """The refusal of this code as the table has it; `errors` are the refused fields: (path, code).

    Where none are named, the answer may say which field the refusal itself is about.
    """
    status, title = REFUSALS[code]
    body = answer.json()
    asked = f"{answer.request.method} {answer.request.url} {answer.request.content!r}: {answer.text}"
    assert (answer.status_code, body.get("code"), body.get("title")) == (status, code, title), asked
    assert (body["status"], body["type"]) == (status, f"urn:xiangli:problem:{code}")
    told = sorted((one["path"], one["code"]) for one in body["errors"])
    wanted = sorted(errors)
    assert told == wanted or (not wanted and {its_code for _, its_code in told} == {code}), asked
    assert all(one["message"] and not one["message"].isascii() for one in body["errors"])
    assert answer.headers["content-type"] == "application/problem+json"


def assert_not_found(answer: Response, *paths: str) -> None:
    """The one answer for what does not exist and for what is not the caller's: to the letter.

    `paths`: which of several things in the body it is.
    """
    assert answer.status_code == 404, answer.text
    body = answer.json()
    assert body.pop("request_id")
    assert body == {
        "type": "urn:xiangli:problem:not_found",
        "title": "未找到，或不在您的管辖范围内",
        "status": 404,
        "code": "not_found",
        "advice": NotFound.advice,
        "errors": [{"path": path, "code": "not_found", "message": NotFound.title} for path in paths],
    }


async def register(client: AsyncClient, **what: Any) -> Json:
    """A registered person as the answer shows it."""
    return given(await client.post(PERSONS, json=a_person(**what)), 201)


async def found(client: AsyncClient, *members: Json, **what: Any) -> Json:
    """A household: without members, a head and a spouse are registered with it."""
    return given(await client.post(HOUSEHOLDS, json=a_household(*members, **what)), 201)


def members_of(household: Json) -> list[str]:
    """The persons' ids in the order in which they joined."""
    return [one["person_id"] for one in household["members"]]


async def join(client: AsyncClient, household: Json, **member: Any) -> Response:
    """One member more."""
    return await client.post(f"{HOUSEHOLDS}/{household['id']}/members", json=member)


async def leave(
    client: AsyncClient, household: Json, person_id: str, on: str, new_head: Json | None = None
) -> Response:
    """One member less."""
    body = {"left_on": on, **({"new_head": new_head} if new_head else {})}
    return await client.post(f"{HOUSEHOLDS}/{household['id']}/members/{person_id}/remove", json=body)


async def household_of(client: AsyncClient, household: Json) -> Json:
    """The household as it stands now."""
    return given(await client.get(f"{HOUSEHOLDS}/{household['id']}"))


async def move_in(client: AsyncClient, person_id: str, on: str, **where: Any) -> Response:
    """`residence` and `registration` are codes, or a code and a kind."""
    places = {
        book: {"area": place} if isinstance(place, str) else {"area": place[0], "kind": place[1]}
        for book, place in where.items()
        if book in ("residence", "registration")
    }
    body = {"occurred_on": on, **where, **places}
    return await client.post(f"{PERSONS}/{person_id}/move-in", json=body)


async def move_out(client: AsyncClient, person_id: str, on: str, **what: Any) -> Response:
    """Out of the county."""
    return await client.post(f"{PERSONS}/{person_id}/move-out", json={"occurred_on": on, **what})


async def die(client: AsyncClient, person_id: str, on: str, **what: Any) -> Response:
    """A death."""
    return await client.post(f"{PERSONS}/{person_id}/death", json={"occurred_on": on, **what})


async def go_missing(client: AsyncClient, person_id: str, on: str) -> Response:
    """Nobody knows where the person is."""
    return await client.post(f"{PERSONS}/{person_id}/missing", json={"occurred_on": on})


async def be_found(client: AsyncClient, person_id: str, on: str) -> Response:
    """Somebody who was missing is there again."""
    return await client.post(f"{PERSONS}/{person_id}/found", json={"occurred_on": on})


async def life_events(client: AsyncClient, person_id: str) -> list[Json]:
    """The life events of a person, oldest record first."""
    events: list[Json] = given(await client.get(f"{PERSONS}/{person_id}/life-events"))["items"]
    return events


async def reverse(client: AsyncClient, person_id: str, event_id: str, **what: Any) -> Response:
    """Take a life event back, or correct its day."""
    body = {"reason": "not_happened", **what}
    return await client.post(f"{PERSONS}/{person_id}/life-events/{event_id}/reverse", json=body)


async def last_event(client: AsyncClient, person_id: str) -> str:
    """Id of the life event that was recorded last."""
    return str((await life_events(client, person_id))[-1]["id"])


async def undone(client: AsyncClient, other: AsyncClient, person_id: str, event_id: str) -> Json:
    """A life event is taken back; `other` approves it where a second person must."""
    made = given(await reverse(client, person_id, event_id), 201)
    if made["status"] == "done":
        return made
    return given(await other.post(f"{REVERSALS}/{made['id']}/approve"))


async def point(client: AsyncClient, one: str, other: str) -> Json:
    """A pair of two persons who may be one."""
    return given(await client.post(DUPLICATES, json={"first_id": one, "second_id": other}), 201)


async def proposed(client: AsyncClient, one: str, survivor: str) -> Json:
    """A pair that is said to be the survivor; somebody else has to approve it."""
    pair = await point(client, one, survivor)
    body = {"decision": "same", "survivor_id": survivor}
    return given(await client.post(f"{DUPLICATES}/{pair['id']}/decide", json=body))


async def correct(client: AsyncClient, person: Json, **fields: Any) -> Response:
    """Set fields right, with the version of `person`."""
    headers = {"if-match": f'"{person["version"]}.masked"'}
    return await client.post(f"{PERSONS}/{person['id']}/correct", json=fields, headers=headers)


FIRST_VERSION = {"if-match": '"1"'}


async def taken_back(client: AsyncClient, path: str, verb: str = "undo") -> Response:
    """The last step undone, with the version that is shown now."""
    return await over_the_seen(client, path, verb)


async def over_the_seen(client: AsyncClient, path: str, verb: str, body: Json | None = None) -> Response:
    """A step with the version that is shown now; of what the client does not see, with some version."""
    seen = await client.get(path)
    return await client.post(f"{path}/{verb}", json=body, headers={"if-match": seen.headers.get("etag", '"1"')})


async def person_of(client: AsyncClient, person_id: str) -> Json:
    """The person as the caller sees it now."""
    return given(await client.get(f"{PERSONS}/{person_id}"))


async def start_tag(client: AsyncClient, person_id: str, code: str, on: str = "2026-03-01", **what: Any) -> Json:
    """A tag of the family in which the code is."""
    kind = "restricted-tags" if what.pop("restricted", False) else "tags"
    return given(await client.post(f"{PERSONS}/{person_id}/{kind}", json={"code": code, "started_on": on, **what}), 201)


async def all_pages(client: AsyncClient, path: str, **params: Any) -> list[Json]:
    """Every row of a list, page by page."""
    rows: list[Json] = []
    cursor: Json = {}
    while True:
        page = given(await client.get(path, params={**params, **cursor}))
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        assert page["items"], "a page that is not the last has rows"
        cursor = {"cursor": page["next_cursor"]}


async def know_grid(committed: Database, code: str, **what: Any) -> None:
    """As if grid's state of this grid had arrived."""
    square = ((111.0, 22.9), (111.1, 22.9), (111.1, 23.0), (111.0, 22.9))
    fields: Json = {"village": code[:12], "kind": "comprehensive", "valid_from": BOOKS_OPENED_ON}
    state = GridState(id=code, code=code, version=1, polygon=square, **(fields | what))
    async with committed.session() as session:
        await session.execute(
            text(
                "INSERT INTO projected_states (slot, noun, aggregate, sequence, revision, state, area, event_time,"
                " applied_at) VALUES (0, 'grid.grid', :code, 1, 0, CAST(:state AS jsonb), :code, now(), now())"
            ),
            {"code": code, "state": json.dumps(state.model_dump(mode="json"))},
        )
        await session.commit()


BUILDINGS, DWELLINGS = "/registry/v1/buildings", "/registry/v1/dwellings"


def a_building(**what: Any) -> Json:
    """The body of a building of VILLAGE."""
    body: Json = {"area": VILLAGE, "kind": "apartments", "address": "示例路1号3栋", "valid_from": "2026-01-01"}
    return body | {"floors": 6} | what


async def enter_building(client: AsyncClient, **what: Any) -> Json:
    """A building that was entered."""
    return given(await client.post(BUILDINGS, json=a_building(**what)), 201)


async def enter_dwelling(client: AsyncClient, building: Json, **what: Any) -> Json:
    """A dwelling of the building that was entered."""
    body = {"building_id": building["id"], "unit": "2单元", "room": "301室", "valid_from": "2026-01-01"} | what
    return given(await client.post(DWELLINGS, json=body), 201)


OCCUPANCIES = "/registry/v1/occupancies"


async def occupy(client: AsyncClient, dwelling: Json, **what: Any) -> Response:
    """Somebody lives in the dwelling since the beginning of the books, unless said otherwise."""
    body = {"role": "occupant", "since": "2026-01-01"} | what
    return await client.post(f"{DWELLINGS}/{dwelling['id']}/occupancies", json=body)
