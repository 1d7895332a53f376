"""Values of a record by who may see them: in the open, masked, in full, and under a permission of their own.

A small table is kept by its strictest column; whoever may not see restricted columns gets the rows without them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from shared.crypto.masking import STARS, mask_document, mask_name, mask_number, mask_phone
from shared.crypto.service import BlindKey, Crypto
from shared.errors import FieldError
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.fields import FieldDefinition, RowsDefinition
from shared.ledgers.grammar.words import ATTACHED, NUMBERS, TEXTS, FieldType, Privacy
from shared.ledgers.records.domain import Indexed
from shared.ledgers.records.models import LedgerRecord

JSON = dict[str, Any]

MASKED, PERSONAL, RESTRICTED = "ledger.masked", "ledger.personal", "ledger.restricted"
"""Names under which the parts of a record are sealed; the owner is the record's id."""

NEVER_SENT = TEXTS | ATTACHED | {FieldType.POINT}
"""Types whose values never leave on the bus, whatever a definition says."""


@dataclass(frozen=True, repr=False)
class Parts:
    """Values by privacy. The repr shows nothing."""

    plain: JSON = field(default_factory=dict)
    masked: JSON = field(default_factory=dict)
    personal: JSON = field(default_factory=dict)
    restricted: JSON = field(default_factory=dict)

    @property
    def whole(self) -> JSON:
        """Everything that the record holds."""
        return {**self.plain, **self.personal, **self.restricted}


def parts_of(ledger: Ledger, values: Mapping[str, Any]) -> Parts:
    """The values apart, those that are empty left out."""
    parts = Parts()
    kinds = ledger.types
    for name, value in values.items():
        if value is None or value == []:
            continue
        if name in ledger.rows:
            _keep_rows(parts, ledger.rows[name], value, ledger.privacy[name])
            continue
        match ledger.privacy[name]:
            case Privacy.PERSONAL:
                parts.personal[name] = value
                parts.masked[name] = masked(kinds[name], value)
            case Privacy.RESTRICTED:
                parts.restricted[name] = value
            case _:
                parts.plain[name] = value
    return parts


def _keep_rows(parts: Parts, table: RowsDefinition, rows: Sequence[JSON], privacy: Privacy) -> None:
    if privacy not in SEALED:
        parts.plain[table.name] = rows
        return
    columns = {column.name: column for column in table.fields}
    if privacy is Privacy.RESTRICTED:
        parts.restricted[table.name] = rows
        columns = {name: column for name, column in columns.items() if column.privacy is not Privacy.RESTRICTED}
        if not columns:
            return
    shown = [{name: row[name] for name in row if name in columns} for row in rows]
    parts.personal[table.name] = shown
    parts.masked[table.name] = [
        {name: _masked_cell(columns[name], value) for name, value in row.items()} for row in shown
    ]


def _masked_cell(column: FieldDefinition, value: Any) -> Any:
    if value is None or column.privacy not in SEALED:
        return value
    return masked(column.type, value)


def masked(kind: FieldType, value: Any) -> str:
    """A personal value as most readers see it. What has no form of its own is all stars."""
    if isinstance(value, str):
        match kind:
            case FieldType.NAME:
                return mask_name(value)
            case FieldType.PHONE:
                return mask_phone(value)
            case FieldType.IDENTITY_NUMBER:
                number = mask_number(value)
                return mask_document(value) if number == STARS else number
            case _:
                return STARS
    return STARS


def is_closed(ledger: Ledger, name: str, *values: Any) -> bool:
    """Whether one of these values of a field is under the permission for restricted ones."""
    if ledger.privacy.get(name) is not Privacy.RESTRICTED:
        return False
    if name not in ledger.rows:
        return any(value is not None for value in values)
    closed = [column.name for column in ledger.rows[name].fields if column.privacy is Privacy.RESTRICTED]
    tables = [table for table in values if isinstance(table, list)]
    return any(
        row.get(cell) is not None for table in tables for row in table if isinstance(row, dict) for cell in closed
    )


def masks_sent(ledger: Ledger, sent: Mapping[str, Any]) -> list[FieldError]:
    """Refusals for masked values that are sent back as if they were the values."""
    return [
        FieldError(f"values.{name}", "masked_value", "不能提交已脱敏的内容，请填写完整内容或不填此项")
        for name, value in sent.items()
        if ledger.privacy.get(name) in SEALED and _is_masked(value)
    ]


def followed_sent(ledger: Ledger, sent: Mapping[str, Any]) -> list[FieldError]:
    """Refusals for fields that follow the subject: they are filled by where it lies."""
    message = "此项随对象所在区域由系统填写，不能提交"
    return [FieldError(f"values.{name}", "not_filled_here", message) for name in ledger.followed_fields if name in sent]


def _is_masked(value: Any) -> bool:
    if isinstance(value, str):
        return "****" in value
    if isinstance(value, dict):
        return any(map(_is_masked, value.values()))
    return isinstance(value, list) and any(map(_is_masked, value))


