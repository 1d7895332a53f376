"""Documents of cases: issued once a step, numbered and sealed, fetched by who handles the case, verified by all."""

import re
from asyncio import gather
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.services_hall.app import create_app
from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from services.services_hall.documents.api import PER_MINUTE
from services.services_hall.documents.domain import ACTIONS, MARKS, MILESTONES, DocumentKind, document_number, new_token
from services.services_hall.settings import Settings
from shared.auth.principal import Principal
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.erasures.service import KEPT
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door, a_principal
from shared.testing.settings import settings_for
from tests.services_hall.case_erasures.samples import WHO
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NAME,
    NOT_FOUND,
    NUMBER,
    OTHER_CLERK,
    VILLAGE,
    CaseIn,
    Facts,
    Step,
    Submit,
    publish_item,
    refusal,
)
from tests.shared.papers.test_typesetting import text_of

PLACE = "https://hall.example"
TOWN_OFFICER = a_principal("town_officer", "450481114")


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    settings = settings_for("services_hall", service_database.service_url, public_address=PLACE)
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=committed))


async def ask(door: Door, path: str, body: Any = None, who: Principal | None = COUNTY_OFFICER) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(path, json=body)


async def issue(door: Door, case: Any, kind: str, who: Principal = COUNTY_OFFICER) -> Any:
    answer = await ask(door, f"/cases/{case['id']}/documents", {"kind": kind}, who)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def paper(door: Door, document: Any, who: Principal = COUNTY_OFFICER) -> str:
    async with door.client(who) as client:
        answer = await client.get(f"/documents/{document['id']}/content")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return text_of(answer.content)


async def read(door: Door, path: str, who: Principal = COUNTY_OFFICER) -> Any:
    async with door.client(who) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def token_on(words: str) -> str:
    """The token as it is printed."""
    found = re.search(r"查验编号：([A-Z0-9]{20})", words)
    assert found is not None, words
    return found[1]


async def verified(door: Door, token: str, code: str) -> Any:
    answer = await ask(door, "/document-verifications", {"token": token, "check_code": code}, None)
    assert answer.status_code == 200, answer.text
    return answer.json()


TOLD: dict[str, Any] = {"materials": [{"number": 2, "problem": "illegible"}], "until": "2026-03-30"}
STEPS: list[tuple[str, str | tuple[str, ...], tuple[tuple[str, dict[str, Any]], ...], tuple[str, ...]]] = [
    ("receipt", ("receive",), (), ("收件凭证", "已于2026年3月16日收到", "居民身份证复印件1已提交", "不代表已经受理")),
    ("notice", ("receive",), (("notify", TOLD),),
     ("一次性告知书", "2026年3月30日前补正", "1居民户口簿字迹或图像不清")),
    ("acceptance", ("receive", "accept"), (), ("受理通知书", "5个工作日内办结", "2026年3月23日前作出决定")),
    ("refusal", ("receive",), (("refuse", {"reason": "not_in_authority", "competent_department": "health"}),),
     ("不予受理通知书", "不属于本机关职权范围", "请向卫生健康局申请", "2026年5月15日前）申请", "2026年9月16日前）")),
    ("special", ("receive", "accept"), (("begin-special", {"procedure": "hearing"}),),
     ("特别程序告知书", "需要进行听证", "自2026年3月16日起", "不计算在办理期限内")),
    ("extension", ("receive", "accept"), (("extend", {"days": 10, "reason": "complex"}),),
     ("延期通知书", "因情况复杂", "延长10个工作日", "延长至2026年4月7日")),
    ("decision", ("receive", "accept"), (("decide", {"granted": True}),), ("准予决定书", "决定准予，发给居住证")),
    ("decision", ("receive", "accept"), (("decide", {"granted": False, "reason": "conditions_not_met"}),),
     ("不予许可决定书", "不符合法定条件、标准", "提起行政诉讼")),
    ("closing", ("receive", "accept", "decide"), (("close", {}),), ("办结通知书", "准予的决定", "2026年3月16日办结")),
    ("delivery", ("receive", "accept", "decide", "close"),
     (("deliver", {"way": "counter", "recipient": "applicant", "received_on": "2026-03-16"}),),
     ("送达回证", "窗口领取", "本人", "签收日期2026年3月16日")),
]  # fmt: skip
"""Kind, the steps before, the steps with what they say, words of the paper."""

