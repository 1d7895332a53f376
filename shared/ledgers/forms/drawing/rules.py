"""What a form can ask of the rules of a ledger. It is never stricter than the server, which decides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from shared.ledgers.forms.conditions.cel import read_cel
from shared.ledgers.forms.conditions.tree import FieldValue, Joined, Node, Unsaid, fields_in, is_null, negation
from shared.ledgers.forms.conditions.xpath import write_xpath
from shared.ledgers.grammar.fields import Rule
from shared.ledgers.grammar.words import FieldType

Term = Callable[[str | None, Node | None], str]

ASKED_AS_TEXT = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.PERCENT})


@dataclass
class Asked:
    """What the rules ask of one question, in XPath: when it is shown, when it must be filled, what must hold of it."""

    relevant: str | None = None
    required: str | None = None
    constraints: list[tuple[str, str]] = field(default_factory=list)


def asked_by(rules: Iterable[Rule], types: Mapping[str, FieldType], nodes: Mapping[str, str]) -> dict[str, Asked]:
    """By field, what the form can ask of the rules that stand at a field of the form.

    `types`: of the fields that the form has. A rule that reads anything else, or that XPath cannot say, is left to the
    server.
    """
    found: dict[str, Asked] = {}
    shown_by: dict[str, set[str]] = {}
    for rule in rules:
        name = rule.field
        if name is None or name not in types:
            continue
        try:
            tree = read_cel(rule.that)
            if set(fields_in(tree)) - set(types):
                continue
            _ask(rule, tree, found.setdefault(name, Asked()), shown_by, term_of(name, types, nodes))
        except Unsaid:
            continue
    return {name: asked for name, asked in found.items() if asked != Asked()}


def _ask(rule: Rule, tree: Node, asked: Asked, shown_by: dict[str, set[str]], term: Term) -> None:
    name = rule.field or ""
    match tree:
        case Joined("or", condition, Joined("==", FieldValue(own), nothing)) if own == name and is_null(nothing):
            reads = {one for one in fields_in(condition) if one is not None}
            if asked.relevant is None and not _leads_to(name, reads, shown_by):
                asked.relevant = write_xpath(condition, term)
                shown_by[name] = reads
        case Joined("or", condition, Joined("!=", FieldValue(own), nothing)) if own == name and is_null(nothing):
            if asked.required is None and name not in fields_in(condition):
                asked.required = write_xpath(negation(condition), term)
        case _:
            asked.constraints.append((write_xpath(tree, term), rule.message))


def _leads_to(name: str, reads: set[str], shown_by: Mapping[str, set[str]]) -> bool:
    """Whether a question would be shown by itself, through others: a form with such a circle is none."""
    waiting, seen = set(reads), set[str]()
    while waiting:
        one = waiting.pop()
        if one == name:
            return True
        seen.add(one)
        waiting |= shown_by.get(one, set()) - seen
    return False


def term_of(own: str, types: Mapping[str, FieldType], nodes: Mapping[str, str]) -> Term:
    """How the value of a field is written at the question `own`: exact numbers are texts, money is in yuan."""

    def term(name: str | None, beside: Node | None) -> str:
        name = name or own
        said = "." if name == own else f"${{{nodes[name]}}}"
        if beside is None:
            return said
        if types[name] is FieldType.MONEY:
            return f"round(number({said}) * 100)"
        return f"number({said})" if types[name] in ASKED_AS_TEXT else said

    return term
