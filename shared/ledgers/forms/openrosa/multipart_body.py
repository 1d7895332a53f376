"""A submission out of a multipart body: the instance and its files, in memory and within limits."""

from dataclasses import dataclass, field

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from shared.ledgers.forms.openrosa.domain import NotASubmission

MAX_SUBMISSION = 8 * 1024 * 1024
"""Bytes of one submission with its files: phones are told, and make photos small enough."""

MAX_FILES = 40
INSTANCE, INCOMPLETE = "xml_submission_file", "*isIncomplete*"


@dataclass(slots=True)
class Sent:
    """What a phone sent: the instance, and by name the files that belong to it. `incomplete`: more of it comes."""

    instance: bytes | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    incomplete: bool = False


def read_multipart(body: bytes, content_type: str) -> Sent:
    """Raises `NotASubmission`. Fields other than files are passed over (`deviceID` and its kin)."""
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary or len(boundary) > 200:
        raise NotASubmission
    sent, segment, parts = Sent(), None, list[bytes]()
    try:
        with PushMultipartParser(boundary, max_segment_count=MAX_FILES + 10, strict=True) as parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    segment, parts = event, []
                elif event:
                    parts.append(bytes(event))
                elif segment is not None:
                    _take(sent, segment, b"".join(parts))
    except (MultipartError, ValueError) as error:
        raise NotASubmission from error
    if sent.instance is None or len(sent.files) > MAX_FILES:
        raise NotASubmission
    return sent


def _take(sent: Sent, segment: MultipartSegment, content: bytes) -> None:
    if segment.name == INSTANCE:
        if sent.instance is not None:
            raise NotASubmission
        sent.instance = content
    elif segment.name == INCOMPLETE:
        sent.incomplete = content.strip().lower() == b"yes"
    elif segment.filename:
        if segment.filename in sent.files:
            raise NotASubmission
        sent.files[segment.filename] = content
