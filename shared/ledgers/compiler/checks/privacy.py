"""Privacy of a definition: inherited by what is computed; what may leave, be listed, be disclosed."""

from collections.abc import Iterable, Mapping

from shared.auth.roles import PERMISSIONS
from shared.ledgers.compiler.expressed import Expressed
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.known import Known, refer
from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import ATTACHED, TEXTS, FieldType, Privacy, Subject

PERSONS = frozenset({FieldType.PERSON, FieldType.HOUSEHOLD})
COMPUTED_TEXTS = (FieldType.CHOICE, FieldType.TEXT)


def privacy_of(known: Known, expressed: Expressed) -> dict[str, Privacy]:
    """Privacy by field, small table, column (`parties.name`) and computed field: the strictest of what each reads."""
    found = {name: field.privacy for name, field in known.fields.items()}
    for name, rows in known.rows.items():
        found |= {f"{name}.{column.name}": column.privacy for column in rows.fields}
        found[name] = strictest(column.privacy for column in rows.fields)
    for one in expressed.computed_fields:
        read = [found[name.removeprefix("record.")] for name in one.program.reads if name.startswith("record.")]
        found[one.definition.name] = strictest(read or [Privacy.INTERNAL])
    return found


def strictest(several: Iterable[Privacy]) -> Privacy:
    """The strictest of some."""
    return max(several, key=lambda one: one.strictness)


def about_persons(definition: Definition, known: Known) -> bool:
    """Whether its records name persons or households by their ids, or records of another ledger: that may."""
    if definition.subject in (Subject.PERSON, Subject.HOUSEHOLD, Subject.RECORD):
        return True
    columns = [column for rows in known.rows.values() for column in rows.fields]
    return any(_names(field, definition.code) for field in (*known.fields.values(), *columns))


def named_in(definition: Definition, known: Known, expressed: Expressed) -> frozenset[str]:
    """Fields, small tables and computed fields that say whom a record is about: ids, or what is computed of ids.

    Whether somebody is one certain person is as much as the id.
    """
    found = {name for name, field in known.fields.items() if _names(field, definition.code)}
    for name, rows in known.rows.items():
        columns = {f"{name}.{column.name}" for column in rows.fields if _names(column, definition.code)}
        found |= columns | ({name} if columns else set())
    for one in expressed.computed_fields:
        if any(name.removeprefix("record.") in found for name in one.program.reads):
            found.add(one.definition.name)
    return frozenset(found)


def _names(field: FieldDefinition, code: str) -> bool:
    """Whether a field holds the id of a person, of a household, or of another ledger's record."""
    return field.type in PERSONS or (field.type is FieldType.RECORD and field.ledger != code)


def check_privacy(
    definition: Definition, known: Known, expressed: Expressed, privacy: Mapping[str, Privacy], report: Report
) -> None:
    """Errors for every way by which personal data or texts would leave."""
    naming = named_in(definition, known, expressed)
    texts = {one.definition.name for one in expressed.computed_fields if _carries_text(one.program.reads, known)}
    names = (*known.fields, *known.rows, *known.computed)
    refer(definition.published, names, "published", "unknown_field", report)
    for place, name in enumerate(definition.published):
        code = _kept(definition, name, known, privacy, texts, naming)
        if code is not None:
            report.add(f"published.{place}", code)
    if definition.access.travels_openly is not None and not about_persons(definition, known):
        report.add("access.travels_openly", "travels_nobody")
    _listed(definition, known, privacy, report)
    _disclosed(definition, known, privacy, naming, report)


def _kept(
    definition: Definition,
    name: str,
    known: Known,
    privacy: Mapping[str, Privacy],
    texts: set[str],
    naming: frozenset[str],
) -> str | None:
    """Why the values of a field may not leave; None if they may."""
    if name in known.rows:
        return "published_rows"
    if privacy.get(name) in SEALED:
        return "published_private"
    if name in texts:
        return "published_text"
    if name in naming and definition.access.travels_openly is not None:
        return "published_person"
    field = known.fields.get(name)
    if field is None:
        return None
    if field.type in TEXTS:
        return "published_text"
    if field.type is FieldType.POINT or field.type in ATTACHED:
        return "published_point"
    return None


def _carries_text(reads: frozenset[str], known: Known) -> bool:
    """Whether a computed text could repeat words of somebody's own."""
    for name in reads:
        path = name.removeprefix("record.").partition(".")
        if path[2] and any(column.name == path[2] and column.type in TEXTS for column in known.rows[path[0]].fields):
            return True
        if path[0] in known.fields and known.fields[path[0]].type in TEXTS:
            return True
        if path[0] in known.computed and known.computed[path[0]].type in COMPUTED_TEXTS:
            return True
    return False


def _listed(definition: Definition, known: Known, privacy: Mapping[str, Privacy], report: Report) -> None:
    columns = definition.layout.list_columns
    refer(columns, (*known.fields, *known.rows, *known.computed), "layout.list_columns", "unknown_field", report)
    masked = PERMISSIONS["person.read"] | PERMISSIONS["record.personal"]
    readers = PERMISSIONS.get(definition.access.read, frozenset())
    for place, name in enumerate(columns):
        path, field = f"layout.list_columns.{place}", known.fields.get(name)
        if name in known.rows or (field is not None and _shown_apart(field)):
            report.add(path, "listed_type")
        if privacy.get(name) is Privacy.RESTRICTED:
            report.add(path, "listed_restricted")
        if privacy.get(name) is Privacy.PERSONAL and not readers <= masked:
            report.add(path, "listed_private")


def _shown_apart(field: FieldDefinition) -> bool:
    return field.type is FieldType.POINT or field.type in ATTACHED


def _disclosed(
    definition: Definition, known: Known, privacy: Mapping[str, Privacy], naming: frozenset[str], report: Report
) -> None:
    disclosed = definition.access.disclosed
    if disclosed is None:
        return
    names = (*known.fields, *known.rows, *known.computed)
    refer(disclosed.fields, names, "access.disclosed.fields", "unknown_field", report)
    refer(disclosed.after, known.statuses, "access.disclosed.after", "unknown_status", report)
    for place, name in enumerate(disclosed.fields):
        path, field = f"access.disclosed.fields.{place}", known.fields.get(name)
        if name in names and privacy.get(name) is not Privacy.PUBLIC:
            report.add(path, "disclosed_private")
        if name in naming or (field is not None and field.type in ATTACHED):
            report.add(path, "disclosed_type")
