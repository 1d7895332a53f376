"""An OTLP/HTTP collector: takes protobuf as the real ones do, and keeps the spans."""

import contextlib
import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan


@dataclass(frozen=True)
class Told:
    """A span as it came over the wire."""

    service: str
    name: str
    kind: int
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: dict[str, str]
    links: tuple[str, ...]


@dataclass
class Collector:
    """What was told. `refuses`: answers 503 to everybody."""

    endpoint: str = ""
    spans: list[Told] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    refuses: bool = False

    def until(self, found: Callable[[list[Told]], bool], seconds: float = 30.0) -> list[Told]:
        """The spans once that holds. Raises AssertionError if it does not in time."""
        deadline = time.monotonic() + seconds
        while not found(list(self.spans)):
            assert time.monotonic() < deadline, [(one.service, one.name, one.trace) for one in self.spans][-30:]
            time.sleep(0.05)
        return list(self.spans)

    def take(self, path: str, kind: str, body: bytes) -> int:
        if self.refuses:
            return 503
        assert (path, kind) == ("/v1/traces", "application/x-protobuf")
        self.bodies.append(body)
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(one.value.string_value for one in group.resource.attributes if one.key == "service.name")
            self.spans += [_told(service, span) for scope in group.scope_spans for span in scope.spans]
        return 200


def _told(service: str, span: WireSpan) -> Told:
    attributes = {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes}
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    links = tuple(link.trace_id.hex() for link in span.links)
    return Told(service, span.name, span.kind, *ids, span.status.code == 2, attributes, links)


@contextlib.contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            body = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            status = collector.take(self.path, self.headers["content-type"], body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(status)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
