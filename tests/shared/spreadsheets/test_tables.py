"""Tables as communities keep them: titles in any order, two rows of them, merged cells, totals, wrong cells told."""

from collections.abc import Sequence

import pytest

from shared.errors import DomainError
from shared.spreadsheets.columns import Column, ColumnType, Merged
from shared.spreadsheets.findings import MESSAGES, CellProblem
from shared.spreadsheets.tables import TableRow
from tests.shared.spreadsheets.workbooks import Book, number, sheet, table_of

NAME = Column("name", "姓名", required=True, synonyms=("户主姓名", "名字"))
ID = Column("identity_number", "身份证号", ColumnType.DIGITS, synonyms=("公民身份号码", "证件号码"))
BORN = Column("born_on", "出生日期", ColumnType.DAY, synonyms=("生日",))
PHONE = Column("phone", "联系电话", ColumnType.PHONE, synonyms=("电话", "手机"))
KIND = Column("kind", "类型", ColumnType.CHOICE, choices={"low": "低保", "care": "特困"})
AREA = Column("area_m2", "面积", ColumnType.DECIMAL)
COUNT = Column("members", "人数", ColumnType.INTEGER)
MONEY = Column("amount", "金额", ColumnType.MONEY)
COLUMNS = (NAME, ID, BORN, PHONE, KIND, AREA, COUNT, MONEY)


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def values(rows: Sequence[TableRow]) -> list[dict[str, object]]:
    return [dict(row.values) for row in rows]


def told(rows: Sequence[TableRow]) -> list[tuple[int, str | None, str]]:
    return [(one.row, one.column, one.code) for row in rows for one in row.findings]


async def test_titles_stand_in_any_order_and_by_synonym() -> None:
    table, rows = await table_of(
        csv("手机,序号,公民身份号码 ,姓 名*", "13800138000,1,45048119900307019X,张三"), COLUMNS
    )
    assert values(rows) == [{"phone": "13800138000", "identity_number": "45048119900307019X", "name": "张三"}]
    assert table.header.unknown == {1: "序号"}


async def test_a_heading_above_and_the_numbers_of_columns_below_are_no_rows() -> None:
    table, rows = await table_of(
        csv("某村困难家庭名册,,", "填报单位：某村,,2026年", "姓名,身份证号,电话", "1,2,3", "张三,,"), COLUMNS
    )
    assert values(rows) == [{"name": "张三"}]
    assert table.skipped == {4: "numbering"}


async def test_two_rows_of_titles_are_read_together() -> None:
    columns = (
        Column("head", "户主姓名", required=True),
        Column("head_phone", "户主电话"),
        Column("spouse", "配偶姓名"),
        Column("address", "住址"),
    )
    rows: list[list[str | None]] = [
        ["户主", None, "配偶", "住址"],
        ["姓名", "电话", "姓名", None],
        ["甲", "1", "乙", "东街"],
    ]
    merged = Book({"表": sheet(rows, merges=["A1:B1", "D1:D2"])})
    for data in (merged.data(), csv("户主,,配偶,住址", "姓名,电话,姓名,", "甲,1,乙,东街")):
        _, found = await table_of(data, columns)
        assert values(found) == [{"head": "甲", "head_phone": "1", "spouse": "乙", "address": "东街"}]


async def test_totals_and_notes_are_left_out_and_told() -> None:
    table, rows = await table_of(
        csv("序号,姓名,人数", "1,张三,3", "小计,,3", "合 计,,3", "注：以上数据截至本月,,", "填表人：李四,,"), COLUMNS
    )
    assert values(rows) == [{"name": "张三", "members": 3}]
    assert table.skipped == {3: "total", 4: "total", 5: "note", 6: "note"}


async def test_a_row_of_a_person_is_no_total_whatever_the_first_cell_says() -> None:
    _, rows = await table_of(csv("类型,姓名", "合计,张三"), (NAME, Column("kind", "类型")))
    assert values(rows) == [{"kind": "合计", "name": "张三"}]


