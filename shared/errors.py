"""Errors say what was refused. What that means in HTTP is said once, in `shared.http.errors`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self


class ErrorKind(StrEnum):
    """The classes of refusal; each has one HTTP status and one fate on the bus."""

    INVALID = "invalid"  # 422
    UNAUTHENTICATED = "unauthenticated"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    CONFLICT = "conflict"  # 409
    PRECONDITION_FAILED = "precondition_failed"  # 412
    TOO_LARGE = "too_large"  # 413
    PRECONDITION_REQUIRED = "precondition_required"  # 428
    RATE_LIMITED = "rate_limited"  # 429
    UNAVAILABLE = "unavailable"  # 503


@dataclass(frozen=True)
class FieldError:
    """One refused field. `path` is a dotted path into the body, `code` is stable, `message` is Chinese.

    Never carries the refused value: callers' input is not echoed.
    """

    path: str
    code: str
    message: str


class DomainError(Exception):
    """A refusal by a rule.

    Subclasses set `kind`, `code` (snake_case, stable), and in Chinese `title` (what is wrong, for a clerk) and `advice`
    (what the clerk does next).

    `subject` is an id for the log line; it never reaches the answer and must be no personal datum.
    `retry_after` is in whole seconds.
    """

    kind: ClassVar[ErrorKind] = ErrorKind.INVALID
    code: ClassVar[str] = "invalid"
    title: ClassVar[str] = "请求不符合规则"
    advice: ClassVar[str] = "请核对后重新提交"

    def __init__(
        self,
        subject: object = None,
        *,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(self.code)
        self.subject = subject
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after

    @classmethod
    def at(cls, *paths: str, subject: object = None, detail: str | None = None) -> Self:
        """The refusal with the paths, in the body, of what is refused: which of several it is."""
        errors = [FieldError(path, cls.code, cls.title) for path in paths]
        return cls(subject, detail=detail, errors=errors)


class NotFound(DomainError):
    """It does not exist, or the caller may not know that it does: one body for both."""

    kind, code, title = ErrorKind.NOT_FOUND, "not_found", "未找到，或不在您的管辖范围内"
    advice = "请核对所选内容；不在您管辖范围内的，请联系所属地办理"


class Forbidden(DomainError):
    """The caller's roles do not carry the permission."""

    kind, code, title = ErrorKind.FORBIDDEN, "forbidden", "没有权限"
    advice = "请联系管理员确认您的岗位和授权"


class CountyGrantNeeded(Forbidden):
    """What is asked for concerns the whole county; the caller's grants lie below it."""

    code, title = "county_grant_needed", "此操作涉及全县，您的授权不到县级"
    advice = "请由有县级授权的人员办理"


class Invalid(DomainError):
    """One or more fields are wrong; `errors` says which."""

    kind, code, title = ErrorKind.INVALID, "invalid_request", "请求内容不正确"
    advice = "请按所列各项改正后重新提交"


class CodeUnlisted(Invalid):
    """A code that stands in none of the county's lists (`/code-lists`)."""

    code, title = "code_unlisted", "代码不在本县代码表中"
    advice = "请从代码表中选择；代码表缺少的，请联系运维人员添加"


class Unavailable(DomainError):
    """A part that is needed is away for the moment; the same request may be sent again."""

    kind, code, title = ErrorKind.UNAVAILABLE, "unavailable", "服务暂时不可用"
    advice = "请稍候再试，已提交的内容不会重复登记"


class NotYet(DomainError):
    """What the request builds on has not arrived in this service; the same request may succeed in a moment.

    For what another service owns and this one has not heard of: it cannot know whether that never was or is on its way.
    Raised after the caller's scope was asked, or for what is public (areas, grids), so that it tells nobody what exists
    elsewhere. `detail` says, in Chinese, what has not arrived.
    """

    kind, code, title = ErrorKind.UNAVAILABLE, "not_yet", "数据尚未同步到位，请稍后重试"
    advice = "请稍候再试"


class Unauthenticated(DomainError):
    """No token, or one that does not hold. `challenge` is the answer's `WWW-Authenticate` (RFC 6750)."""

    challenge: ClassVar[str] = "Bearer"
    kind, code, title = ErrorKind.UNAUTHENTICATED, "unauthenticated", "请先登录"
    advice = "请登录后再试"


class VersionMismatch(DomainError):
    """The caller changed a version that is no longer the present one (If-Match)."""

    kind, code, title = ErrorKind.PRECONDITION_FAILED, "version_mismatch", "内容已有改动，请刷新后重试"
    advice = "请刷新后核对最新内容，再重新提交"


class PreconditionRequired(DomainError):
    """The change needs an If-Match header with the version that the caller saw."""

    kind, code, title = ErrorKind.PRECONDITION_REQUIRED, "precondition_required", "修改前须先读取最新信息"
    advice = "请先读取最新信息，再连同其版本标记提交"


class TooLarge(DomainError):
    """The body is larger than the operation takes."""

    kind, code, title = ErrorKind.TOO_LARGE, "payload_too_large", "请求内容过大"
    advice = "请减少一次提交的内容，或分几次提交"

    @classmethod
    def over(cls, limit: int) -> Self:
        """The refusal with the limit, in bytes."""
        return cls(detail=f"一次最多提交 {limit} 字节。")


class RateLimited(DomainError):
    """Too many of these from one caller; `retry_after` says when to try again."""

    kind, code, title = ErrorKind.RATE_LIMITED, "rate_limited", "操作过于频繁，请稍后重试"
    advice = "请稍候再试"


class PurposeRequired(DomainError):
    """Full personal data is shown for a stated purpose only."""

    kind, code, title = ErrorKind.INVALID, "purpose_required", "查看完整信息须说明用途"
    advice = "请选择查看的用途，用途会被记录"


class ReasonRequired(DomainError):
    """A refusal or a failed check is recorded with its reason, or not at all."""

    kind, code, title = ErrorKind.INVALID, "reason_required", "须说明理由"
    advice = "请写明理由后重新提交，理由会告知对方"


class ReasonNotExpected(DomainError):
    """What was granted or passed carries the reason of a refusal: one of the two is a mistake."""

    kind, code, title = ErrorKind.INVALID, "reason_not_expected", "准予或通过的，不填写理由"
    advice = "请删去理由；如不准予或不通过，请改选结论后重新提交"
