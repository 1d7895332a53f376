"""W3C trace context: one `traceparent` goes through HTTP, outbox, Kafka and consumer."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_FORM = re.compile(r"^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?\Z")


@dataclass(frozen=True, slots=True)
class Trace:
    """Span of a trace."""

    trace_id: str
    span_id: str
    flags: str = "01"

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def child(self) -> "Trace":
        """Child span inside the same trace."""
        return Trace(self.trace_id, os.urandom(8).hex(), self.flags)


_current: ContextVar[Trace | None] = ContextVar("xiangli_trace", default=None)


def new_trace() -> Trace:
    """The beginning of a trace."""
    return Trace(os.urandom(16).hex(), os.urandom(8).hex())


def parse(traceparent: str | None) -> Trace | None:
    """What a header says, or None if it is missing or not of the W3C form (then a new trace begins)."""
    found = _FORM.match(traceparent) if traceparent is not None and len(traceparent) <= 128 else None
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if version == "ff" or (version == "00" and rest) or set(trace_id) == {"0"} or set(span_id) == {"0"}:
        return None
    return Trace(trace_id, span_id, flags if version == "00" else "01" if int(flags, 16) & 1 else "00")


def current() -> Trace | None:
    """The trace of the task at hand."""
    return _current.get()


def current_traceparent() -> str | None:
    """The header of the trace of the task at hand: what the outbox and outgoing requests carry."""
    trace = _current.get()
    return None if trace is None else str(trace)


@contextmanager
def traced(traceparent: str | None) -> Iterator[Trace]:
    """Enters a span of the given trace, or begins a trace, for the body and every task that it starts."""
    parent = parse(traceparent)
    trace = new_trace() if parent is None else parent.child()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
