"""`python -m deploy.local.county`: loads the demo county into a prepared stack (the launcher calls it)."""

import asyncio
import sys

from deploy.local.county.loaded import mark_loaded
from deploy.local.county.seed import seed
from deploy.local.stack.command import status_of
from deploy.local.stack.deployment import Stack


async def load(stack: Stack) -> int:
    """Loads what is missing and marks the county as loaded. Raises LocalRefused."""
    await seed(stack, report=lambda text: print(text, flush=True))
    mark_loaded(stack)
    return 0


if __name__ == "__main__":
    sys.exit(status_of(lambda stack: asyncio.run(load(stack))))
