"""Documents of cases (办件文书): kinds, from when each may be issued, numbers, and refusals."""

import secrets
import unicodedata
from collections.abc import Mapping

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode


class DocumentKind(NamedCode):
    """What a document says to the applicant."""

    RECEIPT = "receipt", "收件凭证"
    NOTICE = "notice", "一次性告知书"
    ACCEPTANCE = "acceptance", "受理通知书"
    REFUSAL = "refusal", "不予受理通知书"
    SPECIAL = "special", "特别程序告知书"
    EXTENSION = "extension", "延期通知书"
    DECISION = "decision", "决定书"
    CLOSING = "closing", "办结通知书"
    DELIVERY = "delivery", "送达回证"
    CUSTODY_RECEIPT = "custody_receipt", "原件收讫凭证"
    CUSTODY_HAND_OVER = "custody_hand_over", "原件移交凭证"
    CUSTODY_RETURN = "custody_return", "原件归还凭证"


class DocumentStatus(NamedCode):
    """Whether a document holds."""

    ISSUED = "issued", "有效"
    VOIDED = "voided", "已作废"


class VoidReason(NamedCode):
    """Why a document is voided."""

    WRONG_CONTENT = "wrong_content", "内容有误"
    WRONG_STEP = "wrong_step", "相关步骤已撤销"
    LOST = "lost", "遗失，另行出具"


class Verification(NamedCode):
    """What is answered to who verifies a document."""

    GENUINE = "genuine", "有效文书"
    VOIDED = "voided", "文书已作废"
    SUPERSEDED = "superseded", "所记载的步骤已变更"
    WRONG_HASH = "wrong_hash", "校验码不符"


ACTIONS: Mapping[DocumentKind, str] = {
    DocumentKind.RECEIPT: "receive",
    DocumentKind.NOTICE: "notify",
    DocumentKind.ACCEPTANCE: "accept",
    DocumentKind.REFUSAL: "refuse",
    DocumentKind.SPECIAL: "begin_special",
    DocumentKind.EXTENSION: "extend",
    DocumentKind.DECISION: "decide",
    DocumentKind.CLOSING: "close",
    DocumentKind.DELIVERY: "deliver",
}
"""The step of the case that a document is about: it is issued once the step was taken and stands."""

MILESTONES: Mapping[DocumentKind, str] = {
    DocumentKind.RECEIPT: "received_at",
    DocumentKind.NOTICE: "notified_at",
    DocumentKind.ACCEPTANCE: "accepted_at",
    DocumentKind.REFUSAL: "refused_at",
    DocumentKind.SPECIAL: "paused_at",
    DocumentKind.EXTENSION: "extended_days",
    DocumentKind.DECISION: "decided_at",
    DocumentKind.CLOSING: "closed_at",
    DocumentKind.DELIVERY: "delivered_at",
}
"""The column of the case that its step sets."""

MARKS: Mapping[DocumentKind, str] = {
    DocumentKind.RECEIPT: "收",
    DocumentKind.NOTICE: "告",
    DocumentKind.ACCEPTANCE: "受",
    DocumentKind.REFUSAL: "不受",
    DocumentKind.SPECIAL: "特",
    DocumentKind.EXTENSION: "延",
    DocumentKind.DECISION: "决",
    DocumentKind.CLOSING: "办",
    DocumentKind.DELIVERY: "送",
    DocumentKind.CUSTODY_RECEIPT: "原收",
    DocumentKind.CUSTODY_HAND_OVER: "原移",
    DocumentKind.CUSTODY_RETURN: "原还",
}
"""Marks in the numbers of documents (文号)."""

TOKEN = 20
"""Characters of a document's token: 99 bits that nobody guesses."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
HASH = 16
"""Characters of the check code: 64 bits of a keyed digest."""


class DocumentNotYet(DomainError):
    """The case has not taken the step that the document is about, or has taken it back."""

    kind, code, title = ErrorKind.CONFLICT, "document_not_yet", "办件尚未到可以出具此文书的环节"
    advice = "请先办理相应的步骤，再出具文书"


class DocumentIssuedAlready(DomainError):
    """A document about this step holds already."""

    kind, code, title = ErrorKind.CONFLICT, "document_issued", "此步骤的文书已经出具"
    advice = "请查看已出具的文书；有误的，先作废再重新出具"


class DocumentVoidedAlready(DomainError):
    """The document holds no more."""

    kind, code, title = ErrorKind.CONFLICT, "document_voided", "文书已经作废"
    advice = "请刷新后查看；需要的，请重新出具"


class DocumentWithCustody(DomainError):
    """The receipt of an original is issued with the step by which it changes hands, and voided with it."""

    kind, code, title = (
        ErrorKind.CONFLICT,
        "document_with_custody",
        "原件凭证随收讫、移交、归还自动出具，不能单独出具或作废",
    )
    advice = "请办理原件的收讫、移交、归还；有误的，撤销该步骤"


class DocumentErased(DomainError):
    """What it said of somebody was erased (清除)."""

    kind, code, title = ErrorKind.CONFLICT, "document_erased", "文书内容已依法清除"
    advice = "文书的编号和出具情况仍可查询，内容不再保存"


def document_number(kind: DocumentKind, year: int, serial: int) -> str:
    """文号: mark of the kind, year, serial within both: 受〔2026〕12 号."""
    return f"{MARKS[kind]}〔{year}〕{serial} 号"


def new_token() -> str:
    """A token that tells nothing and that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(TOKEN))


def written_out(typed: str) -> str:
    """A token or a check code as it was issued, however it was typed: wide, small, in groups."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


def may_be_token(text: str) -> bool:
    """Whether a token may read so."""
    return len(text) == TOKEN and set(text) <= set(_LETTERS)


def spaced(code: str) -> str:
    """A check code in groups of four, as it is printed."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
