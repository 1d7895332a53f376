"""Credit codes, areas, and the national code lists."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference import areas, credit_codes
from shared.reference.areas import Kind, NotAnAreaCode
from shared.reference.codes import CodeList
from shared.reference.credit_codes import ALPHABET, Problem, check_code
from shared.reference.education import EDUCATION_LEVELS
from shared.reference.ethnic_groups import ETHNIC_GROUP_LETTERS, ETHNIC_GROUPS
from shared.reference.marital import MARITAL_STATUSES
from shared.reference.relations import RELATIONS, SEX_OF
from shared.reference.sexes import SEXES


def with_check(first17: str) -> str:
    return first17 + credit_codes.check_character(first17)


@pytest.mark.parametrize(
    "code",
    [
        "12441500196720244T",  # a district's office, from a live item
        "91110000600037341L",  # published sample of python-stdnum
        with_check("N1450481MA0000001"),
        with_check("N2450481MA0000001"),
        with_check("N3450481MA0000001"),
        with_check("54450481MA0000001"),
        with_check("Y1450481MA0000001"),
        with_check("A1450481MA0000001"),
        " 12441500196720244t",
    ],
)
def test_credit_codes_of_all_registrars_pass(code: str) -> None:
    assert check_code(code).problems == ()


@pytest.mark.parametrize(
    ("code", "problems"),
    [
        ("", [Problem.LENGTH]),
        ("12441500196720244", [Problem.LENGTH]),
        ("12441500196720244I", [Problem.CHARSET]),
        ("124415001967202440", [Problem.CHECKSUM]),
        (with_check("B2441500196720244"), [Problem.UNKNOWN_REGISTRAR]),
        (with_check("124415A0196720244"), [Problem.AREA]),
        ("O2441500196720244T9", [Problem.LENGTH, Problem.CHARSET]),
    ],
)
def test_wrong_credit_codes_say_why(code: str, problems: list[Problem]) -> None:
    assert list(check_code(code).problems) == problems


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes_a_credit_code(first17: str, place: int, other: str) -> None:
    code = with_check(first17)
    wrong = code[:place] + other + code[place + 1 :]
    assert wrong == code or Problem.CHECKSUM in check_code(wrong).problems


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("431000000000", "4310"),
        ("430000000000", "43"),
        ("450481000000", "450481"),
        ("450481100000", "450481100"),
        ("450481100201", "450481100201"),
        ("450481100201001", "450481100201001"),
        ("441900000000", "4419"),
        ("441900003000", "441900003"),
        ("441900003004", "441900003004"),
        ("450000", "45"),
        ("4310", "4310"),
        ("460400100", "460400100"),
        ("500100", "5001"),
    ],
)
def test_padding_is_whole_levels_of_zeros(written: str, code: str) -> None:
    assert areas.canonical(written) == code
    assert areas.is_canonical(code)
    assert areas.is_canonical(written) is (written == code)


@pytest.mark.parametrize("text", ["", "4", "431", "45048", "4504811002", "45048１", "45a4", "000000000000", "00", "٤٥"])
def test_what_is_no_area_code_is_refused(text: str) -> None:
    assert not areas.is_canonical(text)
    with pytest.raises(NotAnAreaCode):
        areas.canonical(text)


def test_parents_skip_a_county_level_that_is_not_there() -> None:
    assert areas.ancestors("450481100201001") == ("450481100201", "450481100", "450481", "4504", "45")
    assert areas.ancestors("441900003004") == ("441900003", "4419", "44")
    assert areas.parent("45") is None
    assert areas.cut("450481100201", 6) == "450481"
    assert areas.cut("441900003004", 6) == "4419"
    with pytest.raises(NotAnAreaCode):
        areas.cut("450481", 9)
    with pytest.raises(NotAnAreaCode):
        areas.cut("450481", 5)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("45", Kind.PROVINCE),
        ("4504", Kind.PREFECTURE),
        ("450481", Kind.COUNTY),
        ("450481001", Kind.STREET),
        ("450481099", Kind.STREET),
        ("450481100", Kind.TOWN),
        ("450481200", Kind.TOWNSHIP),
        ("450481400", Kind.SIMILAR),
        ("450481600", None),
        ("450481100001", Kind.RESIDENTS_COMMITTEE),
        ("450481100200", Kind.VILLAGERS_COMMITTEE),
        ("450481100498", Kind.SIMILAR),
        ("450481100598", Kind.SIMILAR),
        ("450481100600", None),
        ("450481100201001", Kind.GRID),
        ("4504811", None),
    ],
)
def test_ranges_hint_at_the_kind(code: str, kind: Kind | None) -> None:
    assert areas.kind_by_range(code) is kind


segments = st.integers(1, 999).map(lambda number: f"{number:03d}")
codes = st.builds(
    lambda county, town, village, grid, level: (county + town + village + grid)[:level],
    st.sampled_from(["450481", "431024", "370303", "430223"]),
    segments,
    segments,
    segments,
    st.sampled_from(areas.LEVELS),
)


@given(codes)
def test_padding_and_cutting_are_inverse_to_the_village(code: str) -> None:
    assert areas.canonical(code) == code
    if len(code) <= 12:
        assert areas.canonical(code.ljust(12, "0")) == code
    for area in areas.ancestors(code):
        assert code.startswith(area)
        assert area <= code < area + "~"  # the predicate in SQL says the same under collation C


@pytest.mark.parametrize(
    ("codes", "size", "code", "name"),
    [
        (SEXES, 4, "9", "未说明的性别"),
        (MARITAL_STATUSES, 8, "23", "复婚"),
        (RELATIONS, 84, "02", "户主"),
        (ETHNIC_GROUPS, 56, "08", "壮族"),
        (ETHNIC_GROUP_LETTERS, 56, "ZH", "08"),
        (EDUCATION_LEVELS, 40, "31", "大学专科毕业"),
        (areas.PROVINCES, 35, "83", "台湾（居住证）"),
        (areas.URBAN_RURAL, 7, "210", "乡中心区"),
    ],
)
def test_code_lists_are_whole(codes: CodeList, size: int, code: str, name: str) -> None:
    assert (len(codes), codes[code]) == (size, name)
    assert all(codes.values())
    assert len(set(codes.values())) == size


def test_a_list_with_a_code_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        CodeList.parse("X", "1 a 1 b")
    with pytest.raises(ValueError, match="pair"):
        CodeList.parse("X", "1 a 2")


def test_a_relation_names_the_sex_that_its_chinese_name_does() -> None:
    """The names themselves say it: 子, 父, 兄 … of men, 女, 母, 姐 … of women; names of both say none."""
    both = {"01", "02", "10", "40", "49", "50", "59", "60", "65", "68", "69", "70", "79", "80"}
    both |= {"91", "92", "97", "99"}
    assert {code for code in RELATIONS if code not in SEX_OF} == both
    women = re.compile("女(?!婿)|妻|媳|母|婆|嫂|婶|姑母|姨母|姐姐|妹妹")
    men = re.compile("夫|子(?!女)|父|公公|兄|弟(?!媳)|婿|外甥$")
    for code, sex in SEX_OF.items():
        name = RELATIONS[code]
        is_woman = bool(women.search(name)) and not re.search("夫$", name)
        assert sex == ("2" if is_woman else "1"), (code, name)
        assert is_woman or men.search(name), (code, name)
