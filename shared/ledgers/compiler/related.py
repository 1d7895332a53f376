"""Fields that are judged together: by one rule, by one computed field, or as a choice that depends on another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.ledgers.compiler.expressed import CheckedRule, Expressed
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.known import Known
from shared.ledgers.grammar.words import Privacy

Related = Mapping[str, Privacy]
"""Fields and small tables that are judged together, each with the privacy of what is read of it."""


def related_of(known: Known, expressed: Expressed, privacy: Mapping[str, Privacy]) -> tuple[Related, ...]:
    """What is judged together and holds something sealed: whoever changes a part of it learns of the rest."""
    inner = {one.definition.name: one.program.reads for one in expressed.computed_fields}
    groups = [_group(reads, inner, privacy, table) for reads, table in _read(expressed.rules, inner.values())]
    groups += [
        {name: privacy[name], field.depends_on: privacy[field.depends_on]}
        for name, field in known.fields.items()
        if field.depends_on is not None
    ]
    return tuple(one for one in groups if len(one) > 1 and not SEALED.isdisjoint(one.values()))


def _read(
    rules: Sequence[CheckedRule], computed: Iterable[frozenset[str]]
) -> Iterator[tuple[frozenset[str], str | None]]:
    for rule in rules:
        yield rule.program.reads, rule.definition.each
    for reads in computed:
        yield reads, None


def _group(
    reads: Iterable[str], inner: Mapping[str, frozenset[str]], privacy: Mapping[str, Privacy], table: str | None
) -> dict[str, Privacy]:
    """What is sent of what is read: a column stands for its table, a computed field for what it reads in turn."""
    found: dict[str, Privacy] = {}
    for variable in reads:
        root, _, name = variable.partition(".")
        if root == "row":
            name = f"{table}.{name}"
        elif root != "record":
            continue
        own = {name.partition(".")[0]: privacy[name]}
        for part, level in (_group(inner[name], inner, privacy, None) if name in inner else own).items():
            found[part] = max(level, found.get(part, level), key=lambda one: one.strictness)
    return found
