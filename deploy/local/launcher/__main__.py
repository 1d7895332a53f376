"""`python -m deploy.local.launcher` (`make run`): starts everything; Ctrl-C stops it."""

import asyncio
import sys

from deploy.local.launcher.supervisor import Supervisor
from deploy.local.stack.command import status_of

if __name__ == "__main__":
    sys.exit(status_of(lambda stack: asyncio.run(Supervisor(stack).run())))
