"""Development OIDC issuer: discovery, JWKS, tokens with and without a login. For `make run` and the tests only.

`python -m deploy.local.issuer --port N --dir D` prints `ready 127.0.0.1:N`. `POST /token` takes
`grant_type=client_credentials` and `role`, `area`, `department`, `subject`, `lifetime` (seconds), `alg` (RS256, ES256);
`role`, `area` and `department` may be repeated for several grants, or all stand in `grants` as JSON.

`GET /authorize` is the code flow with PKCE (S256), as apps log in: a page asks who one wants to be, without a password;
the scope `offline_access` adds a refresh token, which is good for one use.

`POST /rotate` makes new keys (`drop=true` forgets the old ones). Keys stay in the folder: tokens outlive a restart. It
listens on loopback and knows no password.
"""

import argparse
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

from deploy.local.issuer.app import create_app
from deploy.local.issuer.tokens import Issuer
from deploy.loopback import HOST


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.issuer", description="development OIDC issuer")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", "--folder", type=Path, required=True, help="where the keys are kept")
    parser.add_argument("--audience", default="xiangli")
    parser.add_argument("--issuer", help="what tokens name as their issuer, if not the address itself")
    chosen = parser.parse_args(arguments)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, chosen.port))
        except OSError as error:
            sys.exit(f"issuer: port {chosen.port} cannot be had: {error.strerror}")
        listening.listen()
        address = f"{HOST}:{listening.getsockname()[1]}"
        issuer = Issuer(chosen.dir, url=chosen.issuer or f"http://{address}", audience=chosen.audience)
        config = uvicorn.Config(create_app(issuer), log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
        print(f"ready {address}", flush=True)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
