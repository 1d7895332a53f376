"""`traceparent`: read what others sent, never trust its form, pass it on."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanContext, SpanKind

from shared.observability import metrics, tracing
from shared.observability.tracing import parse, traced
from tests.shared.collector import Collector, collecting

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
SHARED = Path(tracing.__file__).parents[1]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Spans are made and sent."""
    with collecting() as found:
        tracing.start(found.endpoint, 1.0, service="grid", process="worker")
        try:
            yield found
        finally:
            tracing.stop()


def header(found: SpanContext | None) -> str | None:
    return None if found is None else tracing.written(found)


def test_a_header_is_read_and_written_alike() -> None:
    assert header(parse(GIVEN)) == GIVEN


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "nonsense",
        GIVEN.upper(),
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"{GIVEN}\n",
        f" {GIVEN}",
        f"01-{TRACE}-{SPAN}-01-" + "x" * 200,
    ],
)
def test_what_is_not_of_the_form_is_none(given: str | None) -> None:
    assert parse(given) is None


def test_a_later_version_is_understood_as_far_as_we_can() -> None:
    found = parse(f"01-{TRACE}-{SPAN}-01-more")
    assert found is not None
    assert f"{found.trace_id:032x}" == TRACE
    assert found.trace_flags.sampled


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(header: str) -> None:
    parse(header)


def test_without_an_endpoint_the_callers_trace_is_passed_on_as_it_came() -> None:
    assert not tracing.is_on()
    with traced(GIVEN) as span:
        assert not span.is_recording()
        assert tracing.current_traceparent() == GIVEN
        assert tracing.current_trace_id() == TRACE
        with tracing.span("a part") as part:
            assert part is None
    assert tracing.current() is None
    assert tracing.sending("send x", GIVEN) is None


def test_without_a_usable_header_a_trace_begins() -> None:
    with traced("nonsense") as one, traced(None) as other:
        first, second = one.get_span_context(), other.get_span_context()
        assert first.trace_id != second.trace_id
        assert not first.trace_flags.sampled, "nobody has been told of it"
        assert header(parse(tracing.written(first))) == tracing.written(first)


async def test_tasks_that_are_started_inside_inherit_the_trace_and_others_do_not() -> None:
    async def mine() -> str | None:
        await asyncio.sleep(0)
        return tracing.current_traceparent()

    with traced(GIVEN):
        inside = asyncio.create_task(mine())
    assert await inside == GIVEN
    assert await asyncio.create_task(mine()) is None


def test_a_span_of_ours_stays_in_the_trace_of_the_caller(collector: Collector) -> None:
    with traced(GIVEN, "HTTP", SpanKind.SERVER):
        inside = parse(tracing.current_traceparent())
        assert inside is not None
        assert f"{inside.trace_id:032x}" == TRACE
        assert f"{inside.span_id:016x}" != SPAN
        with tracing.span("a part"):
            pass
    tracing.stop()
    part, request = collector.spans
    assert (request.name, request.trace, request.parent, request.kind) == ("HTTP", TRACE, SPAN, 2)
    assert (part.name, part.trace, part.parent) == ("a part", TRACE, request.id)
    assert request.service == "xiangli-grid-worker"


def test_what_a_caller_has_not_sampled_is_not_told(collector: Collector) -> None:
    unsampled = f"00-{TRACE}-{SPAN}-00"
    with traced(unsampled, "HTTP"), tracing.span("a part"):
        assert tracing.current_trace_id() == TRACE
    assert tracing.sending("send x", unsampled) is None
    with tracing.consuming([("registry.person", unsampled)], name=str):
        assert tracing.current_trace_id() == TRACE
    tracing.stop()
    assert collector.spans == []


def test_an_error_marks_a_span_by_its_class_and_by_nothing_that_it_says(collector: Collector) -> None:
    with pytest.raises(ValueError, match="450481"), traced(None, "HTTP"), tracing.span("a part"):
        raise ValueError("450481195203070014 韦甲子")
    tracing.stop()
    assert [(one.name, one.failed) for one in collector.spans][1] == ("HTTP", True)
    assert collector.spans[1].attributes == {"error.type": "ValueError"}
    body = b"".join(collector.bodies)
    assert b"450481195203070014" not in body
    assert "韦甲子".encode() not in body


