"""What is written: read again by openpyxl, by us, and as a spreadsheet program would take it."""

import io
import zipfile

import openpyxl

from shared.spreadsheets.cells import Cell, CellKind, Row
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.csv_writing import CsvWriter, Encoding
from shared.spreadsheets.findings import Finding
from shared.spreadsheets.values import Value
from shared.spreadsheets.writing import Watermark, Writer, write_report, write_template
from tests.shared.spreadsheets.workbooks import cells_of, rows_of, table_of

KINDS = {"low": "低保", "care": "特困"}
MANY = {f"c{at}": f"第{at}类困难群众帮扶对象" for at in range(60)}
COLUMNS = (
    Column("name", "姓名", required=True),
    Column("identity_number", "身份证号", ColumnType.DIGITS),
    Column("kind", "类型", ColumnType.CHOICE, choices=KINDS),
    Column("reason", "原因", ColumnType.CHOICE, choices=MANY),
    Column("kinds", "类别", ColumnType.CHOICES, choices=KINDS),
    Column("alone", "独居", ColumnType.BOOLEAN),
    Column("born_on", "出生日期", ColumnType.DAY, help="按证件填写", example="1990-03-07"),
    Column("amount", "金额", ColumnType.MONEY),
    Column("area", "面积", ColumnType.DECIMAL),
    Column("rate", "比例", ColumnType.PERCENT),
    Column("members", "人数", ColumnType.INTEGER),
    Column("at", "时间", ColumnType.TIME),
    Column("remark", "情况"),
)
ROW: dict[str, Value | None] = {
    "name": "张三", "identity_number": "45048119900307019X", "kind": "low", "reason": "c7", "kinds": ["low", "care"],
    "alone": True, "born_on": "1990-03-07", "amount": 123_450, "area": "12.50", "rate": "35.50", "members": 3,
    "at": "09:30", "remark": "=HYPERLINK(\"http://x\")",
}  # fmt: skip
MARK = Watermark("某镇 李四", "低保年审", "2026-11-02 09:30", "E-7")


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_a_template_has_titles_drop_downs_and_a_guide() -> None:
    book = opened(write_template("困难家庭名册", COLUMNS))
    assert [(page.title, page.sheet_state) for page in book] == [
        ("困难家庭名册", "visible"), ("选项", "hidden"), ("填写说明", "visible"),
    ]  # fmt: skip
    page = book["困难家庭名册"]
    assert [cell.value for cell in page[1]][:3] == ["姓名*", "身份证号", "类型"]
    assert (page["H1"].value, page["J1"].value) == ("金额（元）", "比例（%）")
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules["C2:C1048576"] == '"低保,特困"'
    assert rules["D2:D1048576"] == "选项!$A$1:$A$60"
    assert rules["F2:F1048576"] == '"是,否"'
    assert [cell.value for cell in book["选项"]["A"]] == list(MANY.values())
    assert page.column_dimensions["B"].number_format == "@"
    guide = {row[0].value: [cell.value for cell in row] for row in book["填写说明"].iter_rows()}
    assert guide["出生日期"] == ["出生日期", "日期", "否", None, "按证件填写；示例：1990-03-07"]


async def test_a_filled_template_is_recognised_by_its_own_titles() -> None:
    book = opened(write_template("困难家庭名册", COLUMNS))
    page = book["困难家庭名册"]
    page["A2"], page["C2"], page["H2"] = "张三", "特困", 12.5
    file = io.BytesIO()
    book.save(file)
    table, rows = await table_of(file.getvalue(), COLUMNS)
    assert [row.values for row in rows] == [{"name": "张三", "kind": "care", "amount": 1_250}]
    assert not table.header.unknown


async def test_an_export_comes_back_equal_as_a_workbook_and_as_text() -> None:
    writer = Writer("名册", COLUMNS, MARK)
    writer.add(ROW)
    data = writer.finish()
    text = CsvWriter(COLUMNS)
    for written in (data, text.begin(MARK) + text.rows([ROW])):
        _, rows = await table_of(written, COLUMNS)
        assert [(dict(row.values), row.findings) for row in rows] == [(ROW, ())]


async def test_an_export_names_its_exporter_and_runs_nothing() -> None:
    writer = Writer("名册", COLUMNS, MARK)
    writer.add(ROW)
    data = writer.finish()
    page = opened(data).active
    assert page is not None
    assert page["A1"].value == "导出人：某镇 李四　用途：低保年审　时间：2026-11-02 09:30　编号：E-7"
    assert page.oddHeader is not None
    assert "李四" in (page.oddHeader.center.text or "")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "李四" in archive.read("docProps/core.xml").decode()
    assert (await cells_of(data))["M3"] == Cell(CellKind.TEXT, '=HYPERLINK("http://x")')


def test_a_text_runs_nothing() -> None:
    column = Column("remark", "情况")
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"):
        row = CsvWriter([column]).rows([{"remark": text}]).decode()
        assert row.lstrip('"').startswith("'")
    assert CsvWriter([Column("n", "数", ColumnType.DECIMAL)]).rows([{"n": "-1.50"}]) == b"-1.50\r\n"


async def test_a_text_is_written_in_the_encoding_that_the_partner_asks_for() -> None:
    column = Column("name", "姓名")
    for encoding, bytes_ in (
        (Encoding.GB_18030, b"\xfe\x59"),
        (Encoding.UTF_8, "\u9fb4".encode()),
        (Encoding.UTF_8_PRIVATE_USE, "\ue81e".encode()),
    ):
        writer = CsvWriter([column], encoding)
        data = writer.begin() + writer.rows([{"name": "\u9fb4"}])
        assert data.endswith(bytes_ + b"\r\n")
        assert (await rows_of(data))[1].cells[0].text == "\u9fb4"


async def test_a_report_marks_the_cells_and_tells_the_reasons() -> None:
    rows = [Row(7, {0: Cell(CellKind.TEXT, "张三"), 1: Cell(CellKind.NUMBER, "4.5E+17")})]
    findings = {7: [Finding(7, "B", "identity_number", "number_not_text", "号码存成了数字"),
                    Finding(7, "C", "kind", "missing", "类型必填")]}  # fmt: skip
    page = opened(write_report("报告", rows, findings, 3)).active
    assert page is not None
    assert [cell.value for cell in page[1]] == ["行号", "问题", "A", "B", "C"]
    assert [cell.value for cell in page[2]] == [7, "B：号码存成了数字；C：类型必填", "张三", "4.5E+17", None]
    assert [cell.fill.fgColor.rgb for cell in page[2]][2:] == ["00000000", "FFFFC7CE", "FFFFC7CE"]
