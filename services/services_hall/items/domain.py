"""Items (事项): what a version must say before it may be published."""

from collections.abc import Sequence

from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.credit_codes import check_code
from shared.reference.named_code import NamedCode

NATIONAL_LENGTH = 31
"""实施编码: 18 credit code + 1 level + 12 base code."""


class HandlingMode(NamedCode):
    """How an item is handled: at once at the counter, within the promise, or carried by an agent."""

    AT_ONCE = "at_once", "马上办"
    WITHIN_PROMISE = "within_promise", "限期办"
    BY_AGENT = "by_agent", "代理办"


class Target(NamedCode):
    """Whom an item serves (服务对象)."""

    NATURAL_PERSON = "natural_person", "自然人"
    ORGANISATION = "organisation", "法人和其他组织"


class MaterialForm(NamedCode):
    """Form in which a material is brought."""

    ORIGINAL = "original", "原件"
    COPY = "copy", "复印件"
    ELECTRONIC = "electronic", "电子件"


class ItemStatus(NamedCode):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class ItemCodeTaken(DomainError):
    kind, code, title = ErrorKind.CONFLICT, "item_code_taken", "事项编码已存在"
    advice = "请换一个编码，或在已有事项上发布新版本"


def check_item_code(code: str) -> None:
    """A code of 31 characters begins with a valid credit code; any other is a local code of a village convenience."""
    if len(code) == NATIONAL_LENGTH and not check_code(code[:18]).valid:
        raise Invalid(errors=(FieldError("code", "credit_code", "实施编码前 18 位不是有效的统一社会信用代码"),))


def check_limits(mode: HandlingMode, statutory_days: int, promised_days: int) -> None:
    """即办件 ⇒ promised 0; a promise is never longer than the law's limit."""
    errors = []
    if mode is HandlingMode.AT_ONCE and promised_days != 0:
        errors.append(FieldError("promised_days", "at_once_is_zero", "马上办事项的承诺时限应为 0"))
    if promised_days > statutory_days:
        errors.append(FieldError("promised_days", "beyond_statutory", "承诺时限不得超过法定时限"))
    if errors:
        raise Invalid(errors=errors)


def check_steps(promised_days: int, days: Sequence[int]) -> None:
    """The steps of a review together take no longer than the promise; what is decided at once has none."""
    if sum(days) > promised_days or (promised_days == 0 and days):
        raise Invalid(
            errors=(FieldError("steps", "beyond_promise", "各环节时限合计不得超过承诺时限，马上办事项没有环节"),)
        )
