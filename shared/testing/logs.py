"""Log lines of code under test: plain and cheap. (structlog's own default draws all variables of a traceback.)"""

import structlog


def plain_logs() -> None:
    """What the plugin sets at the start of a run; a test that configured logging sets it again."""
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        cache_logger_on_first_use=False,
    )
