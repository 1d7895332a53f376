"""Expressions: one language, whichever library runs it. Its vectors are those by which the library was chosen."""

import gc
import sys
from typing import Any

import pytest

from shared.ledgers.expressions.language import DAY, DECIMAL, LIST, MAYBE_BOOL, MAYBE_INT, MAYBE_TEXT, STORED, TIME
from shared.ledgers.expressions.program import Language, NotAccepted, NotEvaluated, variables_of

NUMBER = 739_000
VARIABLES = {
    "record.n": MAYBE_INT,
    "record.m": MAYBE_INT,
    "record.s": MAYBE_TEXT,
    "record.b": MAYBE_BOOL,
    "record.d": DAY,
    "record.e": DAY,
    "record.r": DECIMAL,
    "record.q": DECIMAL,
    "record.t": TIME,
    "record.c": LIST(MAYBE_TEXT),
    "record.f": STORED,
    "record.rows.n": LIST(MAYBE_INT),
    "record.rows.s": LIST(MAYBE_TEXT),
    "record.rows.r": LIST(DECIMAL),
}
VALUES: dict[str, Any] = {
    "record.n": 5,
    "record.m": None,
    "record.s": "网格员",
    "record.b": True,
    "record.d": NUMBER,
    "record.e": NUMBER + 40,
    "record.r": 1_500_000,
    "record.q": None,
    "record.t": "08:30",
    "record.c": ["a", "b"],
    "record.f": True,
    "record.rows.n": [1, None, 3],
    "record.rows.s": ["x", "x"],
    "record.rows.r": [500_000],
    "status": "closed",
    "today": NUMBER + 50,
}
LANGUAGE = Language(variables_of(list(VARIABLES.items())))


def value(expression: str, result: str = "boolean", **changed: Any) -> Any:
    over = VALUES | {f"record.{name}": given for name, given in changed.items()}
    return LANGUAGE.compile(expression, result).evaluate(over)


def refusal(expression: str, result: str = "boolean") -> str:
    with pytest.raises(NotAccepted) as refused:
        LANGUAGE.compile(expression, result)
    return refused.value.code


@pytest.mark.parametrize(
    ("expression", "result", "expected"),
    [
        ("size(record.s)", "integer", 3),  # characters, not bytes
        ("size('𠮷野家')", "integer", 3),
        ("record.s == '网格员' && record.s.startsWith('网') && record.s.matches('^.{3}$')", "boolean", True),
        ("'一' < '二'", "refused", None),
        ("record.n + 1", "integer", 6),
        ("record.n / 2", "integer", 2),
        ("-record.n % 3", "integer", -2),
        ("days(record.d, record.e)", "integer", 40),
        ("plus_days(record.d, 40) == record.e", "boolean", True),
        ("year(day('2024-02-29')) == 2024 && month(day('2024-02-29')) == 2", "boolean", True),
        ("months(day('2024-01-31'), day('2024-02-29'))", "integer", 0),
        ("years(day('2004-02-29'), day('2026-02-28'))", "integer", 21),
        ("years(day('2004-02-29'), day('2026-03-01'))", "integer", 22),
        ("day('2026-11-29') < day('2026-12-01')", "boolean", True),
        ("decimal('0.1') + decimal('0.2') == decimal('0.3')", "boolean", True),  # what doubles get wrong
        ("record.r + decimal(record.n)", "decimal", 6_500_000),
        ("times(record.r, decimal('0.333333'))", "decimal", 500_000),  # half up at the sixth place
        ("divide(decimal('1'), decimal('3'))", "decimal", 333_333),
        ("divide(decimal('-1'), decimal('6'))", "decimal", -166_667),
        ("round(decimal('2.5'))", "integer", 3),
        ("record.t < time('12:00')", "boolean", True),
        ("record.f != null", "boolean", True),
        ("'a' in record.c && !('z' in record.c)", "boolean", True),
        ("record.s in ['网格员', '文书']", "boolean", True),
        ("sum(record.rows.n)", "integer", 4),  # empty members are passed over
        ("sum(record.rows.r)", "decimal", 500_000),
        ("greatest(record.rows.n) - least(record.rows.n)", "integer", 2),
        ("distinct(record.rows.s)", "boolean", False),
        ("record.rows.n.all(x, x == null || x > 0)", "boolean", True),
        ("record.rows.n.exists_one(x, x == 3)", "boolean", True),
        ("status == 'closed' && today > record.d", "boolean", True),
        ("record.m == null ? null : record.m + 1", "integer", None),
        ("record.q == null ? decimal('0') : record.q", "decimal", 0),
        ("record.b ? 'yes' : 'no'", "text", "yes"),
    ],
)
def test_what_an_expression_says(expression: str, result: str, expected: Any) -> None:
    if result == "refused":
        assert refusal(expression) == "expression_type", "texts have no order that a clerk would expect"
        return
    found = value(expression, result)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("record.missing == 1", "expression_unknown"),
        ("record", "expression_unknown"),
        ("record.n == 'a'", "expression_type"),
        ("record.n == 1.5", "expression_not_in_language"),  # no doubles
        ("record.n < record.r", "expression_type"),
        ("record.r * record.r > record.r", "expression_type"),  # millionths times millionths
        ("record.d + 1 > record.d", "expression_type"),
        ("record.d == record.r", "expression_type"),
        ("record.d > record.t", "expression_type"),
        ("record.n", "expression_result"),
        ("timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')", "expression_unknown"),
        ("dyn(record.d) == dyn(1)", "expression_unknown"),
        ("now() > today", "expression_unknown"),
        ("type(record.n) == int", "expression_unknown"),
        ("[1, 2].all(x, x > 0)", "expression_list_misplaced"),
        ("record.rows.n.map(x, x).size() > 0", "expression_unknown"),
        ("record.rows.n.all(x, record.rows.n.all(y, x > y))", "expression_macro_in_macro"),
        ("{'a': 1} == {'a': 1}", "expression_not_in_language"),
        ("b'a' == b'a'", "expression_not_in_language"),
        ("'''a''' == 'a'", "expression_not_in_language"),
        ("r'a' == 'a'", "expression_not_in_language"),
        ("record.n == 0x1F", "expression_not_in_language"),
        ("record.n ==", "expression_syntax"),
        ("record.n == 1 // 注", "expression_not_in_language"),
        ("(" * 30 + "true" + ")" * 30, "expression_too_deep"),
        ("1" + " + 1" * 200 + " > 0", "expression_syntax"),
        ("record.rows.n.all(x, " + "x > 0 || " * 20 + "x == 1)", "expression_too_costly"),
    ],
)
def test_what_is_no_expression_of_ours(expression: str, code: str) -> None:
    assert refusal(expression) == code