def published(ledger: Ledger, plain: Mapping[str, Any]) -> JSON:
    """What leaves on the bus: declared by the definition, in the open, and neither words nor places nor tables."""
    kinds = ledger.types
    return {
        name: plain[name]
        for name in ledger.published
        if name in plain and name in kinds and kinds[name] not in NEVER_SENT and ledger.privacy[name] not in SEALED
    }


class RecordSeal:
    """Sealing and opening of the parts of a record."""

    __slots__ = ("_crypto",)

    def __init__(self, crypto: Crypto) -> None:
        self._crypto = crypto

    def sealed(self, parts: Parts, record_id: object) -> dict[str, bytes | None]:
        """The sealed columns of a row; None where nothing is to be sealed."""
        return {
            "masked": self._seal(parts.masked, MASKED, record_id),
            "personal": self._seal(parts.personal, PERSONAL, record_id),
            "restricted": self._seal(parts.restricted, RESTRICTED, record_id),
        }

    def opened(self, sealed: bytes | None, name: str, record_id: object) -> JSON:
        """One part; empty if there is none."""
        if sealed is None:
            return {}
        part: JSON = orjson.loads(self._crypto.open(sealed, field=name, owner=str(record_id)))
        return part

    def whole(self, record: LedgerRecord) -> JSON:
        """Everything that a record holds, for use cases that show no more of it than their caller may see."""
        personal = self.opened(record.personal, PERSONAL, record.id)
        return {**record.values, **personal, **self.opened(record.restricted, RESTRICTED, record.id)}

    def note(self, note: str | None, record_id: object, version: int) -> bytes | None:
        """The words of a line of history."""
        if note is None:
            return None
        return self._crypto.seal(note, field="ledger_step.note", owner=f"{record_id}:{version}")

    def opened_note(self, sealed: bytes | None, record_id: object, version: int) -> str | None:
        """The words of a line of history, opened."""
        if sealed is None:
            return None
        return self._crypto.open(sealed, field="ledger_step.note", owner=f"{record_id}:{version}")

    def _seal(self, part: JSON, name: str, record_id: object) -> bytes | None:
        return self._crypto.seal(orjson.dumps(part).decode(), field=name, owner=str(record_id)) if part else None


def index_rows(ledger: Ledger, record_id: object, values: Mapping[str, Any], crypto: Crypto) -> list[JSON]:
    """The rows by which a record is found, of its search fields."""
    kinds = ledger.types
    rows: list[JSON] = []
    for name in ledger.search_fields:
        value = values.get(name)
        if value is None:
            continue
        found = (
            [{"digest": key.digest, "key_id": key.key_id} for key in _keys(ledger, name, value, crypto)]
            if ledger.privacy[name] in SEALED
            else [_entry(kinds[name], one) for one in (value if isinstance(value, list) else [value])]
        )
        for position, entry in enumerate(found):
            empty: JSON = {"text": None, "number": None, "day": None, "digest": None, "key_id": None}
            rows.append(
                {"record_id": record_id, "field": name, "position": position, "ledger": ledger.code, **empty, **entry}
            )
    return rows


def digests(ledger: Ledger, name: str, value: Any, crypto: Crypto) -> list[bytes]:
    """The blind index of a sealed value, under each key in use."""
    return [key.digest for key in _keys(ledger, name, value, crypto)]


def key_rows(ledger: Ledger, record_id: object, values: Mapping[str, Any], crypto: Crypto) -> list[JSON]:
    """What of a record may stand once. A key of which a field is empty is none."""
    rows: list[JSON] = []
    for names in ledger.unique:
        given = [values.get(name) for name in names]
        if any(value is None for value in given):
            continue
        message = orjson.dumps([list(names), given]).decode()
        rows += [
            {"ledger": ledger.code, "key_id": key.key_id, "digest": key.digest, "record_id": record_id}
            for key in crypto.blind(f"ledger.{ledger.code}.unique", message)
        ]
    return rows


def sealed_keys(ledger: Ledger) -> frozenset[str]:
    """Fields of keys that tell of people: who asks whether such a key is taken is noted and counted."""
    return frozenset(
        name for names in ledger.unique if any(ledger.privacy[one] in SEALED for one in names) for name in names
    )


def indexed(kind: FieldType, value: Any) -> Indexed:
    """A value as the index holds it."""
    if kind in NUMBERS:
        return Decimal(value)
    return date.fromisoformat(value) if kind is FieldType.DATE else _text(value)


def _keys(ledger: Ledger, name: str, value: Any, crypto: Crypto) -> Sequence[BlindKey]:
    return crypto.blind(f"ledger.{ledger.code}.{name}", _text(value))


def _entry(kind: FieldType, value: Any) -> JSON:
    one = indexed(kind, value)
    match one:
        case Decimal():
            return {"number": one}
        case date():
            return {"day": one}
        case _:
            return {"text": one}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
