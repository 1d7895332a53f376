"""What follows the subject: the record's own area, and fields that say where the subject lies."""

from collections.abc import Iterable, Mapping

from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.words import FieldType, Subject

MOVING = frozenset({Subject.PERSON, Subject.HOUSEHOLD, Subject.RECORD})
"""Subjects that may come to lie elsewhere, and of which that is heard."""

PLACES = frozenset({FieldType.AREA, FieldType.GRID})
"""Types of a field that follows."""


def check_follows(definition: Definition, reads: Mapping[str, Iterable[str]], report: Report) -> None:
    """What follows is where something lies, is filled by nobody, and no rule can be broken by it.

    `reads`: what each expression reads, by its place.
    """
    followed = {one.name for one in definition.fields if one.follows_subject}
    for place, field in enumerate(definition.fields):
        if field.follows_subject:
            path = f"fields.{place}"
            if field.type not in PLACES:
                report.add(f"{path}.type", "follows_type")
            if field.required or field.required_in or field.default is not None or field.depends_on is not None:
                report.add(f"{path}.follows_subject", "follows_unfilled")
            _subject(definition, f"{path}.follows_subject", report)
    for place, step in enumerate(definition.steps):
        for at, name in enumerate(step.fills):
            if name in followed:
                report.add(f"steps.{place}.fills.{at}", "follows_unfilled")
        if definition.follows_subject and step.hands_over:
            report.add(f"steps.{place}.hands_over", "follows_or_hands_over")
    for place, names in enumerate(definition.unique):
        if followed & set(names):
            report.add(f"unique.{place}", "follows_unfilled")
    for place in range(len(definition.rules)):
        path = f"rules.{place}.that"
        if any(f"record.{name}" in reads.get(path, ()) for name in followed):
            report.add(path, "follows_in_rule")
    if definition.follows_subject:
        _subject(definition, "follows_subject", report)


def _subject(definition: Definition, path: str, report: Report) -> None:
    if definition.subject is Subject.NOTHING:
        report.add(path, "follows_nothing")
    elif definition.subject not in MOVING:
        report.add(path, "follows_unmoved")
