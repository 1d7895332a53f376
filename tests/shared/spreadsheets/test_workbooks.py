"""Cells of workbooks as other programs write them: what is read is what is written, and as what."""

import io

import openpyxl
import pytest
import xlwt

from shared.spreadsheets.cells import Cell, CellKind
from tests.shared.spreadsheets.workbooks import STRICT, Book, cells_of, number, rows_of, sheet, text

CHINESE_DATES = (*range(27, 37), *range(50, 59))


def day(value: str) -> Cell:
    return Cell(CellKind.DAY, value)


async def test_the_built_in_formats_of_the_chinese_edition_are_dates() -> None:
    formats = (0, 14, 22, *CHINESE_DATES)
    cells = await cells_of(Book({"表": sheet([[number("45358", at) for at in range(len(formats))]])}, formats).data())
    assert cells["A1"] == Cell(CellKind.NUMBER, "45358")
    assert {cell for place, cell in cells.items() if place != "A1"} == {day("2024-03-07")}
    assert len(cells) == len(formats)


async def test_serial_numbers_count_from_the_workbooks_own_epoch() -> None:
    rows = sheet([[number("45358", 1), number("1", 1), number("0.5", 1), number("45358.25", 1)]])
    windows = await cells_of(Book({"表": rows}, (0, 31)).data())
    macintosh = await cells_of(Book({"表": rows}, (0, 31), from_1904=True).data())
    assert [windows[place].text for place in ("A1", "B1", "C1", "D1")] == [
        "2024-03-07", "1900-01-01", "12:00:00", "2024-03-07T06:00:00",
    ]  # fmt: skip
    assert [macintosh[place].text for place in ("A1", "B1", "D1")] == [
        "2028-03-08",
        "1904-01-02",
        "2028-03-08T06:00:00",
    ]


async def test_a_day_that_never_was_is_told() -> None:
    cells = await cells_of(
        Book({"表": sheet([[number(text, 1) for text in ("60", "59", "61", "-1", "1e9", "0")]])}, (0, 14)).data()
    )
    assert [cells[f"{column}1"].text for column in "ABCDEF"] == [
        "#DATE!", "1900-02-28", "1900-03-01", "#DATE!", "#DATE!", "#DATE!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", CellKind.DAY),
        ("[DBNum1][$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", CellKind.DAY),
        ("[$-F800]dddd\\,\\ mmmm\\ dd", CellKind.DAY),
        ("0.00&quot;m²&quot;", CellKind.NUMBER),
        ("[Red]#,##0.00_);(#,##0)", CellKind.NUMBER),
        ("G/通用格式&quot;元&quot;", CellKind.NUMBER),
        ("General", CellKind.NUMBER),
        ("0.0%", CellKind.PERCENT),
        ("0\\d", CellKind.NUMBER),
        ("0;d", CellKind.NUMBER),
    ],
)
async def test_formats_of_a_workbooks_own_say_whether_a_number_is_a_date(code: str, kind: CellKind) -> None:
    book = Book({"表": sheet([[number("45358", 1)]])}, (0, 176), own_formats={176: code})
    assert (await cells_of(book.data()))["A1"].kind is kind


async def test_error_cells_and_formulas_without_a_result_are_told() -> None:
    row = [
        't="e"><v>#DIV/0!</v>',
        's="0"><f>SUM(A1)</f>',
        't="str"><f>A1</f><v>结果</v>',
        't="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v>',
        't="e"><v>#N/A</v>',
    ]
    cells = await cells_of(Book({"表": sheet([row])}).data())
    assert cells == {
        "A1": Cell(CellKind.ERROR, "#DIV/0!"),
        "B1": Cell(CellKind.ERROR, "#FORMULA!"),
        "C1": Cell(CellKind.TEXT, "结果"),
        "D1": Cell(CellKind.ERROR, "#IMAGE!"),
        "E1": Cell(CellKind.ERROR, "#N/A"),
    }


