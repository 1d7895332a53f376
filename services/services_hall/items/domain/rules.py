"""What a version of an item must say before it may be published, and to whom its cases may go."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.services_hall.items.domain.codes import HandlingMode, ItemStatus
from services.services_hall.items.domain.refusals import DutyNotOfTown
from shared.contracts.duties import DutyKind
from shared.errors import FieldError, Invalid
from shared.reference.areas import COUNTY_DIGITS
from shared.reference.credit_codes import check_code
from shared.reference.plain_identifiers import holds_identifier

NATIONAL_LENGTH = 31
"""实施编码: 18 credit code + 1 level + 12 base code."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}", re.ASCII)
TRANSITIONS: Mapping[ItemStatus, frozenset[ItemStatus]] = {
    ItemStatus.DRAFT: frozenset({ItemStatus.PUBLISHED}),
    ItemStatus.PUBLISHED: frozenset({ItemStatus.PUBLISHED, ItemStatus.RETIRED}),
    ItemStatus.RETIRED: frozenset({ItemStatus.PUBLISHED}),
}
"""Lifecycle of an item; published again: its next version."""


def check_item_code(code: str) -> None:
    """A code of 31 characters begins with a valid credit code; any other is a local code of a village convenience.

    A code that comes with a table is no better known than one that is typed: it is of letters, digits and `_.-`, and no
    number of a person stands in it.
    """
    if not _CODE.fullmatch(code):
        raise Invalid(errors=(FieldError("code", "string_pattern_mismatch", "应为代码：只用字母、数字和 _ . -"),))
    if len(code) != NATIONAL_LENGTH and holds_identifier(code, on=date.max):
        raise Invalid(errors=(FieldError("code", "plain_identifier", "代码中不得含有证件号码、电话等个人号码"),))
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


def check_duty(duty: DutyKind | None, levels: Sequence[int], steps: Sequence[Mapping[str, Any]]) -> None:
    """The steps respect the list of the town's duties (履职事项清单).

    配合: the county's department decides, so that the last step is the county's; a town or village may take earlier
    ones. 上级收回: every step is the county's. Without steps the counter decides, which then is the county's.
    """
    if duty in (None, DutyKind.BASIC):
        return
    errors = []
    last = max(levels) if not steps else int(steps[-1]["level"])
    if last > COUNTY_DIGITS:
        errors.append(FieldError("steps", "duty_decided_below", "配合履职和上级收回的事项，须由县级在最后环节决定"))
    if duty is DutyKind.TAKEN_BACK:
        errors += [
            FieldError(f"steps.{place}.level", "duty_taken_back", "上级收回的事项，各环节须在县级办理")
            for place, step in enumerate(steps)
            if int(step["level"]) > COUNTY_DIGITS
        ]
    if errors:
        raise Invalid(errors=errors)


def check_fee(fee_fen: int, fee_basis: str | None) -> None:
    """A fee names what it is based on (收费依据)."""
    if fee_fen and not fee_basis:
        raise Invalid(errors=(FieldError("fee_basis", "missing", "收费的事项须填写收费依据"),))


def require_handed(duty: str | None, area: str, subject: object = None) -> None:
    """Where a file is sent for its work. Raises `DutyNotOfTown` for a town or village, if the county took it back."""
    if duty == DutyKind.TAKEN_BACK and len(area) > COUNTY_DIGITS:
        raise DutyNotOfTown(subject)


def require_decided(duty: str | None, area: str, subject: object = None) -> None:
    """Where a case is decided. Raises `DutyNotOfTown` for a town or village that only cooperates."""
    if duty in (DutyKind.SHARED, DutyKind.TAKEN_BACK) and len(area) > COUNTY_DIGITS:
        raise DutyNotOfTown(subject)
