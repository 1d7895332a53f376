"""Parts of a workbook: worksheets by name and visibility, epoch, formats, shared texts.

Programs differ: targets with a leading slash or a backslash, prefixes and namespaces of either edition of ISO 29500,
other capitals than the standard's, no shared texts at all. Elements are known by their local name.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from shared.reference.digits import is_digits
from shared.spreadsheets.refusals import Broken
from shared.spreadsheets.xlsx.formats import Shown, shown_as

CHUNK = 1 << 16
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MAX_TEXT = 32_767
"""Characters that a cell may hold (ECMA-376)."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet: its name, its part, whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What all worksheets share."""

    sheets: tuple[SheetPart, ...]
    from_1904: bool
    shown: tuple[Shown, ...]  # by the index of a cell's style
    texts: tuple[str, ...]


def unescaped(text: str) -> str:
    """The text of a cell: `_x000D_` is the character of that code (ECMA-376 22.4.2.4), not five letters."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def parser(
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> "expat.XMLParserType":
    """An XML parser that calls with local names. A document type, and with it every entity, is refused (`Broken`)."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        made.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        made.CharacterDataHandler = text

    def refuse(*_: object) -> None:
        raise Broken

    made.StartDoctypeDeclHandler = refuse
    return made


class Parts:
    """The parts of an archive, found whatever their capitals and slashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {_key(info.filename): info.filename for info in archive.infolist()}

    def has(self, part: str) -> bool:
        return _key(part) in self._names

    def chunks(self, part: str) -> Iterator[bytes]:
        """The part's bytes. Raises `Broken`."""
        name = self._names.get(_key(part))
        if name is None:
            raise Broken
        try:
            with self._archive.open(name) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise Broken from error
        except Exception as error:
            if type(error).__module__ in ("zlib", "lzma", "bz2"):
                raise Broken from error
            raise

    def parse(self, part: str, made: "expat.XMLParserType") -> None:
        """Feed the part to a parser. Raises `Broken`."""
        try:
            for chunk in self.chunks(part):
                made.Parse(chunk, False)
            made.Parse(b"", True)
        except expat.ExpatError as error:
            raise Broken from error

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationships of a part: by id, the last segment of the type and the target's part."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: Mapping[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                path = target if target.startswith("/") else posixpath.join("/", folder, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, posixpath.normpath(path).lstrip("/"))

        described = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.has(described):
            self.parse(described, parser(start))
        return found


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").casefold()


def read_workbook(parts: Parts) -> Workbook:
    """What all worksheets share. Raises `Broken`."""
    main = next((part for kind, part in parts.related("").values() if kind == "officeDocument"), "xl/workbook.xml")
    related = parts.related(main)
    listed: list[tuple[str, str, bool]] = []
    from_1904 = False

    def start(element: str, attributes: Mapping[str, str]) -> None:
        nonlocal from_1904
        if element == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
        elif element == "sheet":
            key = next((text for name, text in attributes.items() if name.rpartition(":")[2] == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            listed.append((unescaped(attributes.get("name", "")), key, hidden))

    parts.parse(main, parser(start))
    sheets = tuple(
        SheetPart(name, related[key][1], hidden)
        for name, key, hidden in listed
        if key in related and related[key][0] == "worksheet"
    )
    by_kind = dict(related.values())
    return Workbook(
        sheets=sheets,
        from_1904=from_1904,
        shown=_styles(parts, by_kind.get("styles")),
        texts=_texts(parts, by_kind.get("sharedStrings")),
    )


def _styles(parts: Parts, part: str | None) -> tuple[Shown, ...]:
    if part is None or not parts.has(part):
        return ()
    codes: dict[int, str] = {}
    numbers: list[int] = []
    inside = False

    def start(element: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        if element == "numFmt":
            codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif element == "cellXfs":
            inside = True
        elif element == "xf" and inside:
            numbers.append(_whole(attributes.get("numFmtId")))

    def end(element: str) -> None:
        nonlocal inside
        if element == "cellXfs":
            inside = False

    parts.parse(part, parser(start, end))
    return tuple(shown_as(number, codes) for number in numbers)


def _texts(parts: Parts, part: str | None) -> tuple[str, ...]:
    if part is None or not parts.has(part):
        return ()
    found: list[str] = []
    pieces: list[str] = []
    writing, phonetic = False, 0

    def start(element: str, _: Mapping[str, str]) -> None:
        nonlocal writing, phonetic
        if element == "si":
            pieces.clear()
        elif element == "rPh":  # how a text is read aloud: no part of it
            phonetic += 1
        elif element == "t":
            writing = not phonetic

    def end(element: str) -> None:
        nonlocal writing, phonetic
        if element == "t":
            writing = False
        elif element == "rPh":
            phonetic -= 1
        elif element == "si":
            found.append(unescaped("".join(pieces))[:MAX_TEXT])

    def text(data: str) -> None:
        if writing:
            pieces.append(data)

    parts.parse(part, parser(start, end, text))
    return tuple(found)


def _whole(text: str | None) -> int:
    return int(text) if text is not None and is_digits(text) and len(text) < 8 else 0
