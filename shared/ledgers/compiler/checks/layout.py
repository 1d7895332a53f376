"""Columns and pages of a definition."""

from shared.ledgers.compiler.known import Known, refer
from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.definition import Definition


def check_layout(definition: Definition, known: Known, report: Report) -> None:
    """Every column and page names what there is, each once, and no title could be two columns."""
    layout, columns = definition.layout, {column.field: column for column in reversed(definition.layout.columns)}
    for place, column in enumerate(layout.columns):
        if column.field not in known.fields and column.field not in known.rows and column.field not in known.computed:
            report.add(f"layout.columns.{place}.field", "unknown_field")
        elif columns[column.field] is not column:
            report.add(f"layout.columns.{place}.field", "repeated")
    titles: dict[str, str] = {}
    own = {name: field.title for name, field in known.fields.items()}
    own |= {name: field.title for name, field in known.computed.items()}
    for name, title in own.items():
        titles.setdefault((columns[name].title if name in columns else None) or title, name)
    for place, column in enumerate(layout.columns):
        for told in (column.title, *column.synonyms):
            if told is not None and titles.setdefault(told, column.field) != column.field:
                report.add(f"layout.columns.{place}", "title_taken")
    statuses = {entered.status: entered for entered in reversed(layout.entered)}
    for place, entered in enumerate(layout.entered):
        if entered.status not in known.statuses:
            report.add(f"layout.entered.{place}.status", "unknown_status")
        elif statuses[entered.status] is not entered:
            report.add(f"layout.entered.{place}.status", "repeated")
        for told in (entered.title, *entered.synonyms):
            if titles.setdefault(told, f"entered:{entered.status}") != f"entered:{entered.status}":
                report.add(f"layout.entered.{place}", "title_taken")
    seen: set[str] = set()
    for place, group in enumerate(layout.groups):
        refer(group.fields, (*known.fields, *known.rows), f"layout.groups.{place}.fields", "unknown_field", report)
        for number, name in enumerate(group.fields):
            if name in seen:
                report.add(f"layout.groups.{place}.fields.{number}", "repeated")
        seen.update(group.fields)
