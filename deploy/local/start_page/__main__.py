"""`python -m deploy.local.start_page --port 8000`: serves the start page until SIGTERM."""

import argparse
import asyncio
import signal

from deploy.local.stack.ports import Ports
from deploy.local.start_page.page import create_app
from deploy.loopback import HOST
from shared.http.health import served


async def serve(port: int, issuer: str | None) -> None:
    """Serves the start page until SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with served(create_app(Ports(port), issuer), host=HOST, port=port, grace=3, lifespan="on"):
        print(f"ready {HOST}:{port}", flush=True)
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.start_page", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--issuer", help="the address of an issuer of one's own")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.issuer))


if __name__ == "__main__":
    main()
