"""`traceparent`: read what others sent, never trust its form, pass it on."""

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.observability import metrics, tracing
from shared.observability.tracing import parse, traced

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
SHARED = Path(tracing.__file__).parents[1]


def test_a_header_is_read_and_written_alike() -> None:
    assert str(parse(GIVEN)) == GIVEN


@pytest.mark.parametrize(
    "header",
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
        f"01-{TRACE}-{SPAN}-01-" + "x" * 200,
    ],
)
def test_what_is_not_of_the_form_is_none(header: str | None) -> None:
    assert parse(header) is None


def test_a_later_version_is_understood_as_far_as_we_can() -> None:
    assert str(parse(f"01-{TRACE}-{SPAN}-03-more")) == GIVEN


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(header: str) -> None:
    parse(header)


def test_a_span_of_ours_stays_in_the_trace_of_the_caller() -> None:
    with traced(GIVEN) as trace:
        assert trace.trace_id == TRACE
        assert trace.span_id != SPAN
        assert tracing.current_traceparent() == str(trace)
    assert tracing.current() is None


def test_without_a_usable_header_a_trace_begins() -> None:
    with traced("nonsense") as one, traced(None) as other:
        assert one.trace_id != other.trace_id
        assert parse(str(one)) == one


async def test_tasks_that_are_started_inside_inherit_the_trace_and_others_do_not() -> None:
    async def mine() -> str | None:
        await asyncio.sleep(0)
        return tracing.current_traceparent()

    with traced(GIVEN) as trace:
        inside = asyncio.create_task(mine())
    assert await inside == str(trace)
    assert await asyncio.create_task(mine()) is None


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
