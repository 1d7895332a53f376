"""`python -m deploy.local.story` (`make demo`): runs the story against a local stack."""

import asyncio
import sys

from deploy.local.stack.command import status_of
from deploy.local.story.demo import demo

if __name__ == "__main__":
    sys.exit(status_of(lambda stack: asyncio.run(demo(stack))))
