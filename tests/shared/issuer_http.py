"""The tiny issuer on a real port, in a thread: for processes under test."""

import contextlib
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx

from tests.shared.issuer import Issuer


@contextlib.contextmanager
def issuer_on(port: int = 0, *, certificate: Path | None = None) -> Iterator[Issuer]:
    """An issuer whose address is `http://127.0.0.1:<port>`; any free port where none is given.

    `certificate`: key and certificate in one file; then it is https.
    """
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = issuer._answer(httpx.Request("GET", f"{issuer.issuer}{self.path}"))
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    issuer.issuer = f"http{'' if certificate is None else 's'}://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
