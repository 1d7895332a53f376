"""Exit status of a verb of the local stack: a refusal is one sentence on standard error, and status 1."""

import errno
import os
import sys
from collections.abc import Callable

from deploy.local.stack.deployment import Stack, stack_from_environment
from deploy.local.stack.folder import LocalRefused
from deploy.local.stack.postgres import PostgresFailed


def status_of(verb: Callable[[Stack], int]) -> int:
    """The verb's own status for the stack that PORT, LOCAL, KAFKA, ISSUER and SETTINGS name, or 1 if it is refused."""
    try:
        return verb(stack_from_environment())
    except (LocalRefused, PostgresFailed, ValueError) as refusal:
        if isinstance(refusal, ValueError) and "PORT" not in str(refusal):
            raise
        complain(str(refusal))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        complain(f"the disk of {os.environ.get('LOCAL', '.local')} is full.")
    return 1


def complain(sentence: str) -> None:
    """Prints the one sentence of a refusal."""
    print(f"xiangli: {sentence}", file=sys.stderr, flush=True)