@pytest.mark.parametrize(
    ("expression", "result", "changed"),
    [
        ("record.n + record.m > 0", "boolean", {}),  # null in a sum
        ("record.q > record.r", "boolean", {}),  # null in a comparison
        ("record.m == 1 || record.m + 1 > 0", "boolean", {}),
        ("record.n * 9223372036854775807", "integer", {}),
        ("record.n + 1", "integer", {"n": 2**63 - 1}),
        ("record.n / 0", "integer", {}),
        ("divide(record.r, decimal('0'))", "decimal", {}),
        ("times(record.r, record.r)", "decimal", {"r": 10**17}),
        ("decimal(record.n)", "decimal", {"n": 10**13}),
        ("decimal('1e3')", "decimal", {}),
        ("day('2026-02-30') == today", "boolean", {}),
        ("day('20260228') == today", "boolean", {}),
        ("plus_days(record.d, 99999999) > today", "boolean", {}),
        ("record.s.matches('(')", "boolean", {}),
        ("record.rows.n.all(x, x > 0)", "boolean", {}),  # a null among them
    ],
)
def test_what_has_no_answer_is_no_answer_and_never_true(expression: str, result: str, changed: Any) -> None:
    """The library gives an error as a value that is true."""
    program = LANGUAGE.compile(expression, result)
    over = VALUES | {f"record.{name}": given for name, given in changed.items()}
    with pytest.raises(NotEvaluated):
        program.evaluate(over)
    if result == "boolean":
        with pytest.raises(NotEvaluated):
            program.holds(over)


def test_a_condition_that_is_false_is_false_and_null_is_no_answer() -> None:
    """A false result of the library is an object, and objects are true."""
    assert LANGUAGE.compile("record.n > 10", "boolean").holds(VALUES) is False
    with pytest.raises(NotEvaluated):
        LANGUAGE.compile("record.b", "boolean").holds(VALUES | {"record.b": None})
    with pytest.raises(NotEvaluated):
        LANGUAGE.compile("record.b == null ? null : true", "boolean").holds(VALUES | {"record.b": None})


def test_a_value_of_another_type_than_declared_does_not_pass() -> None:
    program = LANGUAGE.compile("record.n", "integer")
    for wrong in ("5", True, 5.0, [5]):
        with pytest.raises(NotEvaluated):
            program.evaluate(VALUES | {"record.n": wrong})


def test_what_an_expression_reads_is_known_before_it_runs() -> None:
    program = LANGUAGE.compile("record.rows.n.all(x, x > 0) && record.s == 'a' && status in ['b', \"c\"]", "boolean")
    assert program.reads == {"record.rows.n", "record.s", "status"}
    assert program.compared == (("record.s", "a"), ("status", "b"), ("status", "c"))
    assert LANGUAGE.compile("'record.n' == record.s", "boolean").reads == {"record.s"}, "a text is no field"
    with pytest.raises(NotAccepted) as refused:
        LANGUAGE.compile("record.n > 1", "boolean", allowed=frozenset({"record.s"}))
    assert refused.value.code == "expression_reads_other"


def test_a_hundred_thousand_nulls_leave_the_one_null_there_is() -> None:
    """Up to 0.1.3 a null that is asked for its value takes a reference not its own."""
    program = LANGUAGE.compile("record.m == null ? null : record.m", "integer")
    program.evaluate(VALUES)
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(100_000):
        program.evaluate(VALUES)
    assert sys.getrefcount(None) > before - 1_000
