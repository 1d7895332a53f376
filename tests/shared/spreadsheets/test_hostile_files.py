"""Files that are not to be opened: refused by what their first bytes and directory say, or by the child's limits."""

import io
import struct
import zipfile

import pytest

from shared.errors import DomainError
from shared.spreadsheets.containers import opened_archive
from shared.spreadsheets.sources import Limits
from tests.shared.spreadsheets.test_workbooks import old_workbook
from tests.shared.spreadsheets.workbooks import Book, rows_of, sheet

SIMPLE = {"表": sheet([["甲"]])}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


async def refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DomainError) as refusal:
        await rows_of(data, limits=limits)
    assert refusal.value.advice
    return refusal.value.code


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


ROW = '<sheetData><row r="1"><c r="{}" {}</c></row></sheetData>'
FILES = {
    "a portable document": (b"%PDF-1.7\n", "not_a_spreadsheet"),
    "a picture": (b"\x89PNG\r\n", "not_a_spreadsheet"),
    "nothing": (b"", "not_a_spreadsheet"),
    "a program": (b"MZ\x00\x01", "not_a_spreadsheet"),
    "a page": (b"  <html><table><tr><td>1</td></tr></table>", "table_page"),
    "a table in XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "table_page",
    ),
    "a text document": (zipped(**{"word/document.xml": b"x", "[Content_Types].xml": b"x"}), "not_a_spreadsheet"),
    "an archive": (zipped(a=b"x"), "not_a_spreadsheet"),
    "half an archive": (b"PK\x03\x04 and no more", "spreadsheet_broken"),
    "an encrypted workbook": (OLE + "EncryptedPackage\0".encode("utf-16-le"), "spreadsheet_locked"),
    "an old text document": (OLE + "WordDocument\0".encode("utf-16-le"), "not_a_spreadsheet"),
    "old macros": (old_workbook() + "_VBA_PROJECT_CUR\0".encode("utf-16-le"), "spreadsheet_macros"),
    "an old workbook of noise": (OLE + "Workbook\0".encode("utf-16-le") + b"\xff" * 4096, "spreadsheet_broken"),
    "half an old workbook": (old_workbook()[:3000] + "Workbook\0".encode("utf-16-le"), "spreadsheet_broken"),
    "macros": (Book(SIMPLE, extra={"xl/vbaProject.bin": b"x"}).data(), "spreadsheet_macros"),
    "200 sheets": (Book({f"表{at}": sheet([["甲"]]) for at in range(200)}).data(), "too_many_sheets"),
    "hidden sheets alone": (Book(SIMPLE, states={"表": "hidden"}).data(), "no_such_sheet"),
    "broken XML": (Book({"表": "<sheetData>"}).data(), "spreadsheet_broken"),
    "a text that is not there": (Book({"表": ROW.format("A1", 't="s"><v>7</v>')}).data(), "spreadsheet_broken"),
    "no number": (Book({"表": ROW.format("A1", "><v>nan</v>")}).data(), "spreadsheet_broken"),
    "a far column": (Book({"表": ROW.format("ZZZ1", "><v>1</v>")}).data(), "too_many_columns"),
    "a zip bomb": (Book(SIMPLE, extra={"xl/media/image1.png": b"\0" * (16 << 20)}).data(), "spreadsheet_expands"),
}


@pytest.mark.parametrize("name", FILES)
async def test_a_file_that_is_no_plain_table_is_refused_with_its_reason(name: str) -> None:
    data, code = FILES[name]
    assert await refused(data) == code


async def test_a_workbook_with_a_document_type_is_refused() -> None:
    """Entities that double themselves, or name files of this machine, begin with one."""
    page = b'<!DOCTYPE w [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><worksheet><sheetData/></worksheet>'
    data = zipped(**{**parts_of(Book(SIMPLE).data()), "xl/worksheets/sheet1.xml": page})
    assert await refused(data) == "spreadsheet_broken"


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", ["macros", "200 sheets", "a zip bomb", "an archive"])
def test_a_directory_is_judged_before_anything_is_expanded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def expand(*_: object, **__: object) -> None:
        raise AssertionError("a part was expanded")

    data, code = FILES[name]
    assert len(data) < 1 << 17
    monkeypatch.setattr(zipfile.ZipFile, "open", expand)
    with pytest.raises(DomainError) as refusal:
        opened_archive(data)
    assert refusal.value.code == code


async def test_a_part_is_not_read_beyond_the_size_that_the_directory_declares() -> None:
    honest = Book({"表": sheet([["甲"]] * 1000)}).data()
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert honest.count(struct.pack("<L", size)) >= 2
    lying = honest.replace(struct.pack("<L", size), struct.pack("<L", 100))
    assert await refused(lying) == "spreadsheet_broken"


async def test_more_rows_than_are_read_of_a_workbook_are_sent_to_text() -> None:
    data = Book({"表": sheet([["甲"]] * 6)}).data()
    assert len(await rows_of(data, limits=Limits(rows=6))) == 6
    assert await refused(data, Limits(rows=5)) == "too_many_rows"


async def test_a_workbook_that_needs_more_memory_than_the_child_has_is_refused() -> None:
    texts = [f"<t>{at:0>300}</t>" for at in range(200_000)]
    data = Book(SIMPLE, texts=texts).data()
    assert await refused(data, Limits(memory=72 << 20)) == "too_many_rows"
    assert len(await rows_of(data)) == 1


async def test_a_workbook_that_takes_too_long_is_refused() -> None:
    rows = "".join(f"<row>{f'<c><v>{at}</v></c>' * 20}</row>" for at in range(60_000))
    data = Book({"表": f"<sheetData>{rows}</sheetData>"}).data()
    assert await refused(data, Limits(seconds=1)) == "spreadsheet_broken"


async def test_a_merge_over_a_whole_sheet_does_not_cost_its_cells() -> None:
    rows = await rows_of(Book({"表": sheet([["甲"], ["乙"]], merges=["A1:XFD1048576"])}).data())
    assert [row.number for row in rows] == [1, 2]
    assert len(rows[0].cells) < 1_100
