"""Inbound lists (名单来件): who may deliver which, and in which order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.county.lists import ListKind, ListSubmitted
from shared.errors import DomainError, ErrorKind
from shared.reference.digits import is_digits

NAMESPACE = UUID("0c0f1d4e-9a55-5a0f-9d4c-4a3f5b1f7e22")


@dataclass(frozen=True, slots=True)
class Authority:
    """Which lists a source may deliver, and for which area with all that lies in it."""

    source: str
    area: str
    kinds: frozenset[ListKind]


@dataclass(frozen=True, slots=True)
class Authorities:
    """Which lists which source may deliver. What is not said here is refused."""

    known: Sequence[Authority] = ()

    @classmethod
    def parse(cls, text: str) -> "Authorities":
        """`source=area:kind+kind,…`. Raises ValueError that names the entry."""
        found = []
        for entry in filter(None, (piece.strip() for piece in text.split(","))):
            source, _, said = entry.rpartition("=")
            area, _, kinds = said.partition(":")
            try:
                chosen = frozenset(ListKind(kind) for kind in kinds.split("+"))
            except ValueError:
                raise ValueError(
                    f"XIANGLI_INBOUND_LISTS: {entry!r} names no kind of list, as source=area:kind+kind"
                ) from None
            digits = is_digits(area) and len(area) in (6, 9, 12)
            if not digits or not (0 < len(source) <= MAX_SOURCE) or not _printable(source):
                raise ValueError(f"XIANGLI_INBOUND_LISTS: {entry!r} is not source=area:kind+kind")
            found.append(Authority(source, area, chosen))
        return cls(tuple(found))

    @property
    def sources(self) -> frozenset[str]:
        """The `source` attributes that may send at all."""
        return frozenset(one.source for one in self.known)

    def require(self, source: str, kind: ListKind, area: str) -> None:
        """Raises `ListNotAuthorised` unless the source may deliver such a list for the whole area."""
        if not any(one.source == source and kind in one.kinds and area.startswith(one.area) for one in self.known):
            raise ListNotAuthorised


MAX_SOURCE = 200


def _printable(source: str) -> bool:
    return all("!" <= character <= "~" for character in source)


@dataclass(frozen=True, slots=True)
class Series:
    """The newest list of a source, kind and area, and which of its parts have come."""

    list_id: str
    as_of: date
    parts: int
    received: Collection[int]


class ListNotAuthorised(DomainError):
    """The source may not deliver lists of this kind for this area."""

    kind, code, title = ErrorKind.FORBIDDEN, "list_not_authorised", "该系统未获准报送这类名单或该区域的名单"
    advice = "请由运维人员核对名单来源的设置"


class ListAreaUnknown(DomainError):
    """There is no such area in the register, or it has ended."""

    kind, code, title = ErrorKind.INVALID, "area_unknown", "区划代码不存在或已撤销"
    advice = "请核对区划代码"


class ListInTheFuture(DomainError):
    """The list says that it is of a later day than today."""

    kind, code, title = ErrorKind.INVALID, "as_of_invalid", "名单数据日期晚于今天"
    advice = "请核对数据日期"


class ListOutdated(DomainError):
    """A list of the same or a later day has come before it."""

    kind, code, title = ErrorKind.CONFLICT, "list_outdated", "已收到同日或更新的名单"
    advice = "无须再送；确需更正的，请以更晚的数据日期重新报送"


class ListPartsDiffer(DomainError):
    """Another part of the list said another day or another number of parts."""

    kind, code, title = ErrorKind.CONFLICT, "list_parts_differ", "同一名单各部分的数据日期或份数不一致"
    advice = "请以新的名单编号和更晚的数据日期整份重送"


class ListPartRepeated(DomainError):
    """The part came before, in another event."""

    kind, code, title = ErrorKind.CONFLICT, "list_part_repeated", "名单的这一部分已收到"
    advice = "无须再送"


def followed(known: Series | None, part: ListSubmitted, *, today: date) -> Series:
    """The series after a part. Raises the refusals above; a newer list takes the place of an older one."""
    if part.as_of > today:
        raise ListInTheFuture.at("as_of")
    if known is None or (part.list_id != known.list_id and part.as_of > known.as_of):
        return Series(part.list_id, part.as_of, part.parts, frozenset({part.part}))
    if part.list_id != known.list_id:
        raise ListOutdated
    if (part.as_of, part.parts) != (known.as_of, known.parts):
        raise ListPartsDiffer
    if part.part in known.received:
        raise ListPartRepeated
    return Series(known.list_id, known.as_of, known.parts, frozenset({*known.received, part.part}))


def handed_in(known: Series | None, list_id: str, as_of: date, *, today: date) -> Series:
    """The series with a whole list from the counter, of which nothing is in yet. Raises `ListInTheFuture`,
    `ListOutdated`.

    One of the same day takes the place of a list that was left incomplete.
    """
    if as_of > today:
        raise ListInTheFuture.at("as_of")
    if known is None or known.list_id == list_id or as_of > known.as_of:
        return Series(list_id, as_of, 1, frozenset())
    if as_of < known.as_of or is_complete(known):
        raise ListOutdated.at("as_of")
    return Series(list_id, as_of, 1, frozenset())


def is_complete(series: Series) -> bool:
    """Whether every part has come."""
    return len(series.received) == series.parts
