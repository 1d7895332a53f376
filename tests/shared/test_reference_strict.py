"""JSON that two readers might understand differently is refused; personal numbers are found in what should be codes."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.reference.plain_identifiers import holds_identifier
from shared.reference.strict_json import NotStrict, read_json

DAY = date(2026, 3, 16)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_ordinary_json_is_read_as_it_was_meant(value: Any) -> None:
    assert read_json(json.dumps(value).encode(), max_depth=100) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[1,]",
        b"nul",
        b"1 2",
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b'{"a":1,"a":1}',
        b'[{"a":{"b":1,"b":2}}]',
        b'"\\ud800"',
        b'{"\\udc00":1}',
        b"9" * 19,
        b"-" + b"9" * 5_000,
        b'"a\nb"',
        b"'a'",
        b"[" * 17 + b"]" * 17,
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_ambiguous_or_endless_is_refused(text: bytes) -> None:
    with pytest.raises(NotStrict):
        read_json(text)


def test_brackets_inside_texts_are_no_depth() -> None:
    text = '"' + "[" * 50 + '\\"' + "{" * 50 + '"'
    assert read_json(text.encode()) == "[" * 50 + '"' + "{" * 50


@given(st.binary(max_size=60))
def test_nothing_else_is_raised_for_bytes(text: bytes) -> None:
    try:
        read_json(text)
    except NotStrict:
        return


@pytest.mark.parametrize(
    "text",
    [
        "45048119900307019X",
        "45048119900307019x",
        "HL-321083197812162119-2",
        "610104620927690",
        "932682198501010017",
        "4504811990 0307 019X",
        "４５０４８１１９９００３０７０１９Ｘ",
        "13800138000",
        "tel:13800138000",
        "+8613800138000",
        "8613800138000",
        "138-0013-8000",
        "0774-8223344",
        "010-12345678",
        "6222021234567890123",
        "x13800138000y",
        "9" + "45048119900307019X",
    ],
)
def test_a_personal_number_is_found(text: str) -> None:
    assert holds_identifier(text, on=DAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "environment",
        "HL-20260316-000123",
        "20260316000123",
        "WT202603160001",
        "450481100201",
        "2026-03-16T01:00:00Z",
        "45048119900307019",  # seventeen digits
        "450481199003070190",  # a wrong check character
        "450481209003070197",  # a birth date to come
        "23800138000",
        "1380013800",
        "138001380001",
        "0774-822",
        "urn:county:450481:hotline-12345",
        "urn:uuid:13800138-0001-4380-8013-800013800013",
        "12345",
    ],
)
def test_an_ordinary_code_is_none(text: str) -> None:
    assert not holds_identifier(text, on=DAY)


def test_no_id_of_ours_is_ever_taken_for_a_number() -> None:
    assert not any(holds_identifier(str(new_id()), on=DAY) for _ in range(2_000))
