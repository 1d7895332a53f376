"""What a refusal means in HTTP: RFC 9457 bodies with a stable code and Chinese titles. Nothing here echoes input."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from shared.db.faults import driver_error, passes, sqlstate_of
from shared.errors import (
    DomainError,
    ErrorKind,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionRequired,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    VersionMismatch,
)
from shared.http.validation import field_errors
from shared.observability import metrics

log = structlog.get_logger(__name__)

PROBLEM = "application/problem+json"

STATUS: Mapping[ErrorKind, int] = {
    ErrorKind.INVALID: 422,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.PRECONDITION_FAILED: 412,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.PRECONDITION_REQUIRED: 428,
    ErrorKind.RATE_LIMITED: 429,
    ErrorKind.UNAVAILABLE: 503,
}

UNIQUE, EXCLUDED, FOREIGN = "23505", "23P01", "23503"
STALE = "40001"


class MethodNotAllowed(DomainError):
    """The path exists, the method does not."""

    kind, code, title = ErrorKind.INVALID, "method_not_allowed", "不支持的请求方法"
    advice = "请更新应用程序；开发人员请查阅接口文档"


class Conflict(DomainError):
    """A row that must be single exists already, and no service gave the constraint a better name."""

    kind, code, title = ErrorKind.CONFLICT, "conflict", "与现有数据冲突"
    advice = "请刷新后核对，再重新提交"


class ProblemField(BaseModel):
    """One refused field."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(examples=["members.0.name"], description="路径 dotted path into the body, or header.… / query.…")
    code: str = Field(examples=["missing"], description="代码 stable code of what is wrong with the field")
    message: str = Field(examples=["必填"], description="提示 for people, in Chinese")


class Problem(BaseModel):
    """RFC 9457 problem details. Programs decide by `code`; `detail` is there only if there is more to say."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(examples=["urn:xiangli:problem:not_found"], description="类型 urn:xiangli:problem:<code>")
    title: str = Field(examples=["未找到，或不在您的管辖范围内"], description="标题 what is wrong, for people")
    status: int = Field(examples=[404], description="HTTP 状态码 the HTTP status again")
    code: str = Field(examples=["not_found"], description="代码 stable code of the refusal; what a program decides by")
    detail: str = Field(default="", examples=["翻页标记已过期。"], description="说明 more about it, in Chinese")
    advice: str = Field(default="", examples=[NotFound.advice], description="怎么办 what to do next, in Chinese")
    errors: list[ProblemField] = Field(description="字段错误 refused fields")
    request_id: str = Field(
        examples=["0197d0c05f1e7c3a9b1e2f6f5d1c0a77"], description="请求号 names the request in the logs"
    )


ASK_OPERATORS = "请稍后再试；仍不行时，请把请求号报给运维人员"

TITLES: Mapping[int, str] = {
    401: "请先登录",
    403: "没有权限",
    404: "未找到，或不在您的管辖范围内",
    409: "与现状冲突",
    412: "版本不符",
    413: "请求内容过大",
    422: "请求内容不正确",
    428: "缺少前提条件",
    429: "操作过于频繁",
    500: "服务内部错误",
    503: "服务暂时不可用",
}
CODES: Mapping[int, str] = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    412: "version_mismatch",
    413: "payload_too_large",
    422: "invalid_request",
    428: "precondition_required",
    429: "rate_limited",
    500: "internal",
    503: "unavailable",
}
"""The commonest code of each status: what its example shows and its component is called after."""
ADVICE: Mapping[int, str] = {
    401: Unauthenticated.advice,
    403: Forbidden.advice,
    404: NotFound.advice,
    409: Conflict.advice,
    412: VersionMismatch.advice,
    413: TooLarge.advice,
    422: Invalid.advice,
    428: PreconditionRequired.advice,
    429: RateLimited.advice,
    500: ASK_OPERATORS,
    503: Unavailable.advice,
}
COMPONENTS: Mapping[int, str] = {status: code.title().replace("_", "") for status, code in CODES.items()}

_REQUEST_ID = {"schema": {"type": "string"}, "description": "请求号 names this request in the logs"}
_RETRY_AFTER = {
    "schema": {"type": "integer"},
    "description": "几秒后重试 seconds after which the same request may succeed",
}
_CHALLENGE = {"schema": {"type": "string"}, "description": "登录方式 `Bearer`, and why if a token is too large"}


def responses() -> dict[str, dict[str, Any]]:
    """`components.responses`: every refusal once, by component name, with its headers and an example."""
    schema = {"$ref": "#/components/schemas/Problem"}
    found: dict[str, dict[str, Any]] = {}
    for status, title in TITLES.items():
        code = CODES[status]
        errors = [{"path": "members.0.person.name", "code": "missing", "message": "必填"}] if status == 422 else []
        shown = {
            "type": f"urn:xiangli:problem:{code}", "title": title, "status": status, "code": code,
            "advice": ADVICE[status], "errors": errors, "request_id": "0197d0c05f1e7c3a9b1e2f6f5d1c0a77",
        }  # fmt: skip
        headers = {"X-Request-Id": _REQUEST_ID}
        if status in (409, 429, 503):
            headers["Retry-After"] = _RETRY_AFTER
        if status == 401:
            headers["WWW-Authenticate"] = _CHALLENGE
        found[COMPONENTS[status]] = {
            "description": title,
            "headers": headers,
            "content": {PROBLEM: {"schema": schema, "example": shown}},
        }
    return found


class ProblemResponse(Response):
    """A problem+json answer that knows its code."""

    def __init__(self, code: str, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(body, status, {"cache-control": "no-store", **headers}, PROBLEM)
        self.code = code


def problem(
    status: int,
    code: str,
    title: str,
    request_id: str,
    *,
    detail: str | None = None,
    advice: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """The answer to a refusal."""
    body: dict[str, Any] = {"type": f"urn:xiangli:problem:{code}", "title": title, "status": status, "code": code}
    body |= {name: text for name, text in (("detail", detail), ("advice", advice)) if text is not None}
    body["errors"] = [{"path": one.path, "code": one.code, "message": one.message} for one in errors]
    body["request_id"] = request_id
    metrics.HTTP_REFUSED.labels(code).inc()
    return ProblemResponse(code, orjson.dumps(body), status, headers or {})


def defect(request_id: str, status: int = 500) -> ProblemResponse:
    """The answer to a defect of ours: nothing about it but the request's id."""
    return problem(status, CODES[500], TITLES[500], request_id, advice=ASK_OPERATORS)


