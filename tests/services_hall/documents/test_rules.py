"""Rules of documents: numbers, tokens and check codes as they are typed, what each says, for which step one stands."""

import string
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.services_hall.cases.domain.codes import DenialReason, RefusalReason, SpecialProcedure
from services.services_hall.cases.domain.lifecycle import LIFECYCLE
from services.services_hall.cases.models import Case
from services.services_hall.documents.documents import Telling, content_of, day, said_of
from services.services_hall.documents.domain import (
    ACTIONS,
    HASH,
    MARKS,
    MILESTONES,
    TOKEN,
    DocumentKind,
    document_number,
    may_be_token,
    new_token,
    spaced,
    written_out,
)
from services.services_hall.documents.service.documents import holds, standing
from shared.clock import SHANGHAI
from shared.reference.departments import DEPARTMENTS

AT = datetime(2026, 3, 16, 2, tzinfo=SHANGHAI)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("receipt", "收〔2026〕1 号"), ("notice", "告〔2026〕1 号"), ("acceptance", "受〔2026〕1 号"),
        ("refusal", "不受〔2026〕1 号"), ("special", "特〔2026〕1 号"), ("extension", "延〔2026〕1 号"),
        ("decision", "决〔2026〕1 号"), ("closing", "办〔2026〕1 号"), ("delivery", "送〔2026〕1 号"),
    ],
)  # fmt: skip
def test_a_number_is_mark_year_and_serial(kind: str, number: str) -> None:
    assert document_number(DocumentKind(kind), 2026, 1) == number
    assert document_number(DocumentKind(kind), 2031, 123) == number.replace("2026", "2031").replace("1 号", "123 号")


def test_no_two_kinds_share_a_number_in_a_year() -> None:
    numbers = {document_number(kind, 2026, serial) for kind in DocumentKind for serial in range(1, 200)}
    assert len(numbers) == len(DocumentKind) * 199


def test_each_kind_is_about_a_step_that_the_lifecycle_has_and_a_column_that_the_case_has() -> None:
    assert set(ACTIONS.values()) <= {str(action) for action in LIFECYCLE}
    assert {MILESTONES[kind] for kind in ACTIONS} <= set(Case.__table__.columns.keys())
    assert len(set(ACTIONS.values())) == len(ACTIONS) == 9
    assert len(MARKS) == len(DocumentKind) == 12


@pytest.mark.parametrize(
    ("code", "printed"),
    [("", ""), ("ABC", "ABC"), ("ABCD", "ABCD"), ("ABCDE", "ABCD E"), ("0123456789ABCDEF", "0123 4567 89AB CDEF")],
)
def test_a_code_is_printed_in_groups_of_four(code: str, printed: str) -> None:
    assert spaced(code) == printed


@given(st.text(string.hexdigits.upper(), min_size=HASH, max_size=HASH), st.integers(0, 3))
def test_whatever_way_a_printed_code_is_typed_it_is_read_as_it_was_issued(code: str, way: int) -> None:
    wide = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in code}
    typed = (spaced(code), spaced(code).lower(), code.translate(wide), f"\t{spaced(code)}\u3000\n")[way]
    assert written_out(typed) == code


def test_a_token_is_read_aloud_without_doubt_and_is_never_the_same() -> None:
    tokens = [new_token() for _ in range(2_000)]
    assert len(set(tokens)) == 2_000
    assert all(may_be_token(one) for one in tokens)
    assert set("".join(tokens)) == set(ALPHABET), "every letter comes, and none that looks like another"
    assert not set(ALPHABET) & set("01OIL")
    assert len(ALPHABET) ** TOKEN > 2**99


@pytest.mark.parametrize(
    "text", ["", "A" * (TOKEN - 1), "A" * (TOKEN + 1), *(sign * TOKEN for sign in ("O", "1", "a", "\x00", "中"))]
)
def test_what_can_be_no_token_is_not_looked_for(text: str) -> None:
    assert not may_be_token(text)


def a_step(version: int, step: str, **content: Any) -> Any:
    return SimpleNamespace(version=version, step=step, content=content)


def a_case(**what: Any) -> Any:
    return SimpleNamespace(**dict.fromkeys(MILESTONES.values()) | {"pauses": []} | what)


def stands(case: Any, steps: list[Any], kind: DocumentKind) -> int | None:
    """The version of the step that stands."""
    found = standing(case, steps, kind)
    return None if found is None else found.version


