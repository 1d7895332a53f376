"""Compiling a definition: every check in turn, then a `Ledger`."""

from shared.ledgers.compiler.checks.access import check_access
from shared.ledgers.compiler.checks.accounts import check_accounts
from shared.ledgers.compiler.checks.expressions import Expressions
from shared.ledgers.compiler.checks.fields import check_fields
from shared.ledgers.compiler.checks.figures import Figures
from shared.ledgers.compiler.checks.follows import check_follows
from shared.ledgers.compiler.checks.layout import check_layout
from shared.ledgers.compiler.checks.lifecycle import check_lifecycle
from shared.ledgers.compiler.checks.privacy import about_persons, check_privacy, named_in, privacy_of
from shared.ledgers.compiler.indexes import SEALED, index_of
from shared.ledgers.compiler.known import known as names_of
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.compiler.related import related_of
from shared.ledgers.compiler.report import Report
from shared.ledgers.compiler.taking import Taking, table
from shared.ledgers.grammar.definition import Definition


def compile_ledger(definition: Definition, *, version: int = 0) -> Ledger:
    """The ledger of a definition. Raises `Invalid` with every error at its place (`fields.3.choices`, `rules.0.that`).

    `version` is the number under which it is published, 0 for a draft.
    """
    report = Report()
    known = names_of(definition, report)
    check_fields(definition, known, report)
    check_lifecycle(definition, known, report)
    check_access(definition, report)
    check_layout(definition, known, report)
    posted = check_accounts(definition, report)
    report.close()  # expressions are compiled over fields that are whole
    expressions = Expressions(definition, known, report)
    expressed = expressions.expressed()
    check_follows(definition, expressions.reads, report)
    report.close()
    privacy = privacy_of(known, expressed)
    check_privacy(definition, known, expressed, privacy, report)
    naming = named_in(definition, known, expressed)
    counting = Figures(definition, known, expressions, privacy, naming, report).counting()
    report.close()
    return Ledger(
        definition=definition,
        version=version,
        fields=known.fields,
        rows=known.rows,
        computed_fields=known.computed,
        statuses=known.statuses,
        steps=known.steps,
        initial=next(status.code for status in definition.statuses if status.initial),
        finals=frozenset(status.code for status in definition.statuses if status.final),
        privacy=privacy,
        sealed_fields=frozenset(name for name, level in privacy.items() if level in SEALED and "." not in name),
        search_fields={
            name: index for name, field in known.fields.items() if field.search and (index := index_of(field))
        },
        unique=tuple(tuple(names) for names in definition.unique),
        about_persons=about_persons(definition, known),
        related=related_of(known, expressed, privacy),
        _taking=Taking(definition.fields),
        _tables={name: table(rows) for name, rows in known.rows.items()},
        _expressed=expressed,
        _counting=counting,
        _posted=posted,
    )
