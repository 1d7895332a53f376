"""Documents by type."""

from datetime import date

import pytest

from shared.reference.documents import DocumentType, canonical_number, check_document, message
from shared.reference.identity import Problem, Warned

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("type_", "number"),
    [
        (DocumentType.CITIZEN_ID, "45048119900307019X"),
        (DocumentType.CITIZEN_ID, "610104620927690"),
        (DocumentType.RESIDENCE_PERMIT, "810000199408230021"),
        (DocumentType.FOREIGN_PERMANENT, "932682198501010017"),
        (DocumentType.FOREIGN_PERMANENT, "usa110099012345"),
        (DocumentType.PASSPORT, "E12345678"),
        (DocumentType.PASSPORT, "EA1234567"),
        (DocumentType.PASSPORT, "C01X00T47"),
        (DocumentType.HK_MACAO_PERMIT, "H12345678"),
        (DocumentType.HK_MACAO_PERMIT, "m1234567800"),
        (DocumentType.TAIWAN_PERMIT, "12345678"),
        (DocumentType.NETWORK_ID, "a1b2c3d4e5f60718293a4b5c6d7e8f90"),
    ],
)
def test_documents_of_every_type_are_accepted(type_: DocumentType, number: str) -> None:
    checked = check_document(type_, number, on=TODAY)
    assert checked.problems == ()
    assert checked.valid


@pytest.mark.parametrize(
    ("type_", "number", "problems"),
    [
        (DocumentType.CITIZEN_ID, "932682198501010017", ["another_document"]),
        (DocumentType.CITIZEN_ID, "810000199408230021", ["another_document"]),
        (DocumentType.RESIDENCE_PERMIT, "45048119900307019X", ["another_document"]),
        (DocumentType.FOREIGN_PERMANENT, "45048119900307019X", ["another_document"]),
        (DocumentType.FOREIGN_PERMANENT, "US110099012345", ["length", "charset"]),
        (DocumentType.CITIZEN_ID, "450481199003070190", ["checksum"]),
        (DocumentType.HK_MACAO_PERMIT, "H1234567", ["pattern"]),
        (DocumentType.HK_MACAO_PERMIT, "T12345678", ["pattern"]),
        (DocumentType.TAIWAN_PERMIT, "1234567", ["pattern"]),
        (DocumentType.PASSPORT, "E-1234567", ["pattern"]),
        (DocumentType.PASSPORT, "", ["pattern"]),
        (DocumentType.NETWORK_ID, "45048119900307019X", ["pattern"]),
        (DocumentType.NETWORK_ID, "450481199003070190", ["pattern"]),
        (DocumentType.NETWORK_ID, "A1B2C3D4", ["pattern"]),
    ],
)
def test_wrong_documents_say_why(type_: DocumentType, number: str, problems: list[str]) -> None:
    assert list(check_document(type_, number, on=TODAY).problems) == problems


def test_every_code_that_can_be_reported_has_a_sentence() -> None:
    for code in [*Problem, *Warned, "another_document", "pattern"]:
        assert message(code)


@pytest.mark.parametrize("type_", list(DocumentType))
@pytest.mark.parametrize(
    "text",
    [
        *("45048119900307019X", "45048119900307019x", " 450481 19900307019X", "'45048119900307019X", "610104620927690"),
        *(
            "61010462092769X",
            "４５０４８１１９９００３０７０１９Ｘ",
            "932682198501010017",
            "usa110099012345",
            "12345",
            "",
        ),
        *("610104621327690", "E1234567", "h12345678", "\u200b610104620927690"),
    ],
)
def test_the_number_that_is_compared_is_the_one_that_a_check_gives(type_: DocumentType, text: str) -> None:
    assert canonical_number(type_, text) == check_document(type_, text, on=TODAY).number
