"""Names of a definition, each once: what its parts may refer to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import Computed, FieldDefinition, RowsDefinition
from shared.ledgers.grammar.lifecycle import StatusDefinition, StepDefinition

RESERVED = frozenset(
    {
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"),
        *("namespace", "null", "package", "return", "true", "var", "void", "while"),
    }
)
"""Words of CEL that no field may be called."""

VERBS = frozenset(
    {
        *("open", "correct", "step", "history", "extend", "count", "search", "bulk", "import", "export", "template"),
        *("sync", "disclosed", "attachments", "accounts", "postings", "restate", "form"),
    }
)
"""Verbs that every ledger has already."""


N = TypeVar("N")


@dataclass(frozen=True)
class Known:
    """What a definition names. A name that stands twice is the first one's."""

    fields: Mapping[str, FieldDefinition]
    rows: Mapping[str, RowsDefinition]
    computed: Mapping[str, Computed]
    statuses: Mapping[str, StatusDefinition]
    steps: Mapping[str, StepDefinition]

    def holds_value(self, name: str) -> bool:
        """Whether it is a field or a small table: what is sent."""
        return name in self.fields or name in self.rows


def known(definition: Definition, report: Report) -> Known:
    """The names of a definition; errors for those that are taken or reserved."""
    taken: set[str] = set()
    for kind, named in (("fields", definition.fields), ("rows", definition.rows), ("computed", definition.computed)):
        names_once([one.name for one in named], kind, "name", report, taken)
    for place, rows in enumerate(definition.rows):
        names_once([column.name for column in rows.fields], f"rows.{place}.fields", "name", report, set())
    codes: set[str] = set()
    once([status.code for status in definition.statuses], "statuses", "code", report, codes)
    verbs = [step.verb for step in definition.steps]
    once(verbs, "steps", "verb", report, set())
    for place, verb in enumerate(verbs):
        if verb in VERBS:
            report.add(f"steps.{place}.verb", "name_reserved")
    once([rule.id for rule in definition.rules], "rules", "id", report, set())
    return Known(
        fields=_first([(field.name, field) for field in definition.fields]),
        rows=_first([(rows.name, rows) for rows in definition.rows]),
        computed=_first([(one.name, one) for one in definition.computed]),
        statuses=_first([(status.code, status) for status in definition.statuses]),
        steps=_first([(step.verb, step) for step in definition.steps]),
    )


def once(names: Sequence[str], path: str, part: str, report: Report, taken: set[str]) -> None:
    """An error at each name that was taken before."""
    for place, name in enumerate(names):
        if name in taken:
            report.add(f"{path}.{place}.{part}", "name_taken")
        taken.add(name)


def names_once(names: Sequence[str], path: str, part: str, report: Report, taken: set[str]) -> None:
    """The same for names that expressions use: none is a word of the language."""
    once(names, path, part, report, taken)
    for place, name in enumerate(names):
        if name in RESERVED:
            report.add(f"{path}.{place}.{part}", "name_reserved")


def refer(names: Iterable[str], to: Iterable[str], path: str, code: str, report: Report) -> None:
    """An error at each name of a list that refers to nothing, or stands in it twice."""
    there, seen = frozenset(to), set[str]()
    for place, name in enumerate(names):
        if name not in there:
            report.add(f"{path}.{place}", code)
        elif name in seen:
            report.add(f"{path}.{place}", "repeated")
        seen.add(name)


def _first(named: Iterable[tuple[str, N]]) -> dict[str, N]:
    """By name, in the order of the definition."""
    found: dict[str, N] = {}
    for name, one in named:
        found.setdefault(name, one)
    return found
