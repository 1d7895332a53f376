"""Conditions said in CEL and in XPath: what both can say means the same; what one cannot say stays where it is."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledgers.forms.conditions.cel import read_cel, write_cel
from shared.ledgers.forms.conditions.reading import MAX_DEPTH
from shared.ledgers.forms.conditions.tree import Chosen, FieldValue, Joined, Literal, Negated, Node, Today, Unsaid
from shared.ledgers.forms.conditions.xpath import read_xpath, write_xpath


def term(name: str | None, _: Node | None) -> str:
    return "." if name is None else f"${{{name}}}"


PAIRS = [
    ("record.a == null", "${a} = ''"),
    ('record.a != "x"', "${a} != 'x'"),
    ("record.a >= record.b", "${a} >= ${b}"),
    ("record.n * 2 + 1 < record.m - 3", "${n} * 2 + 1 < ${m} - 3"),
    ("(record.n + 1) * 2 == 4", "(${n} + 1) * 2 = 4"),
    ("record.n - (record.m - 1) > 0", "${n} - (${m} - 1) > 0"),
    ('record.d <= day("2026-03-01")', "${d} <= date('2026-03-01')"),
    ("record.d <= today", "${d} <= today()"),
    ("record.p > 1.5 && record.p < 2", "${p} > 1.5 and ${p} < 2"),
    ('!(record.a == "x") || record.b != null', "not(${a} = 'x') or ${b} != ''"),
    ('(record.a == "x" || record.b == "y") && record.c == "z"', "(${a} = 'x' or ${b} = 'y') and ${c} = 'z'"),
    ('"x" in record.several', "selected(${several}, 'x')"),
]


@pytest.mark.parametrize(("cel", "xpath"), PAIRS, ids=[cel for cel, _ in PAIRS])
def test_both_languages_say_the_same(cel: str, xpath: str) -> None:
    exact = cel.replace("1.5", 'decimal("1.5")')
    assert read_cel(exact) == read_xpath(xpath)
    assert write_xpath(read_cel(exact), term) == xpath
    assert write_cel(read_xpath(xpath)) == exact


def test_a_field_by_itself_is_one_of_yes_and_no() -> None:
    assert (
        write_xpath(read_cel("record.agreed && !record.left"), term) == "${agreed} = 'true' and not(${left} = 'true')"
    )


def test_the_question_itself_is_named_by_a_dot() -> None:
    assert write_cel(read_xpath(". > 3 and . < ${most}"), own="n") == "record.n > 3 && record.n < record.most"
    with pytest.raises(Unsaid):
        write_cel(read_xpath(". > 3"))


@pytest.mark.parametrize(
    "text",
    [
        "size(record.a) > 1", "record.rows.exists(r, r.a == 1)", "record.a ? true : false", "status == 'x'",
        "record.a == 'it\\'s'", "record.a in record.b", "", "record.a ==", "((record.a)", "record.a == 'x' )",
        "record.a; drop", "day('2026-02-30') < today", "a" * 5_000, "(" * 500 + "1" + ")" * 500,
        "1+" * 500 + "1",
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_what_a_form_cannot_ask_is_left_to_the_server(text: str) -> None:
    with pytest.raises(Unsaid):
        read_cel(text)


@pytest.mark.parametrize(
    "text",
    ["count(${rows}) > 1", "pulldata('a', 'b', 'c', ${x})", "../a = 1", "/data/a = 1", "if(${a}, 1, 2)", "${a b} = 1",
     "position(..) = 1", "date(${a}) > today()", "${a} = concat('x', 'y')", "${a} div 2 = 1", "${a", "now() > 1"],
)  # fmt: skip
def test_what_a_definition_cannot_say_is_told(text: str) -> None:
    with pytest.raises(Unsaid) as told:
        read_xpath(text)
    assert told.value.reason


@given(st.text(max_size=60))
def test_reading_ends_in_a_tree_or_in_words(text: str) -> None:
    for read in (read_cel, read_xpath):
        with contextlib.suppress(Unsaid):
            read(text)


NAMES = st.sampled_from(["a", "b", "several_1"])
LEAVES = st.one_of(
    NAMES.map(FieldValue),
    st.integers(0, 10**9).map(Literal),
    st.decimals(0, 10**6, places=2).map(Literal),
    st.dates().map(Literal),
    st.text("甲a1 _-", min_size=1, max_size=6).map(Literal),
    st.just(Today()),
)
SUMS = st.recursive(LEAVES, lambda one: st.builds(Joined, st.sampled_from(["+", "-", "*"]), one, one), max_leaves=4)
TESTS = st.one_of(
    st.builds(Joined, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), SUMS, SUMS),
    st.builds(Chosen, NAMES.map(FieldValue), st.sampled_from(["x", "y"])),
)
TREES = st.recursive(
    TESTS,
    lambda one: st.one_of(st.builds(Joined, st.sampled_from(["and", "or"]), one, one), st.builds(Negated, one)),
    max_leaves=5,
)


@given(TREES)
def test_what_is_written_is_read_back(tree: Node) -> None:
    assert read_cel(write_cel(tree)) == tree
    assert read_xpath(write_xpath(tree, term)) == tree
    assert MAX_DEPTH > 12
