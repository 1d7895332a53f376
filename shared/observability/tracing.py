"""Tracing by OpenTelemetry: one trace goes through HTTP, outbox, Kafka and consumer (W3C trace context).

Spans are made and sent only after `start`, which a process calls if an endpoint is set. Without it a trace has an id
alone, which log lines and events carry on. Names and attributes come from closed sets (route templates, nouns, codes):
never an address with its values, never what an exception says.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:  # it is loaded by the processes that send spans, and by no other
    from opentelemetry.sdk.trace import TracerProvider

LONGEST = 128
"""Characters of a `traceparent` that are looked at."""
EXPORT_TIMEOUT = 3.0
"""Seconds for one request to the collector, with all its repetitions."""
STOP_TIMEOUT = 4.0
"""Seconds in which the last spans are sent when a process ends."""

_PROPAGATOR = TraceContextTextMapPropagator()
_ROOT = Context()
_ONLY_ID = TraceFlags(TraceFlags.DEFAULT)
_NOTHING = nullcontext()


class _Tracing:
    """What spans of this process are made by; none of it while tracing is off."""

    provider: "TracerProvider | None" = None
    tracer: Tracer | None = None


def start(endpoint: str, ratio: float, *, service: str, process: str) -> None:
    """Make spans from now on and send them to an OTLP/HTTP collector (`http://collector:4318`), in a thread.

    `ratio`: share of the traces that begin here. What a caller or a producer has sampled is continued.
    A collector that is away costs spans, never a request.
    """
    # The SDK and protobuf take 20 MB and a third of a second, which processes without tracing do not pay.
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    resource = Resource.create({"service.name": f"xiangli-{service}-{process}", "service.namespace": "xiangli"})
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(ratio)), resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(
        endpoint.rstrip("/") + "/v1/traces", timeout=EXPORT_TIMEOUT, compression=Compression.Gzip
    )
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1_000))
    _Tracing.provider, _Tracing.tracer = provider, provider.get_tracer("xiangli")


def is_on() -> bool:
    """Whether spans are made: names that take work need not be put together otherwise."""
    return _Tracing.tracer is not None


def stop() -> None:
    """Send the last spans and make no more; returns after `STOP_TIMEOUT` seconds at the latest."""
    provider, _Tracing.provider, _Tracing.tracer = _Tracing.provider, None, None
    if provider is not None:
        sending = Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(STOP_TIMEOUT)


def current() -> SpanContext | None:
    """The span of the task at hand; None outside of all traces."""
    found = get_current_span().get_span_context()
    return found if found.is_valid else None


def current_trace_id() -> str | None:
    """The trace of the task at hand, for log lines."""
    found = current()
    return None if found is None else f"{found.trace_id:032x}"


def current_traceparent() -> str | None:
    """The header of the task at hand: what the outbox and outgoing requests carry."""
    found = current()
    return None if found is None else written(found)


def written(span: SpanContext) -> str:
    """The header `traceparent` of a span."""
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"


def parse(traceparent: str | None) -> SpanContext | None:
    """What a header says, or None if it is missing or not of the W3C form (then a new trace begins)."""
    if traceparent is None or len(traceparent) > LONGEST or traceparent != traceparent.strip():
        return None
    found = get_current_span(_PROPAGATOR.extract({"traceparent": traceparent}, _ROOT)).get_span_context()
    return found if found.is_valid else None


class traced:  # noqa: N801  (a context manager; a generator would take three times as long, in every request)
    """Enters a span of the given trace, or of a new one, for the body and every task that it starts.

    Without tracing the given trace is passed on as it came (W3C), and a new one has an id only. An exception marks a
    span by its class alone.
    """

    __slots__ = ("_kind", "_name", "_span", "_token", "_traceparent")

    def __init__(
        self,
        traceparent: str | None,
        name: str = "",
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> None:
        self._traceparent = traceparent
        self._name = name
        self._kind = kind

    def __enter__(self) -> Span:
        parent = parse(self._traceparent)
        if _Tracing.tracer is None:
            self._span: Span = NonRecordingSpan(_new() if parent is None else parent)
        else:
            self._span = _Tracing.tracer.start_span(self._name, _below(parent), self._kind)
        self._token = attach(set_span_in_context(self._span))
        return self._span

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        detach(self._token)
        ended(self._span, error)


def _new() -> SpanContext:
    """A trace of which nobody is told."""
    bits = random.getrandbits  # ids are no secrets
    return SpanContext(bits(128) or 1, bits(64) or 1, is_remote=False, trace_flags=_ONLY_ID)


def ended(span: Span, error: BaseException | None = None) -> None:
    """Ends a span, as failed if there is an error: its class, never its message."""
    if span.is_recording():
        if error is not None:
            span.set_status(Status(StatusCode.ERROR))
            span.set_attribute("error.type", type(error).__name__)
        span.end()


def span(name: str) -> AbstractContextManager[Span | None]:
    """A part of the task at hand, told only if the task is. Costs nothing without tracing."""
    return _NOTHING if _Tracing.tracer is None else _part(_Tracing.tracer, name)


@contextmanager
def _part(tracer: Tracer, name: str) -> Iterator[Span]:
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as part:
        yield part


def sending(name: str, traceparent: str | None) -> Span | None:
    """A span for a message on its way to the broker; None without tracing, or if its trace is not sampled."""
    if _Tracing.tracer is None or (parent := parse(traceparent)) is None or not parent.trace_flags.sampled:
        return None
    return _Tracing.tracer.start_span(name, _below(parent), SpanKind.PRODUCER)


class consuming:  # noqa: N801  (a context manager)
    """Enters the span of a batch of records, each `(noun, traceparent)`; `name` makes a span's name of a noun.

    If all of them belong to one trace the batch does, too. Else it has a trace of its own, linked with each record's.
    With tracing every sampled record has a span in its own trace, which lasts until the batch has ended.
    """

    __slots__ = ("_name", "_records", "_spans", "_token")

    def __init__(self, records: Sequence[tuple[str, str | None]], *, name: Callable[[str], str]) -> None:
        self._records = records
        self._name = name
        self._spans: list[Span] = []

    def __enter__(self) -> None:
        traces = {None if header is None else header[3:35] for _, header in self._records}
        one = self._records[0][1] if len(traces) == 1 else None
        tracer = _Tracing.tracer
        if tracer is None or not self._records:
            parent = parse(one)
            self._token = attach(set_span_in_context(NonRecordingSpan(_new() if parent is None else parent)))
            return
        for noun, header in self._records:
            parent = parse(header)
            if parent is not None and parent.trace_flags.sampled:
                self._spans.append(tracer.start_span(self._name(noun), _below(parent), SpanKind.CONSUMER))
        if one is None or not self._spans:
            links = [Link(found.get_span_context()) for found in self._spans]
            self._spans.insert(
                0, tracer.start_span("process batch", _below(parse(one)), SpanKind.CONSUMER, links=links)
            )
        self._token = attach(set_span_in_context(self._spans[0]))

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        detach(self._token)
        for found in self._spans:
            ended(found, error)


def _below(parent: SpanContext | None) -> Context:
    """The context of a child; that of a new trace if there is no parent."""
    return _ROOT if parent is None else set_span_in_context(NonRecordingSpan(parent), _ROOT)
