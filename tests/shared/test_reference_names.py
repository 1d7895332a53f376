"""Names and phone numbers have one form, whoever typed them and however."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.names import DOTS, STANDARD, NameProblem, clean_name
from shared.reference.phones import clean_phone, clean_service_phone


@pytest.mark.parametrize("dot", list("\u00b7\u2022\u30fb\u2027\uff0e\u002e\u2219\uff65"))
def test_each_look_alike_of_the_middle_dot_becomes_the_middle_dot(dot: str) -> None:
    assert dot in DOTS
    for typed in (f"买买提{dot}艾力", f" 买买提 {dot} 艾力", f"买买提{dot}　艾力"):
        name = clean_name(typed)
        assert (name.text, name.problems) == ("买买提·艾力", ())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("覃 秀　英", "覃秀英"),
        (" 欧阳\u00a0致远 ", "欧阳致远"),
        ("Qin  Guiying", "Qin Guiying"),
        ("Ｑｉｎ Guiying", "Qin Guiying"),
        ("John F. Kennedy", "John F. Kennedy"),
        ("O'Neil-Smith", "O'Neil-Smith"),
        ("Cafe\u0301", "Café"),
        ("⼀⼆", "一二"),  # radicals of Kangxi, as documents in PDF give them
        ("葛\U000e0100城", "葛\U000e0100城"),  # a variant of a rare character
        ("𠮷田", "𠮷田"),
        ("〇三", "〇三"),
        ("ئابدۇللا مەمەت", "ئابدۇللا مەمەت"),
        ("བསོད་ནམས", "བསོད་ནམས"),
        ("ᠰᠠᠷᠠ\u180eᠠ", "ᠰᠠᠷᠠ\u180eᠠ"),
    ],
)
def test_names_are_kept_in_one_form(typed: str, kept: str) -> None:
    name = clean_name(typed)
    assert (name.text, name.problems) == (kept, ())


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "name_length"),
        ("　", "name_length"),
        ("覃" * 101, "name_length"),
        ("覃\n秀英", "control_character"),
        ("覃\u200b秀英", "control_character"),
        ("覃\u202e秀英", "control_character"),
        ("覃\ud800", "control_character"),
        ("覃?英", "lost_character"),
        ("覃？英", "lost_character"),
        ("覃\ufffd英", "lost_character"),
        ("覃\ue000英", "private_use_character"),
        ("覃\U000f0000英", "private_use_character"),
        ("覃😀", "symbol"),
        ("覃❤️", "symbol"),
        ("覃👍🏽", "symbol"),
        ("覃1⃣", "symbol"),
        ("覃3", "symbol"),
        ("覃٣", "symbol"),
        ("覃*英", "symbol"),
        ("覃（小）", "symbol"),
        ("·秀英", "middle_dot"),
        ("买买提·", "middle_dot"),
        ("买买提··艾力", "middle_dot"),
    ],
)
def test_what_is_no_name_is_refused_by_what_is_wrong_with_it(typed: str, problem: str) -> None:
    name = clean_name(typed)
    assert NameProblem(problem) in name.problems
    assert typed not in repr(name) or not typed


def test_characters_that_gbk_once_had_in_the_private_use_area_become_standard_ones() -> None:
    """By Python's codec of GB 18030-2000, and by GB 18030-2022 for the fourteen that it still leaves there."""
    later = {
        0xE816: 0x20087,
        0xE817: 0x20089,
        0xE818: 0x200CC,
        0xE81E: 0x9FB4,
        0xE826: 0x9FB5,
        0xE82B: 0x9FB6,
        0xE82C: 0x9FB7,
        0xE831: 0x215D7,
        0xE832: 0x9FB8,
        0xE83B: 0x2298F,
        0xE843: 0x9FB9,
        0xE854: 0x9FBA,
        0xE855: 0x241FE,
        0xE864: 0x9FBB,
    }
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    for place, trail in enumerate(trails):
        old, standard = 0xE815 + place, ord(bytes([0xFE, trail]).decode("gb18030"))
        assert STANDARD[old] == later.get(old, standard)
    assert clean_name("\ue816三").text == "𠂇三"
    assert clean_name("\ue81e三").problems == ()
    assert not any(0xE000 <= standard <= 0xF8FF for standard in STANDARD.values())


@given(st.text(max_size=30))
def test_what_was_cleaned_is_clean(typed: str) -> None:
    once = clean_name(typed)
    assert clean_name(once.text) == once
    phone = clean_phone(typed)
    assert phone is None or clean_phone(phone) == phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13807748000", "13807748000"),
        ("+86 138 0774 8000", "13807748000"),
        ("+86-13807748000", "13807748000"),
        ("0086 13807748000", "13807748000"),
        ("8613807748000", "13807748000"),
        ("138-0774-8000", "13807748000"),
        ("１３８０７７４８０００", "13807748000"),
        ("\u200b13807748000", "13807748000"),
        ("19912345678", "19912345678"),
        ("0774-8212345", "0774-8212345"),
        ("07748212345", "0774-8212345"),
        ("(0774) 8212345", "0774-8212345"),
        ("（０７７４）８２１２３４５", "0774-8212345"),
        ("0774—8212345", "0774-8212345"),
        ("+86 774 8212345", "0774-8212345"),
        ("010-62345678", "010-62345678"),
        ("0774-8212345-801", "0774-8212345-801"),
        ("0774-8212345转801", "0774-8212345-801"),
        ("0774-8212345 分机 801", "0774-8212345-801"),
    ],
)
def test_phones_have_one_form(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("12345678901", "23807748000", "138077480000", "1380774800", "12", "", "x"),
        *("0774-12345", "0774-1212345", "010-6234567", "8212345", "774-8212345", "٣٨٠٧٧٤٨٠٠٠١"),
    ],
)
def test_what_is_no_phone_is_none(typed: str) -> None:
    assert clean_phone(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12345", "12345"),
        ("110", "110"),
        ("95598", "95598"),
        ("400 123 4567", "400-123-4567"),
        ("07748220000", "0774-8220000"),
        ("5", None),
        ("12345678901", None),
    ],
)
def test_offices_have_short_numbers_too(typed: str, kept: str | None) -> None:
    assert clean_service_phone(typed) == kept