async def test_an_escaped_character_is_no_text() -> None:
    book = Book(
        {"表": sheet([['t="s"><v>0</v>', 't="s"><v>1</v>', text("第一行_x000D_\n第二行"), text("_xD83D__xDE00_")]])},
        texts=["<t>甲_x000D_</t>", "<t>字面_x005F_x000D_</t>"],
    )
    cells = await cells_of(book.data())
    assert cells["A1"].text == "甲\n"
    assert cells["B1"].text == "字面_x000D_"
    assert cells["C1"].text == "第一行\n第二行"
    assert cells["D1"].text == "😀"


async def test_shared_texts_are_whole_without_how_they_are_read_aloud() -> None:
    book = Book(
        {"表": sheet([['t="s"><v>0</v>']])},
        texts=['<r><t>欧阳</t></r><r><t xml:space="preserve"> 修远</t></r><rPh sb="0" eb="1"><t>オウ</t></rPh>'],
    )
    assert (await cells_of(book.data()))["A1"].text == "欧阳 修远"


async def test_numbers_are_read_as_they_stand_without_a_float_between() -> None:
    cells = await cells_of(
        Book({"表": sheet([[number("450481199003070190"), number("4.5048119900307E+17"), number("3.10")]])}).data()
    )
    assert [cells[place].text for place in ("A1", "B1", "C1")] == ["450481199003070190", "4.5048119900307E+17", "3.10"]


async def test_below_a_merged_cell_nothing_stands_but_that_it_is_covered() -> None:
    rows = sheet([["户主", "电话"], ["甲", "1"], [None, "2"], [None, "3"]], merges=["A2:A4", "A1:B1"])
    cells = await cells_of(Book({"表": rows}).data())
    assert cells["A2"] == Cell(CellKind.TEXT, "甲")
    assert cells["A3"] == cells["A4"] == Cell(CellKind.COVERED, "A2")
    assert cells["B1"] == Cell(CellKind.COVERED, "A1")
    assert cells["B3"].text == "2"


async def test_hidden_and_empty_sheets_are_not_taken_for_the_first() -> None:
    book = Book(
        {
            "字典": sheet([["旧"]]),
            "很隐蔽": sheet([["旧"]]),
            "空": "<sheetData/>",
            "名册": sheet([["新"]]),
            "另": sheet([["后"]]),
        },
        states={"字典": "hidden", "很隐蔽": "veryHidden"},
    )
    assert [row.cells[0].text for row in await rows_of(book.data())] == ["新"]
    assert [row.cells[0].text for row in await rows_of(book.data(), "另")] == ["后"]


@pytest.mark.parametrize("slash", ["/", "\\"])
async def test_targets_are_found_whatever_their_slashes(slash: str) -> None:
    assert await rows_of(Book({"表": sheet([["甲"]])}, slash=slash).data())


async def test_prefixes_the_strict_namespace_and_missing_places_are_read() -> None:
    first = '<x:c t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c>'
    rows = f"<x:sheetData><x:row>{first}<x:c><x:v>1</x:v></x:c></x:row></x:sheetData>"
    merges = '<x:mergeCells><x:mergeCell ref="C1:D1"/></x:mergeCells>'
    book = Book(
        {"表": rows + merges},
        namespace=STRICT,
        prefix="x:",
        left_out=frozenset({"xl/sharedStrings.xml", "xl/styles.xml"}),
    )
    cells = await cells_of(book.data())
    assert cells == {
        "A1": Cell(CellKind.TEXT, "甲"),
        "B1": Cell(CellKind.NUMBER, "1"),
        "D1": Cell(CellKind.COVERED, "C1"),
    }


async def test_what_openpyxl_writes_is_read() -> None:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append(["甲", 3, 2.5, True])
    page.append([None, "乙"])
    file = io.BytesIO()
    made.save(file)
    cells = await cells_of(file.getvalue())
    assert cells == {
        "A1": Cell(CellKind.TEXT, "甲"),
        "B1": Cell(CellKind.NUMBER, "3"),
        "C1": Cell(CellKind.NUMBER, "2.5"),
        "D1": Cell(CellKind.BOOLEAN, "1"),
        "B2": Cell(CellKind.TEXT, "乙"),
    }