def test_a_batch_of_one_trace_goes_on_in_it(collector: Collector) -> None:
    other = f"00-{TRACE}-{'1' * 16}-01"
    with tracing.consuming([("a", GIVEN), ("b", other)], name=lambda noun: f"process {noun}"), tracing.span("upsert"):
        assert tracing.current_trace_id() == TRACE
    tracing.stop()
    told = {one.name: one for one in collector.spans}
    assert set(told) == {"process a", "process b", "upsert"}
    assert {one.trace for one in told.values()} == {TRACE}
    assert (told["process a"].parent, told["process b"].parent) == (SPAN, "1" * 16)
    assert told["upsert"].parent == told["process a"].id


def test_records_of_several_traces_have_a_span_each_and_one_batch_that_is_linked_with_them(
    collector: Collector,
) -> None:
    other = f"00-{'2' * 32}-{'1' * 16}-01"
    with tracing.consuming([("a", GIVEN), ("b", other), ("c", None)], name=str), tracing.span("upsert"):
        pass
    tracing.stop()
    told = {one.name: one for one in collector.spans}
    assert set(told) == {"a", "b", "process batch", "upsert"}
    assert (told["a"].trace, told["b"].trace) == (TRACE, "2" * 32)
    assert told["process batch"].trace not in (TRACE, "2" * 32)
    assert set(told["process batch"].links) == {TRACE, "2" * 32}
    assert told["upsert"].parent == told["process batch"].id


def test_a_batch_that_fails_fails_every_span_of_it(collector: Collector) -> None:
    with pytest.raises(RuntimeError), tracing.consuming([("a", GIVEN)], name=str):
        raise RuntimeError
    tracing.stop()
    assert [(one.name, one.failed) for one in collector.spans] == [("a", True)]


def test_without_an_endpoint_a_batch_goes_on_in_its_trace_or_begins_one() -> None:
    with tracing.consuming([("a", GIVEN), ("b", GIVEN)], name=str):
        assert tracing.current_traceparent() == GIVEN
    with tracing.consuming([("a", GIVEN), ("b", None)], name=str):
        assert tracing.current_trace_id() not in (None, TRACE)
    assert tracing.current() is None


def test_the_share_of_traces_that_begin_here_is_the_operators() -> None:
    with collecting() as found:
        tracing.start(found.endpoint, 0.0, service="grid", process="api")
        with traced(None, "HTTP"):
            pass
        with traced(GIVEN, "HTTP"):
            pass
        tracing.stop()
    assert [one.trace for one in found.spans] == [TRACE]


def test_a_collector_that_refuses_or_is_away_costs_spans_and_neither_a_request_nor_the_end() -> None:
    with collecting() as found:
        found.refuses = True
        tracing.start(found.endpoint, 1.0, service="grid", process="api")
        for _ in range(3000):
            with traced(None, "HTTP"):
                pass
        began = time.monotonic()
        tracing.stop()
        assert time.monotonic() - began < tracing.STOP_TIMEOUT + 1
    assert found.spans == []
    assert not tracing.is_on()


def test_every_metric_is_declared_in_one_file() -> None:
    declares = re.compile(r"\b(Counter|Gauge|Histogram|Summary)\(\s*[\"']")
    services = SHARED.parent / "services"
    found = [
        path
        for folder in (SHARED, services)
        for path in folder.rglob("*.py")
        if path != Path(metrics.__file__) and declares.search(path.read_text())
    ]
    assert found == []


def test_metrics_are_exposed_under_their_names() -> None:
    body, content_type = metrics.exposition()
    assert content_type.startswith("text/plain")
    names = re.findall(rb"^# TYPE (\S+) ", body, re.MULTILINE)
    ours = [name for name in names if name.startswith(b"xiangli_")]
    assert len(ours) > 30
    assert len(set(ours)) == len(ours)