MATERIALS = [{"name": "居民身份证", "form": "copy"}, {"name": "居民户口簿", "form": "original", "required": False}]


NAMED = [f"{number}-{one[0]}" for number, one in enumerate(STEPS)]


@pytest.mark.parametrize(("kind", "before", "steps", "words"), STEPS, ids=NAMED)
async def test_each_document_says_what_the_step_was_to_the_applicant_by_full_name(
    door: Door, case_in: CaseIn, step: Step, kind: str, before: Any, steps: Any, words: tuple[str, ...], person: UUID
) -> None:
    item = await publish_item(door, "PAPERS", materials=MATERIALS, result={"kind": "licence", "name": "居住证"})
    case = await case_in(("receive",), item_id=item)
    given = await step(case, "check-material", number=1, status="given")
    assert given.status_code == 200, given.text
    for verb in before[1:]:
        answer = await step(case, verb, **({"granted": True} if verb == "decide" else {}))
        assert answer.status_code == 200, answer.text
    for verb, body in steps:
        answer = await step(case, verb, **body)
        assert answer.status_code == 200, answer.text
    document = await issue(door, case, kind)
    assert document["number"] == f"{MARKS[DocumentKind(kind)]}〔2026〕1 号"
    told = await paper(door, document)
    for said in (*words, NAME, case["number"], "民政局", "2026年3月16日", document["number"].replace(" ", "")):
        assert said in told, said
    assert NUMBER not in told
    answer = await verified(door, token_on(told), document["check_code"])
    assert (answer["outcome"], answer["kind"], answer["number"]) == ("genuine", kind, document["number"])
    assert answer["name"] == "测**某"