async def test_numbers_that_stand_for_names_of_things_are_refused_by_row_and_cell() -> None:
    rows = [
        ["姓名", "身份证号", "联系电话", "人数"],
        ["甲", number("450481199003070190"), number("13800138000"), number("3")],
        ["乙", number("4.5048119900307E+17"), number("7748222333"), number("3.5")],
        ["丙", "4.50481E+17", "07748222333", "三"],
    ]
    _, found = await table_of(Book({"表": sheet(rows)}).data(), COLUMNS)
    assert told(found) == [
        (2, "B", "number_not_text"),
        (3, "B", "number_not_text"), (3, "C", "number_not_text"), (3, "D", "not_whole"),
        (4, "B", "number_rounded"), (4, "D", "not_a_number"),
    ]  # fmt: skip
    assert found[0].values == {"name": "甲", "phone": "13800138000", "members": 3}
    assert "identity_number" not in found[0].values


async def test_an_invented_identity_number_is_refused_even_if_its_check_digit_fits() -> None:
    """Readers give the digits of a float; one in eleven passes the check digit."""
    rows = [["姓名", "身份证号"], ["甲", number("110101199003070040")]]
    _, found = await table_of(Book({"表": sheet(rows)}).data(), COLUMNS)
    assert told(found) == [(2, "B", "number_not_text")]


@pytest.mark.parametrize(
    "written",
    ["2026-11-02", "2026/11/2", "2026.11.2", "2026年11月2日", "20261102", "二〇二六年十一月二日",
     "２０２６－１１－０２", "2026-11-02 00:00:00", "2026 年 11 月 2 日"],
)  # fmt: skip
async def test_days_are_read_in_the_usual_spellings(written: str) -> None:
    _, rows = await table_of(csv("姓名,生日", f"甲,{written}"), COLUMNS)
    assert values(rows) == [{"name": "甲", "born_on": "2026-11-02"}]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("26.11.2", "short_year"), ("11/2/2026", "short_year"), ("2026年11月", "day_missing"),
        ("202611", "day_missing"), ("2026-02-30", "not_a_day"), ("2026-13-01", "not_a_day"),
        ("去年冬天", "not_a_day"), ("1700-01-01", "not_a_day"),
        ("二十日", "not_a_day"), ("9999-12-31", "not_a_day"),
    ],
)  # fmt: skip
async def test_what_is_no_day_is_refused(written: str, code: str) -> None:
    _, rows = await table_of(csv("姓名,生日", f"甲,{written}"), COLUMNS)
    assert told(rows) == [(2, "B", code)]


async def test_a_day_that_lost_its_format_is_refused_and_a_whole_one_is_not() -> None:
    rows = [["姓名", "生日"], ["甲", number("45358")], ["乙", number("20261102")], ["丙", number("45358", 1)]]
    _, found = await table_of(Book({"表": sheet(rows)}, (0, 31)).data(), COLUMNS)
    assert told(found) == [(2, "B", "serial_day")]
    assert values(found)[1:] == [{"name": "乙", "born_on": "2026-11-02"}, {"name": "丙", "born_on": "2024-03-07"}]


async def test_a_room_that_became_a_date_is_refused() -> None:
    rows = [["姓名", "门牌"], ["甲", number("45358", 1)], ["乙", number("101")], ["丙", number("3.1")]]
    _, found = await table_of(Book({"表": sheet(rows)}, (0, 14)).data(), (NAME, Column("room", "门牌")))
    assert told(found) == [(2, "B", "date_not_text"), (4, "B", "number_not_text")]
    assert found[1].values["room"] == "101"


async def test_error_cells_are_told() -> None:
    rows = [["姓名", "人数"], ["甲", 't="e"><v>#REF!</v>']]
    _, found = await table_of(Book({"表": sheet(rows)}).data(), COLUMNS)
    assert told(found) == [(2, "B", "error_cell")]


async def test_below_a_merged_cell_stands_nothing_unless_the_column_repeats() -> None:
    rows: list[list[str | None]] = [["姓名", "住址"], ["甲", "东街"], ["乙", None], ["丙", None]]
    data = Book({"表": sheet(rows, merges=["B2:B4"])}).data()
    _, refused = await table_of(data, (NAME, Column("address", "住址")))
    assert told(refused) == [(3, "B", "merged_cell"), (4, "B", "merged_cell")]
    _, repeated = await table_of(data, (NAME, Column("address", "住址", merged=Merged.REPEATED)))
    assert [row.values["address"] for row in repeated] == ["东街"] * 3


