"""Attachments of a record (附件): which stored files its values name, and in which fields and columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.files.kinds import IMAGES, FileKind
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import ATTACHED, FieldType, Privacy

KINDS: Mapping[FieldType, frozenset[FileKind]] = {
    FieldType.PHOTO: IMAGES,
    FieldType.SIGNATURE: IMAGES,
    FieldType.FILE: frozenset(FileKind),
}
"""What a file of a field is, by its first bytes."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a value names. `path` in the body; `place`: the field, or the column as `table.column`."""

    path: str
    place: str
    type: FieldType
    privacy: Privacy
    file: UUID


def named_files(ledger: Ledger, values: Mapping[str, Any]) -> Iterator[NamedFile]:
    """Every file that the values of a record name, in the order of the definition."""
    for field in ledger.definition.fields:
        if field.type in ATTACHED and (value := values.get(field.name)) is not None:
            yield NamedFile(f"values.{field.name}", field.name, field.type, ledger.privacy[field.name], UUID(value))
    for table in ledger.definition.rows:
        columns = [column for column in table.fields if column.type in ATTACHED]
        for number, row in enumerate(values.get(table.name) or () if columns else ()):
            for column in columns:
                if row.get(column.name) is not None:
                    place = f"{table.name}.{column.name}"
                    path = f"values.{table.name}.{number}.{column.name}"
                    yield NamedFile(path, place, column.type, ledger.privacy[place], UUID(row[column.name]))
