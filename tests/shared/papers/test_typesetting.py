"""Papers as PDF: text that can be searched and copied, fonts inside, no character lost, equal bytes for equal data."""

import re
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest

from shared.papers.typesetting import GlyphMissing, TypesettingFailed, qr_code, typeset, typeset_aside

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
GUIDE: dict[str, Any] = {
    "title": "特困人员认定办事指南",
    "subtitle": "民政局",
    "facts": [["事项编码", "XLBM-0102"], ["承诺时限", "15 个工作日"]],
    "sections": [
        {"title": "受理条件", "lines": ["本县户籍", "无劳动能力"], "table": None},
        {"title": "申请材料", "lines": [], "table": {
            "titles": ["名称", "份数"], "widths": ["1fr", "auto"], "rows": [["居民身份证", "1"], ["户口簿", "1"]]}},
    ],
    "note": "以窗口公布的为准。",
}  # fmt: skip
RARE = "㛃𬭚𠅤龘䶮㼆"
"""Characters of names that many fonts lack: extensions A, B and E of Unicode, all in GB 18030-2022."""


def text_of(pdf: bytes) -> str:
    """The text as a reader copies it out."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return re.sub(r"\s", "", "".join(pages))


def test_what_is_set_can_be_copied_out_word_for_word_rare_characters_included() -> None:
    text = text_of(typeset("guide", {**GUIDE, "note": f"张{RARE}、欧阳·买买提"}, at=AT))
    for words in ("特困人员认定办事指南", "承诺时限15个工作日", "居民身份证", f"张{RARE}、欧阳·买买提", "第1页，共1页"):
        assert words in text, words


def test_the_file_is_pdf_a_with_its_title_and_fonts_inside() -> None:
    pdf = typeset("guide", GUIDE, at=AT)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in pdf
    assert pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"] == GUIDE["title"]
    assert len(pdf) < 100_000, "only the glyphs that are used"


@pytest.mark.parametrize("lost", ["\u2fff", "ལ", "ئ", "😀", "\ue000"])
def test_a_character_without_a_glyph_is_an_error_that_names_it(lost: str) -> None:
    with pytest.raises(GlyphMissing) as told:
        typeset("guide", {**GUIDE, "note": f"张{lost}明"}, at=AT)
    assert told.value.detail == f"字库中没有：“{lost}”（U+{ord(lost):04X}）"


def test_equal_data_make_equal_bytes_and_the_next_paper_is_not_touched_by_an_error() -> None:
    first = typeset("guide", GUIDE, at=AT)
    with pytest.raises(GlyphMissing):
        typeset("guide", {**GUIDE, "note": "\u2fff"}, at=AT)
    assert typeset("guide", GUIDE, at=AT) == first
    assert typeset("guide", {**GUIDE, "note": "别的"}, at=AT) != first


def test_what_looks_like_code_is_text() -> None:
    sly = '#panic("x") \\ $x^2$ *粗* `#read("/etc/passwd")` <a> @b'
    assert re.sub(r"\s", "", sly) in text_of(typeset("guide", {**GUIDE, "note": sly}, at=AT))


def test_data_that_a_template_does_not_know_are_a_defect_whose_text_quotes_none_of_them() -> None:
    with pytest.raises(TypesettingFailed) as told:
        typeset("guide", {"title": "张三丰"}, at=AT)
    assert "张三丰" not in str(told.value)
    assert told.value.__cause__ is None


def test_an_instant_of_a_real_clock_dates_a_paper_as_its_second_does() -> None:
    """Every clock but a test's has microseconds, and the compiler takes none."""
    assert typeset("guide", GUIDE, at=AT.replace(microsecond=332_037)) == typeset("guide", GUIDE, at=AT)


async def test_papers_are_set_aside_of_the_loop() -> None:
    assert await typeset_aside("guide", GUIDE, at=AT) == typeset("guide", GUIDE, at=AT)


def test_a_qr_code_is_a_picture_of_its_own() -> None:
    assert qr_code("https://example.org/v/a").startswith("<?xml")
    assert "example" not in qr_code("https://example.org/v/a")