def answer_to(error: DomainError, request_id: str, *, status: int | None = None) -> ProblemResponse:
    """What a refusal looks like to the caller."""
    headers: dict[str, str] = {}
    if isinstance(error, Unauthenticated):
        headers["www-authenticate"] = error.challenge
    retry_after = error.retry_after
    if retry_after is None and error.kind in (ErrorKind.UNAVAILABLE, ErrorKind.RATE_LIMITED):
        retry_after = 1
    if retry_after is not None:
        headers["retry-after"] = str(max(retry_after, 1))
    return problem(
        status or STATUS[error.kind],
        error.code,
        error.title,
        request_id,
        detail=error.detail,
        advice=error.advice,
        errors=error.errors,
        headers=headers,
    )


def translated(error: Exception, constraints: Mapping[str, type[DomainError]]) -> DomainError | None:
    """What the database's refusal means, said by SQLAlchemy or by asyncpg itself; None if it is a defect of ours."""
    if passes(error):
        return Unavailable()
    cause, state = driver_error(error), sqlstate_of(error)
    if state in (UNIQUE, EXCLUDED, FOREIGN):
        name = getattr(cause, "constraint_name", None)
        known = constraints.get(name or "")
        if known is None:
            log.error("constraint_without_translation", constraint=name)
            return Conflict()
        return known()
    # Class 22, or what asyncpg itself could not put into the parameter's type.
    unfit = state.startswith("22") if state is not None else isinstance(cause, ValueError)
    return Invalid() if unfit else None


def is_conflict(error: Exception) -> bool:
    """Whether the database refused a row because another one has what must be single."""
    return sqlstate_of(error) in (UNIQUE, EXCLUDED)


def is_overtaken(error: Exception) -> bool:
    """The same, or a row that was read before the transaction began has changed since."""
    return sqlstate_of(error) in (UNIQUE, EXCLUDED, STALE)


def is_undone(error: Exception) -> bool:
    """Whether nothing was committed: the server said why, and it was not that it or the connection ended just then."""
    state = sqlstate_of(error)
    return state is not None and not state.startswith(("08", "57"))


def respond(error: Exception, request_id: str, constraints: Mapping[str, type[DomainError]]) -> ProblemResponse | None:
    """The answer to whatever a request ended in, or None for a defect of ours."""
    refusal: DomainError | None
    match error:
        case DomainError():
            if error.kind is ErrorKind.UNAVAILABLE:
                log.warning("refused", code=error.code, request_id=request_id)
            refusal = error
        case RequestValidationError():
            refusal = Invalid(errors=field_errors(error.errors()))
        case StarletteHTTPException():
            return answer_to_http(error, request_id)
        case (
            SQLAlchemyError()
            | asyncpg.PostgresError()
            | asyncpg.InterfaceError()
            | asyncpg.InternalClientError()
            | OSError()
        ):
            refusal = translated(error, constraints)
            if refusal is not None and refusal.kind is ErrorKind.UNAVAILABLE:
                log.error("dependency_away", error=type(driver_error(error)).__name__, request_id=request_id)
        case _:
            refusal = None
    return None if refusal is None else answer_to(refusal, request_id)


def answer_to_http(error: StarletteHTTPException, request_id: str) -> ProblemResponse:
    """What the framework itself refuses: unknown paths and methods, bodies that it cannot read."""
    match error.status_code:
        case 404:
            return answer_to(NotFound(), request_id)
        case 405:
            response = answer_to(MethodNotAllowed(), request_id, status=405)
            response.headers.update(error.headers or {})
            return response
        case 413:
            return answer_to(TooLarge(), request_id)
        case status if 400 <= status < 500:
            return answer_to(Invalid(), request_id)
        case status:
            return defect(request_id, status)
