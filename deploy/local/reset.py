"""`make reset`: the folder of a stack goes, with everything in it."""

import shutil

from deploy.local.stack.deployment import Stack
from deploy.local.stack.folder import LocalRefused


def reset(stack: Stack) -> int:
    """Refuses while a launcher runs there, and where the folder is not one of ours."""
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
