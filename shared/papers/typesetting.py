"""Typesetter of papers (文书排版): a template of ours and data become a PDF/A-2u with Chinese fonts inside.

Data are JSON and never code: whatever a text holds is set as text. PDF/A-2u wants every character as a glyph of the
font and as Unicode: text can be searched and copied, and a character that the fonts do not have is an error that names
it, never an empty box. The fonts are Noto Serif SC and Noto Sans SC (SIL Open Font License 1.1), subset into each file.
"""

import asyncio
import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal

import pylopdf_fonts_zh_cn
import segno
import typst

from shared.errors import DomainError, ErrorKind

TEMPLATES = Path(__file__).parent / "templates"
MEDIA_TYPE = "application/pdf"
STANDARD: Literal["a-2u"] = "a-2u"
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)


class GlyphMissing(DomainError):
    """The fonts have no glyph for a character of the paper. `detail` names it by itself and by its code point."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "glyph_missing"
    title: ClassVar = "文书中有字库缺少的字，不能生成"
    advice: ClassVar = "请核对该字是否录入有误；确属生僻字的，请联系运维人员补充字库，暂用手写文书"


class TypesettingFailed(Exception):
    """Error: a template does not hold for its data, a defect of ours. Its text is the compiler's, without the data."""


def typeset(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """A paper as PDF. `at`: its date, in the file's properties too; equal data at the same time make equal bytes.

    Takes some 10 ms of processor time: not on an event loop (`typeset_aside`). Raises `GlyphMissing`.
    """
    given = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        with _ONE_AT_A_TIME:
            made, warnings = _compiler().compile_with_warnings(
                _source(template),
                format="pdf",
                sys_inputs=given,
                pdf_standards=STANDARD,
                timestamp=at.replace(microsecond=0),
            )
    except typst.TypstError as error:
        found = _MISSING.search(str(error))
        if found is None:
            raise TypesettingFailed(template) from None  # what the compiler says may quote the data
        raise GlyphMissing(detail=_named(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), found[1]))) from None
    if warnings or not isinstance(made, bytes):
        raise TypesettingFailed(template)
    return made


async def typeset_aside(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """`typeset` in a thread of its own."""
    return await asyncio.to_thread(typeset, template, data, at=at)


def qr_code(text: str) -> str:
    """A QR code (ISO/IEC 18004, level M) as SVG."""
    made = BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="svg", border=2, svgclass=None, lineclass=None)
    return made.getvalue().decode()


_ONE_AT_A_TIME = threading.Lock()
"""A compiler keeps what it has read and set: used by two threads at once it would refuse the second."""


@cache
def _compiler() -> typst.Compiler:
    folder = str(Path(pylopdf_fonts_zh_cn.serif_path()).parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)


@cache
def _source(template: str) -> bytes:
    """The common part of all papers, and the template."""
    parts = [(TEMPLATES / f"{name}.typ").read_text(encoding="utf-8") for name in ("common", template)]
    return "\n".join(parts).encode()


def _named(text: str) -> str:
    told = [f"“{one}”（U+{ord(one):04X}）" for one in dict.fromkeys(text)]
    return f"字库中没有：{'、'.join(told)}"
