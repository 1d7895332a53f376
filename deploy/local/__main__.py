"""The verbs of the local stack; the Makefile calls them. `python -m deploy.local run|demo|token|reset|…`."""

import argparse
import asyncio
import errno
import os
import sys

from deploy.local.stack.deployment import Stack, stack_from_environment
from deploy.local.stack.folder import LocalRefused
from deploy.local.stack.postgres import PostgresFailed


def parser() -> argparse.ArgumentParser:
    """PORT, LOCAL, KAFKA, ISSUER and SETTINGS come from the environment, as the Makefile hands them over."""
    verbs = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    chosen = verbs.add_subparsers(dest="verb", required=True)
    chosen.add_parser("run", help="start everything; Ctrl-C stops it")
    chosen.add_parser("demo", help="tell the story over HTTP")
    token = chosen.add_parser("token", help="print a bearer token of the running stack")
    token.add_argument("role")
    token.add_argument("area")
    token.add_argument("--department")
    token.add_argument("--subject")
    chosen.add_parser("reset", help="throw away the data of a stack that does not run")
    chosen.add_parser("prepare", help="databases, schemas and the demo county (the launcher calls it)")
    chosen.add_parser("maintain", help="partitions and retention of all four (the launcher calls it)")
    return verbs


def obey(arguments: argparse.Namespace, stack: Stack) -> int:
    """Imports what a verb needs only then: the launcher stays small."""
    match arguments.verb:
        case "run":
            from deploy.local.launcher.supervisor import Supervisor

            return asyncio.run(Supervisor(stack).run())
        case "demo":
            from deploy.local.story.demo import demo

            return asyncio.run(demo(stack))
        case "token":
            from deploy.local.tokens import token

            if stack.issuer is not None:
                raise LocalRefused(f"tokens of this stack come from {stack.issuer}, not from `make token`.")
            print(token(stack.ports, arguments.role, arguments.area, arguments.department, arguments.subject))
            return 0
        case "reset":
            from deploy.local.reset import reset

            return reset(stack)
        case "prepare":
            from deploy.local.prepare import prepare

            return asyncio.run(prepare(stack))
        case _:
            from deploy.local.prepare import maintain

            return asyncio.run(maintain(stack))


def main() -> int:
    """Refusals are one sentence on standard error."""
    arguments = parser().parse_args()
    try:
        return obey(arguments, stack_from_environment())
    except (LocalRefused, PostgresFailed, ValueError) as refusal:
        if isinstance(refusal, ValueError) and "PORT" not in str(refusal):
            raise
        print(f"xiangli: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(f"xiangli: the disk of {os.environ.get('LOCAL', '.local')} is full.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
