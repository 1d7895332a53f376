"""Tables as text: encodings, delimiters, quotes; memory is measured in tests/large."""

import codecs

import pytest

from shared.errors import DomainError
from shared.spreadsheets.cells import Row
from shared.spreadsheets.gb18030 import decode, encode, with_assigned, with_private_use
from tests.shared.spreadsheets.workbooks import rows_of

LINES = "姓名,住址\n张三丰,东街1号\n"


def grid(rows: list[Row]) -> list[list[str]]:
    return [[row.cells[at].text if at in row.cells else "" for at in range(max(row.cells) + 1)] for row in rows]


@pytest.mark.parametrize(
    "data",
    [
        LINES.encode(),
        codecs.BOM_UTF8 + LINES.encode(),
        LINES.encode("gb18030"),
        b"\x84\x31\x95\x33" + LINES.encode("gb18030"),
        LINES.encode("utf-16"),
        LINES.replace("\n", "\r\n").encode(),
        LINES.replace("\n", "\r").encode("gb18030"),
        ("sep=,\n" + LINES).encode(),
        LINES.replace(",", "\t").encode("utf-16-le").join([codecs.BOM_UTF16_LE, b""]),
        LINES.replace(",", ";").encode(),
        LINES.replace(",", "，").encode("gb18030"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1 << 16])
async def test_a_text_is_read_in_its_encoding_wherever_its_pieces_end(data: bytes, size: int) -> None:
    assert grid(await rows_of(data, size=size)) == [["姓名", "住址"], ["张三丰", "东街1号"]]


async def test_gb_18030_is_taken_only_if_the_text_is_not_utf_8() -> None:
    assert grid(await rows_of("姓名\n中文\n".encode())) == [["姓名"], ["中文"]]
    assert grid(await rows_of("姓名\n𠮷㐂\n".encode("gb18030"))) == [["姓名"], ["𠮷㐂"]]


async def test_a_text_of_no_known_encoding_is_refused_by_its_line() -> None:
    with pytest.raises(DomainError) as refusal:
        await rows_of("姓名\n张三\n".encode() + b"\xff\xff\xff,\n")
    assert (refusal.value.code, refusal.value.detail) == ("unknown_encoding", "第3行含有无法识别的字符")


async def test_rows_are_numbered_as_programs_show_them() -> None:
    rows = await rows_of('甲,"第一行\n第二行"\n\n乙,"说""引号"""\n'.encode())
    assert [(row.number, row.cells[1].text) for row in rows] == [(1, "第一行\n第二行"), (3, '说"引号"')]


@pytest.mark.parametrize("size", [1, 1 << 16])
async def test_quotes_that_never_close_are_refused_by_row(size: int) -> None:
    with pytest.raises(DomainError) as refusal:
        await rows_of('甲\n"乙\n丙\n'.encode(), size=size)
    assert (refusal.value.code, refusal.value.detail) == ("csv_broken", "第2行的引号没有结束")


async def test_a_row_without_end_is_refused_before_it_is_held() -> None:
    with pytest.raises(DomainError) as refusal:
        await rows_of(b'"' + b"x\n" * (1 << 21))
    assert refusal.value.code == "csv_broken"


VERTICAL = "\ufe10\ufe11\ufe12\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
IDEOGRAPHS = (
    "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe"
)
TWO_BYTES = bytes.fromhex(
    "a6d9a6dba6daa6dca6dda6dea6dfa6eca6eda6f3fe59fe61fe66fe67fe6dfe7efe90fea0fe51fe52fe53fe6cfe76fe91a8bc"
)
PRIVATE = (
    "\ue78d\ue78f\ue78e\ue790\ue791\ue792\ue793\ue794\ue795\ue796"
    "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue816\ue817\ue818\ue831\ue83b\ue855\ue7c7"
)


def test_characters_that_left_private_use_are_mapped_in_and_out() -> None:
    assigned = VERTICAL + IDEOGRAPHS + "\u1e3f"
    assert TWO_BYTES.decode("gb18030") == PRIVATE  # why this is here: Python's codec is that of 2000
    assert decode(TWO_BYTES) == assigned
    assert encode(assigned) == TWO_BYTES
    assert decode(assigned.encode("gb18030")) == assigned  # the four-byte codes mean the same
    assert with_assigned(PRIVATE) == assigned
    assert with_private_use(assigned) == PRIVATE
    assert with_assigned("张三\ue000") == "张三\ue000"  # private use of somebody's own stays


async def test_a_name_in_private_use_is_read_in_assigned_characters() -> None:
    for data in ("姓名\n\ue81e\n".encode(), b"name\n\xfe\x59\n"):
        assert grid(await rows_of(data))[1] == ["\u9fb4"]
