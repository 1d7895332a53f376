"""Kinds of files that are kept, known by their first bytes: never by their name or by what the sender says."""

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode


class FileKind(NamedCode):
    """What a content is."""

    JPEG = "jpeg", "JPEG 图片"
    PNG = "png", "PNG 图片"
    WEBP = "webp", "WebP 图片"
    HEIC = "heic", "HEIC 图片"
    PDF = "pdf", "PDF 文档"
    OFD = "ofd", "OFD 版式文档"
    XLSX = "xlsx", "Excel 表格"
    XLS = "xls", "Excel 97 表格"
    CSV = "csv", "文本表格"
    DOCX = "docx", "Word 文档"
    MP4 = "mp4", "视频"
    M4A = "m4a", "录音"
    AMR = "amr", "录音（AMR）"
    MP3 = "mp3", "录音（MP3）"

    @property
    def media_type(self) -> str:
        """The type that a browser is told."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.HEIC: "image/heic",
    FileKind.PDF: "application/pdf",
    FileKind.OFD: "application/ofd",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.CSV: "text/csv",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.MP4: "video/mp4",
    FileKind.M4A: "audio/mp4",
    FileKind.AMR: "audio/amr",
    FileKind.MP3: "audio/mpeg",
}

IMAGES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.HEIC})
TABLES = frozenset({FileKind.XLSX, FileKind.XLS, FileKind.CSV})
HEAD = 8_192
"""First bytes that tell a kind."""

_BRANDS = {b"heic": FileKind.HEIC, b"heix": FileKind.HEIC, b"mif1": FileKind.HEIC, b"M4A ": FileKind.M4A}
_PLAIN = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"%PDF-", FileKind.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.XLS),
    (b"#!AMR", FileKind.AMR),
    (b"ID3", FileKind.MP3),
    (b"\xff\xfb", FileKind.MP3),
)
_PACKED = ((b"OFD.xml", FileKind.OFD), (b"word/", FileKind.DOCX), (b"xl/", FileKind.XLSX))
_MARKUP = (b"<", b"\xef\xbb\xbf<")
_BOMS = (b"\xff\xfe", b"\xfe\xff")


class UnknownKind(DomainError):
    """Refusal: the content is of no kind that is kept."""

    kind, code, title = ErrorKind.INVALID, "unknown_file_kind", "不支持的文件类型"
    advice = "可上传图片、PDF、OFD、Word、表格、录音和视频；其他格式请转换后再上传"


def kind_of(head: bytes) -> FileKind:
    """The kind by the first bytes. Raises `UnknownKind`: pages and scripts, programs, archives of anything else."""
    for mark, kind in _PLAIN:
        if head.startswith(mark):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], FileKind.MP4)
    if head.startswith(b"PK\x03\x04"):
        found = [(head.find(mark), kind) for mark, kind in _PACKED if mark in head]
        if not found:
            raise UnknownKind
        return min(found)[1]
    if not head or head.lstrip().startswith(_MARKUP):
        raise UnknownKind
    if b"\0" in head and not head.startswith(_BOMS):
        raise UnknownKind
    return FileKind.CSV
