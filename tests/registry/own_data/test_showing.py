"""What a person reads of the own data: an entry of each kind, and the copy for people, line by line."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from services.registry.own_data.domain import LEFT_OUT, OwnEntry, OwnGroup
from services.registry.own_data.service import gathering
from services.registry.own_data.service.showing import OwnData, readable
from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.disclosures import Disclosed
from tests.registry.builders import FAR, SISTER, TODAY, VILLAGE

BEGAN, ENDED = date(2026, 2, 1), date(2026, 3, 5)
NUMBER, PHONE = "45040019600517002X", "13807748000"


def a_record(**what: Any) -> PersonRecord:
    """A woman of VILLAGE who is registered in FAR."""
    nothing: dict[str, Any] = dict.fromkeys(("died_on", "residence_until", "registration_until"))
    sealed: dict[str, Any] = dict.fromkeys(
        ("name_sealed", "number_sealed", "phone_sealed", "address_sealed", "masked_sealed"), b""
    )
    one = PersonRecord(
        id=uuid4(),
        version=3,
        status="active",
        sex="2",
        birth_date=date(1960, 5, 17),
        ethnic_group="08",
        document_type="citizen_id",
        residence=[],
        registration=[],
        residence_area=VILLAGE,
        registration_area=FAR,
        **nothing,
        **sealed,
    )
    return replace(one, **what)


def a_copy(
    *entries: OwnEntry, phone: str | None = "13807748000", number: str | None = NUMBER, **what: Any
) -> list[str]:
    """The lines of the copy for people."""
    record = a_record(**what)
    shown = Disclosed(record, "覃秀英", number, phone, "思孟村三组十二号", full=True)
    places = {VILLAGE: "思孟村委会", FAR: "善村村委会"}
    at = datetime(2026, 3, 15, 17, 30, tzinfo=UTC)
    return readable(OwnData(record.id, record.version, at, shown, entries, places)).split("\n")


def test_the_copy_for_people_says_each_field_in_chinese_by_the_countys_clock() -> None:
    assert a_copy() == [
        "个人信息副本",
        "生成时间：2026-03-16 01:30",
        "姓名：覃秀英",
        "性别：女性",
        "出生日期：1960-05-17",
        f"证件：居民身份证 {NUMBER}",
        "民族：壮族",
        "联系电话：13807748000",
        "住址：思孟村三组十二号",
        "居住地：思孟村委会",
        "户籍地：善村村委会",
        "",
        LEFT_OUT,
        "",
    ]


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ({"phone": None}, "联系电话：未登记"),
        ({"ethnic_group": None}, "民族：未登记"),
        ({"document_type": None, "number": None}, "证件：无"),
        ({"document_type": "passport", "number": "E12345678"}, "证件：护照 E12345678"),
        ({"sex": "1"}, "性别：男性"),
        ({"residence_area": None}, "居住地：无"),
        ({"registration_area": None}, "户籍地：无"),
        ({"residence_area": SISTER}, f"居住地：{SISTER}"),
    ],
)
def test_what_is_not_known_is_said_as_such(what: dict[str, Any], line: str) -> None:
    assert line in a_copy(**what)


def test_entries_stand_by_group_each_with_its_days_its_place_and_what_else_is_kept() -> None:
    entries = [
        OwnEntry(OwnGroup.LIFE_EVENT, "enrolled", "登记在册", BEGAN, None, VILLAGE),
        OwnEntry(OwnGroup.TAG, "disabled", "残疾人", BEGAN, ENDED, None, {"等级": "二级", "说明": "换证"}),
        OwnEntry(OwnGroup.TAG, "elder_alone", "独居老人", ENDED),
        OwnEntry(OwnGroup.TERM, "director", "村（居）委会主任", BEGAN, None, SISTER),
    ]
    lines = a_copy(*entries)
    assert lines[lines.index("户籍地：善村村委会") + 1 :] == [
        "",
        "【人员标签】",
        "残疾人：2026-02-01 至 2026-03-05，等级：二级，说明：换证",
        "独居老人：2026-03-05 至 今",
        "",
        "【任职】",
        f"村（居）委会主任：2026-02-01 至 今，{SISTER}",
        "",
        "【人口事项】",
        "登记在册：2026-02-01，思孟村委会",
        "",
        LEFT_OUT,
        "",
    ]


def stored(**what: Any) -> Any:
    """A row as a noun keeps it."""
    return SimpleNamespace(**what)


def test_of_a_household_only_what_the_person_was_in_it_is_told() -> None:
    mine, other = uuid4(), uuid4()
    members = [
        stored(person_id=other, relation="02", since=BEGAN, until=None),
        stored(person_id=mine, relation="10", since=BEGAN, until=ENDED),
        stored(person_id=mine, relation="10", since=TODAY, until=None),
    ]
    household = stored(kind="legal", area=VILLAGE, members=members)
    left, here = gathering._memberships(household, mine)
    assert (left.group, left.code, left.began_on, left.ended_on) == (OwnGroup.HOUSEHOLD, "legal", BEGAN, ENDED)
    assert (left.area, here.area) == (None, VILLAGE), "where the others are since is theirs"
    assert (here.began_on, here.ended_on) == (TODAY, None)
    assert set(here.details) == {"与户主关系"}
    assert here.title.endswith(f"（{here.details['与户主关系']}）")
    assert gathering._memberships(household, uuid4()) == []


@pytest.mark.parametrize(
    ("fen", "said"),
    [(None, None), (0, "0.00元"), (5, "0.05元"), (99, "0.99元"), (100, "1.00元"), (64_050, "640.50元")],
)
def test_a_benefit_is_told_with_its_amount_in_yuan(fen: int | None, said: str | None) -> None:
    row = stored(kind="disabled", status="kept", level=None, monthly_fen=fen, since=BEGAN, ended_on=ENDED)
    entry = gathering._benefit(row)
    assert (entry.group, entry.code, entry.title) == (OwnGroup.BENEFIT, "disabled", "持证残疾人")
    assert (entry.began_on, entry.ended_on, entry.area) == (BEGAN, ENDED, None)
    assert entry.details == {"状态": "核实后保留"} | ({} if said is None else {"每月金额": said})


@pytest.mark.parametrize(("level", "said"), [("2", "二级"), ("9", "9")])
def test_a_grade_is_told_by_its_name_and_one_of_before_by_its_code(level: str, said: str) -> None:
    tag = gathering._tag(stored(code="disabled", level=level, started_on=BEGAN, ended_on=ENDED))
    assert tag.details == {"等级": said}
    assert (tag.group, tag.code, tag.began_on, tag.ended_on) == (OwnGroup.TAG, "disabled", BEGAN, ENDED)
    row = stored(kind="disabled", status="held", level=level, monthly_fen=None, since=BEGAN, ended_on=None)
    assert gathering._benefit(row).details == {"状态": "在享", "等级": said}


@pytest.mark.parametrize(
    ("status", "details", "said"),
    [
        ("valid", {"scheme": "residents", "state": "paying"}, {"险种": "城乡居民基本养老保险", "参保状态": "参保缴费"}),
        ("valid", {"state": "suspended"}, {"参保状态": "中断缴费"}),
        ("ended", {"scheme": "as_before"}, {"险种": "as_before"}),
        ("withdrawn", {"scheme": "residents"}, {"险种": "城乡居民基本养老保险", "状态": "误登已撤回"}),
        ("valid", {}, {}),
    ],
)
def test_a_circumstance_is_told_by_the_names_of_its_details_and_a_mistaken_one_as_such(
    status: str, details: dict[str, str], said: dict[str, str]
) -> None:
    row = stored(kind="pension_insurance", status=status, details=details, began_on=BEGAN, until=ENDED)
    wanted = OwnEntry(OwnGroup.CIRCUMSTANCE, "pension_insurance", "基本养老保险", BEGAN, ENDED, None, said)
    assert gathering._circumstance(row) == wanted


def test_a_tag_without_a_grade_says_none() -> None:
    assert gathering._tag(stored(code="elder_alone", level=None, started_on=BEGAN, ended_on=None)).details == {}


def test_a_post_a_home_and_a_marriage_are_told_with_their_days_and_the_other_spouse_is_not() -> None:
    term = gathering._term(stored(post="director", way="by_election", began_on=BEGAN, ended_on=ENDED, area=VILLAGE))
    assert term == OwnEntry(OwnGroup.TERM, "director", "村（居）委会主任", BEGAN, ENDED, VILLAGE, {"任职方式": "补选"})
    held = stored(role="tenant", since=BEGAN, until=ENDED)
    home = gathering._occupancy(stored(occupancy=held, area=VILLAGE))
    assert (home.group, home.code, home.began_on, home.ended_on) == (OwnGroup.OCCUPANCY, "tenant", BEGAN, ENDED)
    assert (home.area, home.details) == (VILLAGE, {})
    one, other = uuid4(), uuid4()
    row = stored(status="divorced", married_on=BEGAN, ended_on=ENDED, first_id=one, second_id=other)
    marriage = gathering._marriage(row)
    assert (marriage.group, marriage.code, marriage.area) == (OwnGroup.MARRIAGE, "divorced", None)
    assert (marriage.began_on, marriage.ended_on, marriage.details) == (BEGAN, ENDED, {})


@pytest.mark.parametrize(
    ("residence", "registration", "area"),
    [(VILLAGE, FAR, VILLAGE), (None, FAR, FAR), (VILLAGE, None, VILLAGE), (None, None, None)],
)
def test_a_life_event_lies_where_somebody_lived_then_else_where_they_were_registered(
    residence: str | None, registration: str | None, area: str | None
) -> None:
    places = [None if code is None else stored(area=code) for code in (residence, registration)]
    kind = OwnGroup.TAG  # any code with a name
    entry = gathering._event(stored(kind=kind, occurred_on=BEGAN, residence=places[0], registration=places[1]))
    assert entry == OwnEntry(OwnGroup.LIFE_EVENT, str(kind), kind.label, BEGAN, None, area)
