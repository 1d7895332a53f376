"""Identity documents and the check of their numbers: by `identity`, the others by their pattern."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from shared.reference.identity import (
    MESSAGES,
    Checked,
    Family,
    Problem,
    Warned,
    canonical,
    check_number,
    normalise,
)
from shared.reference.named_code import NamedCode


class DocumentType(NamedCode):
    """The document that proves who somebody is."""

    CITIZEN_ID = "citizen_id", "居民身份证"  # the household register has its number too
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证"
    FOREIGN_PERMANENT = "foreign_permanent", "外国人永久居留身份证"  # of 2023 and older
    PASSPORT = "passport", "护照"
    HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    NETWORK_ID = (
        "network_id",
        "网号（网证）",
    )  # 国家网络身份认证公共服务管理办法, since 2025-07-15; tells nothing in the clear


FAMILIES: Mapping[DocumentType, Family] = {
    DocumentType.CITIZEN_ID: Family.CITIZEN,
    DocumentType.RESIDENCE_PERMIT: Family.PERMIT,
    DocumentType.FOREIGN_PERMANENT: Family.FOREIGNER,
}

PATTERNS: Mapping[DocumentType, re.Pattern[str]] = {
    DocumentType.FOREIGN_PERMANENT: re.compile(r"[A-Z]{3}[0-9]{12}"),  # the card before 2023
    DocumentType.PASSPORT: re.compile(r"[A-Z0-9]{5,17}"),
    DocumentType.HK_MACAO_PERMIT: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    DocumentType.TAIWAN_PERMIT: re.compile(r"[0-9]{8}"),
    # Letters and digits; how many is not published. A citizen's number is none: it would stand there in the clear.
    DocumentType.NETWORK_ID: re.compile(r"(?![0-9]{17}[0-9X]$)(?=[0-9]*[A-Z])[A-Z0-9]{16,64}"),
}

OF_ANOTHER_DOCUMENT = "another_document"
PATTERN = "pattern"

_OTHER_MESSAGES = {
    OF_ANOTHER_DOCUMENT: "证件号码与证件类型不符",
    PATTERN: "证件号码格式不正确",
}


class Document(NamedTuple):
    """A document's canonical number and what is wrong with it: codes, in order. Its repr has no digit."""

    type: DocumentType
    number: str
    birth_date: date | None
    sex: str | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return not self.problems

    def __repr__(self) -> str:
        return f"Document({self.type}, problems={list(self.problems)}, warnings={list(self.warnings)})"


def canonical_number(type_: DocumentType, text: str) -> str:
    """The number as `check_document` gives it, which is compared, be it right or not."""
    return canonical(text) if type_ in FAMILIES else normalise(text)


def check_document(type_: DocumentType, text: str, *, on: date) -> Document:
    """Normalise and check a document's number, as seen on the day `on`."""
    number = normalise(text)
    pattern = PATTERNS.get(type_)
    if pattern is not None and pattern.fullmatch(number):
        return Document(type_, number, None, None, (), ())
    family = FAMILIES.get(type_)
    if family is None:
        return Document(type_, number, None, None, (PATTERN,), ())
    checked = check_number(number, on=on)
    if not checked.problems and checked.family is family:
        warnings = tuple(map(str, checked.warnings))
        return Document(type_, checked.number, checked.birth_date, checked.sex, (), warnings)
    return _of_family(type_, checked, family)


def message(code: str) -> str:
    """The Chinese sentence for a problem or warning code."""
    other = _OTHER_MESSAGES.get(code)
    if other is not None:
        return other
    return MESSAGES[Problem(code) if code in set(Problem) else Warned(code)]


def _of_family(type_: DocumentType, checked: Checked, family: Family) -> Document:
    problems = tuple(str(problem) for problem in checked.problems)
    if Problem.LENGTH not in checked.problems and checked.family is not family:
        problems += (OF_ANOTHER_DOCUMENT,)
    warnings = tuple(str(warning) for warning in checked.warnings)
    return Document(type_, checked.number, checked.birth_date, checked.sex, problems, warnings)
