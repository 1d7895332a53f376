"""Removes the data folder of a local stack, with everything in it: `python -m deploy.local.reset` (`make reset`)."""

import shutil
import sys

from deploy.local.stack.command import status_of
from deploy.local.stack.deployment import Stack
from deploy.local.stack.folder import LocalRefused


def reset(stack: Stack) -> int:
    """Raises LocalRefused while a launcher runs there, and if the folder is not one of ours."""
    folder = stack.folder
    if not folder.path.exists():
        print(f"nothing in {folder.path}")
        return 0
    if folder.is_held():
        raise LocalRefused(f"a stack runs in {folder.path}: stop it first.")
    if not (folder.path / "lock").exists():
        raise LocalRefused(f"{folder.path} is not the folder of a local stack: it is left alone.")
    folder.end_orphans()
    stack.postgres.stop()
    shutil.rmtree(folder.path)
    print(f"{folder.path} is gone")
    return 0


if __name__ == "__main__":
    sys.exit(status_of(reset))