async def test_a_document_is_issued_for_a_step_that_was_taken_and_once(door: Door, case_in: CaseIn, step: Step) -> None:
    case = await case_in("submitted")
    for kind in DocumentKind:
        answer = await ask(door, f"/cases/{case['id']}/documents", {"kind": kind})
        code = "document_not_yet" if kind in ACTIONS else "document_with_custody"
        assert refusal(answer)[:2] == (409, code), kind
    await step(case, "receive")
    answers = await gather(*(ask(door, f"/cases/{case['id']}/documents", {"kind": "receipt"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {refusal(one)[1] for one in answers if one.status_code == 409} == {"document_issued"}
    async with door.client(CLERK) as client:
        listed = (await client.get(f"/cases/{case['id']}/documents")).json()["items"]
    assert [one["kind"] for one in listed] == ["receipt"]


async def test_a_step_that_is_taken_back_takes_its_document_along_and_may_have_another(
    door: Door, case_in: CaseIn, step: Step, clock: FrozenClock
) -> None:
    case = await case_in("accepted")
    first = await issue(door, case, "acceptance")
    token = token_on(await paper(door, first))
    current = await read(door, f"/cases/{case['id']}")
    undone = await step(case, "undo", headers={"If-Match": f'"{current["version"]}"'}, reason="wrong_step")
    assert undone.status_code == 200, undone.text
    assert (await verified(door, token, first["check_code"]))["outcome"] == "superseded"
    assert refusal(await ask(door, f"/cases/{case['id']}/documents", {"kind": "acceptance"}))[1] == "document_not_yet"
    clock.advance(minutes=5)
    assert (await step(case, "accept")).status_code == 200
    second = await issue(door, case, "acceptance")
    assert second["number"] == "受〔2026〕2 号"
    assert (await verified(door, token, first["check_code"]))["outcome"] == "superseded"


async def test_a_special_procedure_that_has_ended_was_one_all_the_same(door: Door, case_in: CaseIn, step: Step) -> None:
    case = await case_in("accepted")
    await step(case, "begin-special", procedure="hearing")
    document = await issue(door, case, "special")
    token = token_on(await paper(door, document))
    assert (await step(case, "resume")).status_code == 200
    assert (await verified(door, token, document["check_code"]))["outcome"] == "genuine"


async def test_a_voided_document_says_so_on_paper_and_to_who_verifies_it(door: Door, case_in: CaseIn) -> None:
    case = await case_in(("receive",))
    document = await issue(door, case, "receipt")
    token = token_on(await paper(door, document))
    voided = await ask(door, f"/documents/{document['id']}/void", {"reason": "wrong_content"})
    assert (voided.json()["status"], voided.json()["void_reason"]) == ("voided", "wrong_content")
    again = await ask(door, f"/documents/{document['id']}/void", {"reason": "wrong_content"})
    assert refusal(again)[:2] == (409, "document_voided")
    assert (await verified(door, token, document["check_code"]))["outcome"] == "voided"
    assert "已作废" in await paper(door, document)
    assert (await issue(door, case, "receipt"))["number"] == "收〔2026〕2 号"


async def test_a_wrong_check_code_is_told_as_such_and_nothing_besides(door: Door, case_in: CaseIn) -> None:
    document = await issue(door, await case_in(("receive",)), "receipt")
    token = token_on(await paper(door, document))
    told = await verified(door, token, "0" * 16)
    hidden = ("kind", "number", "case", "item", "office", "date", "name")
    assert told == {"outcome": "wrong_hash", **dict.fromkeys(hidden)}
    code = document["check_code"]
    spaced = " ".join(code[at : at + 4] for at in range(0, 16, 4)).lower()
    assert (await verified(door, token, spaced))["outcome"] == "genuine"


async def test_papers_are_not_found_by_guessing_and_questions_are_numbered(door: Door, case_in: CaseIn) -> None:
    await issue(door, await case_in(("receive",)), "receipt")
    body = {"token": new_token(), "check_code": "0" * 16}
    answers = [await ask(door, "/document-verifications", body, None) for _ in range(PER_MINUTE + 1)]
    assert [answer.status_code for answer in answers] == [404] * PER_MINUTE + [429]
    async with door.client(None) as client:
        assert (await client.get("/verify", params={"token": new_token(), "code": "0" * 16})).status_code == 429
    tokens = {new_token() for _ in range(1_000)}
    assert len(tokens) == 1_000
    assert {len(one) for one in tokens} == {20}


async def test_the_page_behind_the_qr_code_shows_no_more_than_the_paper(door: Door, case_in: CaseIn) -> None:
    document = await issue(door, await case_in(("receive",)), "receipt")
    token = token_on(await paper(door, document))
    async with door.client(None) as client:
        good = await client.get("/verify", params={"token": token, "code": document["check_code"]})
        bad = await client.get("/verify", params={"token": token, "code": "F" * 16})
        none = await client.get("/verify", params={"token": "A" * 20, "code": "F" * 16})
        empty = await client.get("/verify")
    assert [one.status_code for one in (good, bad, none, empty)] == [200, 200, 404, 200]
    assert all(one.headers["content-type"] == "text/html; charset=utf-8" for one in (good, bad, none, empty))
    for words in ("有效文书", document["number"], "测**某", "居住证明", "民政局"):
        assert words in good.text, words
    assert NAME not in good.text
    assert "校验码不符" in bad.text
    assert document["number"] not in bad.text
    assert "没有此查验编号" in none.text
    for answer in (good, bad, none, empty):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert token not in answer.text, "what was asked for is not repeated"


async def test_who_does_not_handle_the_case_gets_no_paper_and_issues_none(
    door: Door, case_in: CaseIn, step: Step
) -> None:
    case = await case_in(("receive",))
    document = await issue(door, case, "receipt", CLERK)
    path = f"/documents/{document['id']}"
    auditor = a_principal("auditor", "450481")
    agent = a_principal("agent", VILLAGE)
    water = a_principal("department_officer", "450481", department="water")
    for who, status in ((OTHER_CLERK, 404), (water, 404), (auditor, 403), (agent, 403)):
        async with door.client(who) as client:
            assert (await client.get(f"{path}/content")).status_code == status, who
            answer = await client.post(f"/cases/{case['id']}/documents", json={"kind": "receipt"})
            assert answer.status_code == status, who
            voided = await client.post(f"{path}/void", json={"reason": "lost"})
            assert voided.status_code == status, who
    for who in (CLERK, TOWN_OFFICER):
        assert NAME in await paper(door, document, who)
    async with door.client(OTHER_CLERK) as client:
        assert refusal(await client.get(f"/cases/{case['id']}/documents")) == NOT_FOUND


async def test_every_fetch_of_a_paper_is_noted_with_the_person_and_nothing_lies_open(
    door: Door, case_in: CaseIn, person: UUID, committed: Database, facts: Facts
) -> None:
    before = len(await facts())
    document = await issue(door, await case_in(("receive",)), "receipt")
    await paper(door, document)
    noted = [one for one in door.accesses.entries if one.action in ("issue_document", "fetch_document")]
    assert [(one.action, one.noun, one.object_id, one.detail) for one in noted] == [
        ("issue_document", "registry.person", str(person), "write"),
        ("fetch_document", "registry.person", str(person), "full"),
    ]
    async with committed.session() as session:
        rows = (await session.execute(text("SELECT case_documents::text FROM case_documents"))).scalars().all()
    assert NAME not in "".join(rows)
    assert len(await facts()) > before
    assert not [one for one in await facts() if "document" in one.type], "no name of a paper leaves"


async def test_what_an_ended_case_said_of_who_was_erased_is_gone_and_the_number_stays(
    door: Door, case_in: CaseIn, person: UUID, committed: Database, crypto: Crypto, clock: FrozenClock
) -> None:
    running = await issue(door, await case_in(("receive",)), "receipt")
    ended = await issue(door, await case_in("closed"), "closing")
    token = token_on(await paper(door, ended))
    async with committed.session() as session:
        context: Any = type("Context", (), {"session": session})
        assert await ApplicantErasing(context).erase([person]) == {"applicants": 1, KEPT: 1}
        assert await ApplicantErasing(context).erase([person]) == {"applicants": 0, KEPT: 1}
        await session.commit()
    async with door.client(COUNTY_OFFICER) as client:
        gone = await client.get(f"/documents/{ended['id']}/content")
    assert refusal(gone)[:2] == (409, "document_erased")
    assert NAME in await paper(door, running)
    told = await verified(door, token, ended["check_code"])
    assert (told["outcome"], told["number"], told["name"]) == ("genuine", ended["number"], None)


def test_every_kind_has_its_step_its_column_and_a_mark_of_its_own() -> None:
    custody = {DocumentKind.CUSTODY_RECEIPT, DocumentKind.CUSTODY_HAND_OVER, DocumentKind.CUSTODY_RETURN}
    assert set(ACTIONS) == set(MILESTONES) == set(DocumentKind) - custody
    assert set(MARKS) == set(DocumentKind)
    assert len(set(MARKS.values())) == len(DocumentKind)
    assert document_number(DocumentKind.REFUSAL, 2026, 12) == "不受〔2026〕12 号"


@pytest.mark.parametrize("address", ["http://hall.example", "https://hall.example/x", "hall.example", "javascript:x"])
def test_the_address_of_the_county_is_an_origin(service_database: ServiceDatabase, address: str) -> None:
    with pytest.raises(ValueError, match="XIANGLI_PUBLIC_ADDRESS"):
        settings_for("services_hall", service_database.service_url, public_address=address)


async def test_without_an_address_papers_are_verified_by_their_numbers(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock, case_in: CaseIn, door: Door
) -> None:
    document = await issue(door, await case_in(("receive",)), "receipt")
    assert f"{PLACE}/services-hall/v1/verify" in await paper(door, document)
    settings = settings_for("services_hall", service_database.service_url)
    assert isinstance(settings, Settings)
    plain = await paper(Door(create_app(settings, clock=clock, database=committed)), document)
    assert "hall.example" not in plain
    assert token_on(plain)


async def test_a_check_code_is_compared_whatever_was_typed(door: Door, case_in: CaseIn) -> None:
    document = await issue(door, await case_in(("receive",)), "receipt")
    token = token_on(await paper(door, document))
    assert (await verified(door, token, "校验码不是数字也不是字母的十六个"))["outcome"] == "wrong_hash"
    wide = {ord(one): chr(ord(one) + 0xFEE0) for one in document["check_code"] + token}
    assert (await verified(door, token, document["check_code"].translate(wide)))["outcome"] == "genuine"
    assert (await verified(door, token.lower(), document["check_code"]))["outcome"] == "genuine"
    assert (await verified(door, token.translate(wide), document["check_code"]))["outcome"] == "genuine"
    async with door.client(None) as client:
        page = await client.get("/verify", params={"token": token, "code": "校验码"})
        blank = await client.get("/verify", params={"token": "\x00" * 20, "code": "A" * 16})
    assert (page.status_code, "校验码不符" in page.text) == (200, True)
    assert blank.status_code == 422


async def test_each_special_procedure_has_a_paper_that_says_since_when_and_stays_true(
    door: Door, case_in: CaseIn, step: Step, clock: FrozenClock
) -> None:
    case = await case_in("accepted")
    await step(case, "begin-special", procedure="hearing")
    first = await issue(door, case, "special")
    await step(case, "resume")
    assert (await ask(door, f"/documents/{first['id']}/void", {"reason": "lost"})).status_code == 200
    again = await issue(door, case, "special")
    told = await paper(door, again)
    assert "自2026年3月16日起" in told
    clock.advance(days=1)
    assert (await step(case, "begin-special", procedure="appraisal")).status_code == 200
    second = await issue(door, case, "special")
    assert (await verified(door, token_on(told), again["check_code"]))["outcome"] == "genuine"
    assert (await verified(door, token_on(await paper(door, second)), second["check_code"]))["outcome"] == "genuine"


async def test_a_special_procedure_that_is_taken_back_takes_its_own_paper_along(
    door: Door, case_in: CaseIn, step: Step
) -> None:
    case = await case_in("accepted")
    await step(case, "begin-special", procedure="hearing")
    document = await issue(door, case, "special")
    token = token_on(await paper(door, document))
    current = await read(door, f"/cases/{case['id']}")
    undone = await step(case, "undo", headers={"If-Match": f'"{current["version"]}"'}, reason="wrong_step")
    assert undone.status_code == 200, undone.text
    assert (await verified(door, token, document["check_code"]))["outcome"] == "superseded"


async def test_a_notice_may_be_issued_after_what_was_missing_was_supplied(
    door: Door, case_in: CaseIn, step: Step
) -> None:
    item = await publish_item(door, "PAPERS", materials=MATERIALS)
    case = await case_in("received", item_id=item)
    assert (await step(case, "check-material", number=1, status="given")).status_code == 200
    assert (await step(case, "notify", **TOLD)).status_code == 200
    assert (await step(case, "check-material", number=2, status="given")).status_code == 200
    supplied = await step(case, "supply")
    assert supplied.status_code == 200, supplied.text
    told = await paper(door, await issue(door, case, "notice"))
    assert "2026年3月30日前补正" in told
    assert "居民户口簿" in told


async def test_a_paper_that_cannot_be_set_takes_no_number(
    door: Door, case_in: CaseIn, submit: Submit, step: Step
) -> None:
    """Numbers run without a gap: whoever looks through the book sees that none was taken away."""
    first = await issue(door, await case_in(("receive",)), "receipt")
    case = await submit(extract=None, applicant=WHO | {"name": "\U0003106f某某"}, consent="signed")
    await step(case, "receive")
    for _ in range(2):
        refused = await ask(door, f"/cases/{case['id']}/documents", {"kind": "receipt"})
        assert refusal(refused)[:2] == (409, "glyph_missing")
        assert "U+3106F" in refused.json()["detail"]
    assert (await read(door, f"/cases/{case['id']}/documents"))["items"] == []
    second = await issue(door, await case_in(("receive",)), "receipt")
    assert [first["number"], second["number"]] == [f"收〔2026〕{number} 号" for number in (1, 2)]