async def test_amounts_are_converted_from_the_unit_in_the_title() -> None:
    _, rows = await table_of(csv("姓名,金额（万元）,面积（㎡）,人数(人)", '甲,1.5,"1,234.50",3'), COLUMNS)
    assert values(rows) == [{"name": "甲", "amount": 1_500_000, "area_m2": "1234.50", "members": 3}]
    with pytest.raises(DomainError) as refusal:
        await table_of(csv("姓名,面积（万平方米）", "甲,1"), COLUMNS)
    assert [(one.path, one.code) for one in refusal.value.errors] == [("B", "title_unit_unknown")]


@pytest.mark.parametrize(
    ("cell", "fen"),
    [("1,234.5", 123_450), ("￥12", 1_200), ("1.2万元", 1_200_000), ("3元", 300), (number("0.30000000000000004"), 30)],
)
async def test_money_is_yuan_in_the_table_and_fen_in_the_value(cell: str, fen: int) -> None:
    _, rows = await table_of(Book({"表": sheet([["姓名", "金额"], ["甲", cell]])}).data(), COLUMNS)
    assert values(rows) == [{"name": "甲", "amount": fen}]


async def test_amounts_with_too_many_digits_are_refused() -> None:
    rows = [["姓名", "金额", "人数"], ["甲", "1.234", number("1234567890123456")], ["乙", "30%", number("0.3", 1)]]
    _, found = await table_of(Book({"表": sheet(rows)}, (0, 9)).data(), COLUMNS)
    assert told(found) == [
        (2, "B", "too_precise"), (2, "C", "too_large"), (3, "B", "not_a_number"), (3, "C", "not_a_number"),
    ]  # fmt: skip


async def test_percents_are_read_as_they_are_shown() -> None:
    rows = [["姓名", "比例"], ["甲", number("0.355", 1)], ["乙", "35.5%"], ["丙", number("35.5")]]
    _, found = await table_of(
        Book({"表": sheet(rows)}, (0, 10)).data(), (NAME, Column("rate", "比例", ColumnType.PERCENT))
    )
    assert [row.values["rate"] for row in found] == ["35.50"] * 3


async def test_choices_are_read_by_title_or_code_and_several_where_several_may_be() -> None:
    several = Column("kinds", "类别", ColumnType.CHOICES, choices={"low": "低保", "care": "特困"})
    _, rows = await table_of(
        csv("姓名,类型,类别", "甲,低 保,低保、care", "乙,低保、特困,富裕", "丙,无,"), (NAME, KIND, several)
    )
    assert rows[0].values == {"name": "甲", "kind": "low", "kinds": ["low", "care"]}
    assert told(rows) == [(3, "B", "two_choices"), (3, "C", "not_a_choice"), (4, "B", "not_a_choice")]


async def test_what_is_required_and_missing_is_told_at_its_column() -> None:
    _, rows = await table_of(csv("身份证号,姓名", "45048119900307019X,", ",,"), COLUMNS)
    assert told(rows) == [(2, "B", "missing")]


async def test_a_table_without_a_needed_title_is_refused_by_its_name() -> None:
    with pytest.raises(DomainError) as refusal:
        await table_of(csv("身份证号,电话", "1,2"), COLUMNS)
    assert refusal.value.code == "no_header"
    assert [(one.path, one.message) for one in refusal.value.errors] == [("name", "缺少列“姓名”")]


async def test_two_columns_of_one_title_are_refused_by_their_letters() -> None:
    with pytest.raises(DomainError) as refusal:
        await table_of(csv("姓名,电话,手机", "甲,1,2"), COLUMNS)
    assert [(one.path, one.code) for one in refusal.value.errors] == [("B", "title_twice"), ("C", "title_twice")]


def test_every_problem_has_its_words() -> None:
    assert set(MESSAGES) == set(CellProblem)
