"""Log lines of code under test: plain and cheap. (structlog's own default draws all variables of a traceback.)"""

import logging as stdlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from shared.observability import logging


def plain_logs() -> None:
    """What the plugin sets at the start of a run."""
    logging.KEEP_LOGGERS = False
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        cache_logger_on_first_use=False,
    )


@contextmanager
def logs_restored() -> Iterator[None]:
    """Whatever configures logging inside (a verb, a worker), the next one finds it as it was."""
    root, before = stdlib.getLogger(), structlog.get_config()["processors"]
    level, hook = root.level, sys.excepthook
    yield
    sys.excepthook = hook
    if structlog.get_config()["processors"] is not before:
        ours = [one for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter)]
        for handler in ours:  # pytest's own stay
            root.removeHandler(handler)
        root.setLevel(level)
        plain_logs()
