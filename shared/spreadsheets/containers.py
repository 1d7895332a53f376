"""What a file is, by its content, and whether it may be opened at all: asked before anything in it is expanded."""

import io
import re
import zipfile
from enum import StrEnum

from shared.spreadsheets.refusals import (
    Broken,
    Expands,
    Locked,
    Macros,
    NotASpreadsheet,
    TablePage,
    TooManySheets,
)


class Format(StrEnum):
    """Formats that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


HEAD = 4_096
"""Bytes of a file's beginning that tell its format."""

MAX_SHEETS = 50
MAX_PARTS = 1_000
MAX_EXPANDED = 1 << 30
"""Bytes of all parts of a workbook together, as the archive's directory declares them; the reader stops there."""
MAX_RATIO = 250
"""How many times larger than its packed bytes a part may be. Rows of equal cells reach 60; a bomb has 1,000."""
_SMALL = 1 << 20
"""Parts up to this size may have any ratio."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE = re.compile(rb"^\s*(?:<!doctype html|<html|<table|<meta|<\?xml|<!--|<head|<style)", re.IGNORECASE)
_SHEET = re.compile(r"^xl/(?:work|chart|dialog|macro)sheets/[^/]+\.(?:xml|bin)$", re.IGNORECASE)
_MACROS = re.compile(r"(?:^|/)(?:vbaProject\.bin|vbaData\.xml)$|^xl/macrosheets/", re.IGNORECASE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")


def format_of(head: bytes) -> Format:
    """The format by the file's first bytes. Raises `NotASpreadsheet`, `TablePage`.

    Text counts as `.csv`: whether it is a table is seen when its titles are looked for.
    """
    if head.startswith(_ZIP):
        return Format.XLSX
    if head.startswith(_OLE):
        return Format.XLS
    bare = head
    for bom in _BOMS:
        if head.startswith(bom):
            return Format.CSV
    if _PAGE.match(bare):
        raise TablePage
    if (
        not bare
        or b"\0" in bare
        or bare.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8", b"Rar!"))
    ):
        raise NotASpreadsheet
    return Format.CSV


def opened_archive(data: bytes) -> zipfile.ZipFile:
    """A workbook's archive, judged by its directory alone: macros, number of sheets, sizes once expanded.

    Raises `Macros`, `TooManySheets`, `Expands`, `Locked`, `NotASpreadsheet`, `Broken`. A part that is larger than the
    directory says is not read beyond it.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Broken from error
    names = [part.filename.replace("\\", "/").lstrip("/") for part in parts]
    if any(_MACROS.search(name) for name in names):
        raise Macros
    if not any(name.casefold() == "[content_types].xml" for name in names):
        raise NotASpreadsheet
    if not any(name.casefold().startswith("xl/") for name in names):
        raise NotASpreadsheet  # a text document, a presentation, an archive of something else
    if any(part.flag_bits & 1 for part in parts):
        raise Locked
    if sum(1 for name in names if _SHEET.match(name)) > MAX_SHEETS:
        raise TooManySheets
    expanded = sum(part.file_size for part in parts)
    steep = any(part.file_size > _SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1) for part in parts)
    if len(parts) > MAX_PARTS or expanded > MAX_EXPANDED or steep:
        raise Expands
    if len(set(names)) != len(names):
        raise Broken  # two parts of one name: programs disagree which of them counts
    return archive


def check_compound(data: bytes) -> None:
    """A `.xls` by the names in its directory. Raises `Macros`, `Locked`, `NotASpreadsheet`."""
    if _named(data, "_VBA_PROJECT_CUR") or _named(data, "_VBA_PROJECT"):
        raise Macros
    if _named(data, "EncryptedPackage"):
        raise Locked
    if not (_named(data, "Workbook") or _named(data, "Book")):
        raise NotASpreadsheet


def _named(data: bytes, name: str) -> bool:
    return (name + "\0").encode("utf-16-le") in data
