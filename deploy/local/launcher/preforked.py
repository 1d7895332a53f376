"""Pre-fork server of the local stack: loads the four services once and forks every process of theirs from itself.

To load a service takes a process some four seconds of one core; eight of them took longer than everything else at a
start. A forked process leads a session of its own, runs its module as `python -m` does, and ends by itself.

The launcher asks over a socket of whole messages, with the files of standard output and standard error:
`{"arguments": [module, …], "environment": {…}}`. It is told `{"started": pid}` in the order of asking, and in the end
`{"ended": pid, "status": n}` (negative: a signal). The server ends when the launcher's end of the socket is closed;
what it forked goes on.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from dataclasses import dataclass

from deploy.local.stack.ports import SERVICES
from shared.commands.collecting import load_quickly

LOADED = (
    *(f"services.{service}.{part}" for service in SERVICES for part in ("app", "worker")),
    "shared.commands.api",
    "shared.commands.worker",
    "deploy.local.stack.services",
    "deploy.local.county.loaded",
    "shared.migration.maintenance",
    "shared.migration.migrate",
)
"""Modules that the forked processes find loaded."""

LONGEST_MESSAGE = 1 << 17


@dataclass(frozen=True)
class Request:
    """A process to be: module and arguments, environment, and the files of its output."""

    arguments: list[str]
    environment: dict[str, str]
    files: list[int]


def serve(door: socket.socket) -> Request | None:
    """Forks until the launcher is gone: then None. In a forked process: what it is to be."""
    ended, rings = socket.socketpair()
    for end in (ended, rings):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(rings.fileno(), warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([door, ended], [], [])
        if ended in ready:
            ended.recv(4096)
            tell_ended(door)
        if door not in ready:
            continue
        message, files, _, _ = socket.recv_fds(door, LONGEST_MESSAGE, 2)
        if not message:
            return None
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for end in (door, ended, rings):
                end.close()
            asked = json.loads(message)
            return Request(asked["arguments"], asked["environment"], list(files))
        for file in files:
            os.close(file)
        door.send(json.dumps({"started": pid}).encode())


def tell_ended(door: socket.socket) -> None:
    """Tells of every child that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        try:
            door.send(json.dumps({"ended": pid, "status": os.waitstatus_to_exitcode(status)}).encode())
        except BrokenPipeError:
            return


def become(request: Request) -> None:
    """Runs the module in this process, which is a new one, until its end."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, number in zip((nothing, *request.files), (0, 1, 2), strict=True):
        os.dup2(file, number)
        os.close(file)
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115  as long as the process
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request.environment)
    module, *arguments = request.arguments
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """The server, and every process that is forked from it."""
    door = socket.socket(fileno=int(sys.argv[1]))
    usual = gc.get_threshold()
    load_quickly()
    for module in LOADED:
        importlib.import_module(module)
    gc.set_threshold(*usual)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it looks at
    if threading.active_count() > 1:
        raise SystemExit(f"a library has started a thread when it was loaded: {threading.enumerate()}")
    request = serve(door)
    if request is not None:
        become(request)


if __name__ == "__main__":
    main()
