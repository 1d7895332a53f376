"""Counting rules compiled: an indicator's rule is checked when it is drafted, and compiled once into a function."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from services.indicators.contributions.service.grammar import Counted
from services.indicators.contributions.service.nouns import NOUNS, Noun, Readable
from shared.errors import FieldError
from shared.ledgers.expressions.language import MAYBE_BOOL, MAYBE_INT, MAYBE_TEXT, TYPES
from shared.ledgers.expressions.program import Language, NotAccepted, NotEvaluated, Program
from shared.ledgers.grammar.words import FieldType
from shared.reference.named_code import NamedCode

MOST_TRIED = 8
"""Fields that may be empty in one condition: each is tried filled and empty with the others."""

FEW = frozenset({FieldType.CHOICE, FieldType.BOOLEAN})
"""Types of few values: what reads nothing else is evaluated once for each combination of them."""

NO_PARTS = frozenset({"area", "held_area", "code", "parent", "village", "birth_month"})
"""Codes of places, and months: of too many values to keep parts by them. A tag's code is what it is kept by."""

_TYPES = {FieldType.CHOICE: MAYBE_TEXT, FieldType.INTEGER: MAYBE_INT, FieldType.BOOLEAN: MAYBE_BOOL}
"""Types of fields in a condition; a code is a text that may be empty."""

_SAMPLES: Mapping[FieldType, Any] = {
    FieldType.CHOICE: "x",
    FieldType.CHOICES: ["x"],
    FieldType.INTEGER: 1,
    FieldType.DECIMAL: 1_000_000,
    FieldType.BOOLEAN: True,
    FieldType.DATE: 739_000,
}


class Form(NamedCode):
    """What a rule gives: how many there are, how many came about, or how long each took."""

    STOCK = "stock", "存量"
    FLOW = "flow", "流量"
    DURATION = "duration", "时长"


class WrongRule(ValueError):
    """A counting rule that says nothing sensible: every error by its place."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Rule:
    """A checked counting rule. `program`: its condition; `few`: whether that reads fields of few values only."""

    counted: Counted
    form: Form
    noun: Noun
    program: Program | None
    reads: tuple[Readable, ...]
    few: bool

    def holds(self, state: Any) -> bool:
        """Whether the state fulfils the condition. One without an answer is not fulfilled."""
        if self.program is None:
            return True
        values = {f"record.{one.name}": one.running(getattr(state, one.name)) for one in self.reads}
        try:
            return self.program.holds(values)
        except NotEvaluated:
            return False


def compiled(counted: Counted, form: Form) -> Rule:
    """The rule. Raises `WrongRule`."""
    noun = NOUNS.get(counted.noun)
    if noun is None:
        raise WrongRule([FieldError("counted.noun", "unknown_noun", "此来源不能统计，请从可统计的来源中选择")])
    errors = list(_errors(noun, counted, form))
    program, reads = None, tuple[Readable, ...]()
    if counted.where is not None:
        try:
            program = _language(noun.name).compile(counted.where, "boolean")
        except NotAccepted as error:
            errors.append(FieldError("counted.where", error.code, _WORDS.get(error.code, "条件的写法不正确")))
        else:
            reads = tuple(noun.fields[name.removeprefix("record.")] for name in sorted(program.reads))
            errors += _condition_errors(noun, program, reads)
    if errors:
        raise WrongRule(errors)
    return Rule(counted, form, noun, program, reads, few=all(one.type in FEW for one in reads))


@cache
def _language(noun: str) -> Language:
    variables = {f"record.{one.name}": _TYPES.get(one.type) or TYPES[one.type] for one in NOUNS[noun].fields.values()}
    return Language(variables)


_WORDS = {
    "expression_unknown": "条件用到了该来源没有的字段",
    "expression_type": "条件中比较或运算的两边类型不同",
    "expression_result": "条件的结果应为是或否",
    "expression_too_costly": "条件过于复杂",
}


def _errors(noun: Noun, counted: Counted, form: Form) -> Iterator[FieldError]:
    for place, names in (("day", counted.day), ("until", counted.until), ("since", filter(None, [counted.since]))):
        for name in names:
            if not _is(noun, name, FieldType.DATE):
                yield FieldError(f"counted.{place}", "no_day", "该来源没有这个日期字段")
    if not counted.day and not (form is Form.STOCK and noun.spans):
        yield FieldError("counted.day", "day_missing", "请指明按哪个日期统计")
    if counted.until and form is not Form.STOCK:
        yield FieldError("counted.until", "until_of_stock", "只有存量才有截止日")
    if (counted.since is None) == (form is Form.DURATION):
        yield FieldError("counted.since", "since_of_duration", "时长须指明起算日，其他类别不得指明")
    for name in counted.parts:
        known = noun.fields.get(name)
        kept = known is not None and known.type in (*FEW, FieldType.CHOICES)
        if not kept or (name in NO_PARTS and not (name == "code" and noun.spans)):
            yield FieldError("counted.parts", "no_part", "不能按此字段分组")
    if counted.sum is not None and not _is(noun, counted.sum, FieldType.INTEGER, FieldType.DECIMAL):
        yield FieldError("counted.sum", "no_number", "只能对数值字段求和")
    if counted.sum is not None and form is Form.DURATION:
        yield FieldError("counted.sum", "no_number", "时长不求和")
    if counted.place is not None and counted.place not in noun.spans:
        yield FieldError("counted.place", "no_place", "该来源不按此地点统计")
    if counted.ages is not None:
        if not noun.ages or form is not Form.STOCK:
            yield FieldError("counted.ages", "no_ages", "只有人员的存量可按年龄统计")
        if counted.ages.high is not None and counted.ages.high <= counted.ages.low:
            yield FieldError("counted.ages.high", "ages_order", "截止年龄应大于起始年龄")


def _is(noun: Noun, name: str, *types: FieldType) -> bool:
    known = noun.fields.get(name)
    return known is not None and known.type in types


def _condition_errors(noun: Noun, program: Program, reads: tuple[Readable, ...]) -> Iterator[FieldError]:
    for variable, code in program.compared:
        known = noun.fields.get(variable.removeprefix("record."))
        if known is not None and known.codes and code not in known.codes:
            yield FieldError("counted.where", "unknown_code", "条件中的代码不在该字段的代码表中")
    maybe = [one for one in reads if one.empty]
    if len(maybe) > MOST_TRIED:
        yield FieldError("counted.where", "expression_too_costly", "条件过于复杂")
        return
    filled = {f"record.{one.name}": _SAMPLES[one.type] for one in reads}
    for empty in product((False, True), repeat=len(maybe)):
        tried = filled | {f"record.{one.name}": None for one, none in zip(maybe, empty, strict=True) if none}
        try:
            program.holds(tried)
        except NotEvaluated:
            yield FieldError(
                "counted.where",
                "expression_meets_empty",
                "字段为空时条件没有结果，请写明空值如何处理（如 record.x != null && …）",
            )
            return