@pytest.mark.parametrize("kind", [one for one in ACTIONS if one is not DocumentKind.SPECIAL])
def test_a_step_stands_as_long_as_the_case_holds_what_it_set(kind: DocumentKind) -> None:
    column = MILESTONES[kind]
    first, second = (10, 20) if column == "extended_days" else (AT, AT.replace(hour=5))
    told = [one if isinstance(one, int) else one.isoformat() for one in (first, second)]
    steps: list[Any] = [
        a_step(1, "submit"), a_step(2, ACTIONS[kind], **{column: told[0]}), a_step(3, "undo", **{column: None}),
        a_step(4, ACTIONS[kind], **{column: told[1]}), a_step(5, "check_material", **{column: told[1]}),
    ]  # fmt: skip
    unknown: Any = SimpleNamespace(version=2, step=ACTIONS[kind], content=None)
    assert stands(a_case(**{column: second}), steps, kind) == 4
    assert stands(a_case(**{column: first}), steps[:2], kind) == 2
    assert stands(a_case(), steps[:3], kind) is None, "it was taken back"
    assert stands(a_case(**{column: second}), steps[:1], kind) is None, "it was not taken"
    assert stands(a_case(**{column: second}), [unknown], kind) is None, "a step of before contents were kept"
    assert [holds(a_case(**{column: second}), steps, kind, of) for of in (2, 4, 5)] == [False, True, False]


def test_each_special_procedure_stands_by_itself_and_after_its_end() -> None:
    kind, later = DocumentKind.SPECIAL, AT.replace(hour=9)
    steps: list[Any] = [
        a_step(3, "begin_special", paused_at=AT.isoformat()), a_step(4, "resume", paused_at=None),
        a_step(5, "begin_special", paused_at=later.isoformat()),
    ]  # fmt: skip
    pauses = [{"start": AT.isoformat(), "end": later.isoformat()}, {"start": later.isoformat(), "end": None}]
    both, first = a_case(pauses=pauses), a_case(pauses=pauses[:1])
    assert [holds(both, steps, kind, of) for of in (3, 4, 5)] == [True, False, True]
    assert [holds(first, steps, kind, of) for of in (3, 5)] == [True, False]
    assert [stands(one, steps, kind) for one in (both, first, a_case())] == [5, 3, None]


CASE: dict[str, Any] = {
    "number": "VILLAGE-CERT-01202603160001", "department": "civil_affairs", "received_at": AT, "accepted_at": AT,
    "decided_at": AT, "closed_at": AT, "due_on": date(2026, 3, 23), "deliver_by": date(2026, 3, 30), "promised_days": 5,
    "extended_days": 10, "supply_until": date(2026, 3, 30), "review_until": date(2026, 5, 15), "granted": True,
    "suit_until": date(2026, 9, 16), "competent_department": None, "materials": [], "notice": None, "delivery": None,
}  # fmt: skip
VERSION: dict[str, Any] = {
    "name": "居住证明", "result": None, "materials": [
        {"name": "居民身份证", "form": "copy", "copies": 2}, {"name": "居民户口簿", "form": "original", "copies": 1},
    ],
}  # fmt: skip


def said(kind: str, reason: str | None = None, version: dict[str, Any] | None = None, **case: Any) -> dict[str, Any]:
    """What a document says."""
    made: Any = (SimpleNamespace(**CASE | case), SimpleNamespace(**VERSION | (version or {})))
    telling = Telling(made[0], made[1], reason, AT, DEPARTMENTS, "测试甲", "45048119900307019X")
    return content_of(said_of(DocumentKind(kind), telling), telling, "号", date(2026, 3, 16))


def words(content: dict[str, Any]) -> str:
    return "".join(content["paragraphs"])


@pytest.mark.parametrize("kind", ACTIONS)
def test_every_document_names_whom_it_is_for_from_whom_and_when_and_never_a_number_of_a_person(
    kind: DocumentKind,
) -> None:
    content = said(str(kind))
    assert (content["addressee"], content["office"], content["date"]) == ("测试甲", "民政局", "2026年3月16日")
    assert (content["case"], content["item"], content["number"]) == (CASE["number"], "居住证明", "号")
    assert "45048119900307019X" not in str(content)
    assert "None" not in words(content) + str(content["facts"])
    assert content["paragraphs"] or content["facts"]