def old_workbook(*, from_1904: bool = False) -> bytes:
    made = xlwt.Workbook()
    made.dates_1904 = from_1904
    hidden = made.add_sheet("字典")
    hidden.visibility = 1
    hidden.write(0, 0, "旧")
    page = made.add_sheet("名册")
    for at, code in enumerate(("General", 'yyyy"年"m"月"d"日"', "0.00%")):
        style = xlwt.XFStyle()
        style.num_format_str = code
        page.write(0, at, 45358.0 if at < 2 else 0.35, style)
    page.write_merge(1, 2, 0, 0, "合并")
    page.write(1, 1, 450481199003070190)
    page.write(1, 2, True)
    page.row(2).set_cell_error(1, "#DIV/0!")
    file = io.BytesIO()
    made.active_sheet = 1
    made.save(file)
    return file.getvalue()


async def test_an_xls_is_read_like_an_xlsx() -> None:
    cells = await cells_of(old_workbook())
    assert cells == {
        "A1": Cell(CellKind.NUMBER, "45358"),
        "B1": day("2024-03-07"),
        "C1": Cell(CellKind.PERCENT, "0.35"),
        "A2": Cell(CellKind.TEXT, "合并"),
        "B2": Cell(CellKind.NUMBER, "4.504811990030702e+17"),
        "C2": Cell(CellKind.BOOLEAN, "1"),
        "A3": Cell(CellKind.COVERED, "A2"),
        "B3": Cell(CellKind.ERROR, "#DIV/0!"),
    }
    assert (await cells_of(old_workbook(from_1904=True)))["B1"] == day("2028-03-08")


PICTURE = "<f>_xlfn.DISPIMG(&quot;ID_7A&quot;,1)</f><v>=DISPIMG(&quot;ID_7A&quot;,1)</v>"


async def test_a_workbook_of_wps_is_read_beside_what_wps_alone_puts_into_it() -> None:
    """Its own parts and hidden sheet, a picture in a cell, a day in a Chinese format, a rich text, an empty cell."""
    rows = [
        ["姓名", "照片", "出生日期", "备注"],
        ['t="s"><v>0</v>', f't="str">{PICTURE}', number("45358", 1)],
    ]
    inside = sheet(rows).replace("</row></sheetData>", '<c r="D2" s="1"/></row></sheetData>')
    book = Book(
        {"WpsReserved_CellImgList": sheet([["ID_7A"]]), "Sheet1": f'<sheetPr/><dimension ref="A1:D2"/>{inside}'},
        formats=(0, 176),
        own_formats={176: "[$-804]yyyy\\年m\\月d\\日;@"},
        texts=['<r><rPr><b/></rPr><t>欧阳</t></r><r><t xml:space="preserve">修远</t></r>'],
        states={"WpsReserved_CellImgList": "veryHidden"},
        extra={
            "docProps/app.xml": b"<Properties><Application>WPS Office_12.1.0.17900_F1E327BC</Application></Properties>",
            "docProps/custom.xml": b'<Properties><property name="KSOProductBuildVer"/></Properties>',
            "xl/cellimages.xml": b"<etc:cellImages xmlns:etc='http://www.wps.cn/officeDocument/2017/etCustomData'/>",
            "xl/media/image1.png": b"\x89PNG\r\n\x1a\n" * 200,
        },
    )
    assert await cells_of(book.data()) == {
        **{f"{letter}1": Cell(CellKind.TEXT, title) for letter, title in zip("ABCD", rows[0], strict=True)},
        "A2": Cell(CellKind.TEXT, "欧阳修远"),
        "B2": Cell(CellKind.ERROR, "#IMAGE!"),
        "C2": day("2024-03-07"),
    }
