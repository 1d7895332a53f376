#!/usr/bin/env bash
# uvicorn 0.54.0 with httptools 0.9.0 loses the body of a request that asks for an upgrade which is not made. RFC 9110 §7.8 lets a
# server ignore `Upgrade`; the request is then an ordinary HTTP/1.1 request. httptools takes what follows the headers for another
# protocol, and uvicorn has handed the application an empty, complete body by then. Java's own HttpClient sends such a request
# first over plain HTTP. With h11 in httptools' place the body arrives. Known to uvicorn as its issue 2722, open on 2026-11-29.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q uvicorn==0.54.0 httptools==0.9.0 h11
cd "$work"
cat > told.py <<'END'
import socket
import sys
import threading
import time

import uvicorn

REQUEST = (
    b"POST / HTTP/1.1\r\nHost: t\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 7\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n\r\n" + b'{"a":1}'
)


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await send({"type": "http.response.body", "body": b"%d" % size})


def told(parser):
    """How many bytes of the body the application got."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, http=parser, lifespan="off", log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    with socket.create_connection(server.servers[0].sockets[0].getsockname()) as client:
        client.sendall(REQUEST)
        client.settimeout(10)
        answer = b""
        while b"\r\n\r\n" not in answer or answer.endswith(b"\r\n\r\n"):
            answer += client.recv(4096)
    server.should_exit = True
    return int(answer.rpartition(b"\r\n\r\n")[2])


found = {parser: told(parser) for parser in ("httptools", "h11")}
print("bytes of a body of 7 that the application got:", found)
sys.exit(0 if found == {"httptools": 0, "h11": 7} else 1)
END
venv/bin/python told.py