VARIANTS: list[tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    ({"kind": "acceptance"}, ("5个工作日内办结", "2026年3月23日前"), ("容缺", "当场")),
    ({"kind": "acceptance", "promised_days": 0}, ("承诺当场办结",), ("工作日",)),
    ({"kind": "acceptance", "due_on": None}, ("应于—前作出决定",), ()),
    ({"kind": "refusal", "reason": "not_in_authority"}, (RefusalReason.NOT_IN_AUTHORITY.label, "六十日"), ("申请。",)),
    ({"kind": "refusal", "reason": None}, ("见所附说明", "2026年5月15日前"), ()),
    ({"kind": "refusal", "reason": "not_required", "competent_department": "health"}, ("请向卫生健康局申请",), ()),
    ({"kind": "refusal", "reason": None, "competent_department": "unlisted"}, ("请向unlisted申请",), ()),
    ({"kind": "special", "reason": "hearing"}, (f"进行{SpecialProcedure.HEARING.label}", "2026年3月16日起"), ()),
    ({"kind": "special", "reason": None}, ("需要进行特别程序",), ()),
    ({"kind": "extension", "reason": None}, ("因情况特殊", "延长10个工作日"), ()),
    ({"kind": "decision"}, ("决定准予。",), ("发给", "行政复议")),
    ({"kind": "decision", "version": {"result": {"kind": "licence", "name": "居住证"}}}, ("准予，发给居住证。",), ()),
    ({"kind": "decision", "version": {"result": {"kind": "other", "name": None}}}, ("决定准予。",), ("发给",)),
    ({"kind": "decision", "granted": False, "reason": "conditions_not_met"},
     (DenialReason.CONDITIONS_NOT_MET.label, "不予许可", "提起行政诉讼"), ("准予，",)),
    ({"kind": "decision", "granted": False}, ("见所附说明", "不予许可"), ()),
    ({"kind": "closing"}, ("作出准予的决定", "2026年3月30日前送达"), ()),
    ({"kind": "closing", "granted": False}, ("作出不予许可的决定",), ()),
]  # fmt: skip


@pytest.mark.parametrize(("what", "there", "absent"), VARIANTS)
def test_a_document_says_what_its_step_was_and_no_more(
    what: dict[str, Any], there: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    text = words(said(**what))
    assert [one for one in there if one not in text] == [], text
    assert [one for one in absent if one in text] == [], text


def test_a_receipt_lists_every_material_with_what_was_said_of_it_last() -> None:
    table = said("receipt", materials=[{"number": 2, "status": "faulty", "promised_on": None}])["table"]
    assert [*table["titles"]] == ["序号", "材料名称", "形式", "份数", "状态"]
    assert ["|".join(row) for row in table["rows"]] == [
        "1|居民身份证|复印件|2|未提交",
        "2|居民户口簿|原件|1|不符合要求",
    ]
    assert said("receipt", version={"materials": []})["table"] is None


def test_a_notice_numbers_what_is_missing_and_an_acceptance_what_was_promised() -> None:
    notice = {"materials": [{"number": 2, "problem": "illegible"}, {"number": 1, "problem": "not_submitted"}]}
    assert said("notice", notice=notice)["table"]["rows"] == [
        ["1", "居民户口簿", "字迹或图像不清"], ["2", "居民身份证", "未提交"],
    ]  # fmt: skip
    promised = [{"number": 2, "status": "deferred", "promised_on": "2026-03-20"}, {"number": 1, "status": "given"}]
    accepted = said("acceptance", materials=promised)
    assert accepted["table"]["rows"] == [["居民户口簿", "2026年3月20日"]]
    assert "容缺受理" in words(accepted)


@pytest.mark.parametrize(
    ("delivery", "facts"),
    [
        (None, ["—", "—", "—", "—"]),
        ({"way": "counter", "recipient": "agent", "received_on": "2026-03-17", "tracking": None},
         ["窗口领取", "代理人", "2026年3月17日", "—"]),
        ({"way": "post", "recipient": "applicant", "received_on": "2026-03-18", "tracking": "EMS1"},
         ["邮寄送达", "本人", "2026年3月18日", "EMS1"]),
    ],
)  # fmt: skip
def test_a_receipt_of_delivery_says_how_and_to_whom(delivery: Any, facts: list[str]) -> None:
    told = dict(said("delivery", delivery=delivery)["facts"])
    assert [told[one] for one in ("送达方式", "签收人", "签收日期", "邮件单号")] == facts
    assert (told["受送达人"], told["签名或盖章"]) == ("测试甲", "")


def test_days_are_written_without_leading_zeros() -> None:
    assert [day(one) for one in (date(2026, 3, 6), date(2027, 12, 31))] == ["2026年3月6日", "2027年12月31日"]


def test_what_a_paper_is_made_of_shows_nobody_in_a_log() -> None:
    nothing: Any = None
    telling = Telling(nothing, nothing, None, None, {}, "测试甲", "45048119900307019X")
    assert "测试甲" not in repr(telling)
    assert "45048119900307019X" not in repr(telling)
