"""Log lines are events with fields, one JSON object a line. What could name a person is taken out on the way."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping, Sequence
from typing import IO, Any

import orjson
import structlog
from pydantic import ValidationError

from shared.errors import DomainError
from shared.observability import tracing

REDACTED = "[redacted]"
FORBIDDEN_FIELDS = frozenset(
    {
        *("name", "full_name", "person_name", "applicant_name", "pinyin", "head_name", "guardian", "contact"),
        *("document_number", "identity_number", "id_number", "passport", "credit_code"),
        *("phone", "mobile", "telephone", "email", "address", "residence_address", "birth_date", "point"),
        *("password", "secret", "token", "access_token", "id_token", "refresh_token", "authorization", "cookie"),
        *("extract", "jws", "jwe", "dsn", "database_url", "field_keys", "index_keys", "cursor_key", "private_key"),
        "position_keys",
        *("body", "payload", "state", "text", "free_text", "description", "note", "remark", "content"),
    }
)
"""Fields whose value never reaches a log, at any depth. A field that ends in `_` + one of these is one of them."""

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z])")  # digits of every script
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af·]+")
_DSN = re.compile(r"//[^/\s:@]*:[^/\s@]*@")
_MAX_TEXT = 500
KEEP_LOGGERS = True
"""Whether a module's logger keeps what was configured when it first spoke. Tests say no: they configure many times."""


def is_forbidden(field: str) -> bool:
    """Whether a field of this name may carry what must not be logged."""
    lowered = field.lower().replace("-", "_")
    return lowered in FORBIDDEN_FIELDS or any(lowered.endswith("_" + tail) for tail in FORBIDDEN_FIELDS)


def scrub(message: str) -> str:
    """Text that others wrote (exceptions, libraries) without numbers of persons, Chinese text and passwords."""
    return _CHINESE.sub("…", _NUMBER.sub("[number]", _DSN.sub("//", message)))[:_MAX_TEXT]


def _clean(field: str, value: Any, depth: int = 0) -> Any:
    if is_forbidden(field):
        return REDACTED
    if isinstance(value, str):
        return value if field == "area" or field.endswith("_area") else _NUMBER.sub("[number]", value)
    if depth > 4:
        return REDACTED
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_clean(field, item, depth + 1) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    return value


def _redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for field in list(event):
        if field not in ("event", "exception", "_record", "_from_structlog"):
            event[field] = _clean(field, event[field])
    return event


def _trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace_id = tracing.current_trace_id()
    if trace_id is not None:
        event.setdefault("trace_id", trace_id)
    return event


def _foreign(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["event"] = scrub(str(event.get("event", "")))
    return event


_SPEAKING = (AssertionError, RuntimeError)
"""Errors whose words are ours: they name ids and states. Those of others quote the arguments that were refused."""


def describe(error: BaseException) -> dict[str, Any]:
    """An exception without the values that it may quote: type, code, frames, cause; never an argument."""
    message: Any
    sqlstate = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, ValidationError):
        message = [{"path": scrub(".".join(map(str, item["loc"]))), "code": item["type"]} for item in error.errors()]
    elif isinstance(error, DomainError):
        message = error.code
    elif sqlstate is not None:  # PostgreSQL quotes the row in its DETAIL
        message = {"sqlstate": sqlstate, "constraint": getattr(error, "constraint_name", None)}
    elif isinstance(error, OSError):
        message = error.strerror
    else:
        message = scrub(str(error)) if isinstance(error, _SPEAKING) else None
    described: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": message,
        "frames": [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-12:]
        ],
    }
    if isinstance(error, BaseExceptionGroup):
        described["group"] = [describe(one) for one in error.exceptions[:5]]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and cause is not error:
        described["cause"] = {"type": f"{type(cause).__module__}.{type(cause).__qualname__}"}
    return described


def _exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    elif isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["exception"] = describe(given)
    return event


def _render(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return orjson.dumps(dict(event), default=lambda value: scrub(str(value)), option=orjson.OPT_NON_STR_KEYS).decode()


_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _trace,
    _exception,
    _redact,
)


def configure(*, service: str, process: str, level: str = "INFO", stream: IO[str] | None = None) -> None:
    """Once per process, in a composition root. Standard-library loggers (uvicorn, aiokafka) take the same way."""

    def fixed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"], event["process"] = service, process
        return event

    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED[:1], structlog.stdlib.add_logger_name, *_SHARED[1:], _foreign],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, fixed, _render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn.access", "aiokafka.conn", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    sys.excepthook = _last_words
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=KEEP_LOGGERS,
    )


def _last_words(_kind: type[BaseException], error: BaseException, _trace: Any) -> None:
    """What ends the process, as a log line: Python's own traceback would quote the message."""
    get_logger(__name__).critical("process_failed", exc_info=error)


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of a module: `log = get_logger(__name__)`, `log.info("case_accepted", case_id=…)`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return logger
