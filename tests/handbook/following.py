"""Somebody who follows the handbook: a shell, a cluster, a county that runs, and the files that others gave them."""

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from deploy.cluster.build import ROOT, tool
from deploy.cluster.server import ControlPlane
from deploy.handbook.pages import Block
from deploy.kafka.pki import Authority
from deploy.local.stack.deployment import Stack
from deploy.local.tokens import token
from tests.handbook import kubectl

LIMIT = 600.0


@dataclass
class Operator:
    """`ran`: the blocks that ran to their end, by page and number, with what they printed."""

    folder: Path
    plane: ControlPlane
    stack: Stack
    ran: dict[tuple[str, int], str] = field(default_factory=dict)

    def prepare(self) -> None:
        """The unpacked source, the files of other administrators, and the kubectl that knows the local stack."""
        (self.folder / "deploy").symlink_to(ROOT / "deploy")
        authority = Authority(self.folder / "authority")
        for name in ("postgresql-ca.crt", "kafka-ca.crt"):
            (self.folder / name).write_bytes(authority.ca_file.read_bytes())
        certificate, key = authority.user("xiangli.county.example")
        (self.folder / "host.crt").write_bytes(certificate.read_bytes())
        (self.folder / "host.key").write_bytes(key.read_bytes())
        told = {program.name: program.environment for program in self.stack.service_programs()}
        (self.folder / "stack.json").write_text(json.dumps(told), encoding="utf-8")
        shim = self.folder / "bin" / "kubectl"
        shim.parent.mkdir()
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P "{kubectl.__file__}" "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
        ours = shim.with_name("python")
        ours.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        ours.chmod(0o755)

    def environment(self) -> dict[str, str]:
        kept = self.plane.environment()
        return kept | {
            "PATH": os.pathsep.join((str(self.folder / "bin"), kept["PATH"])),
            "XIANGLI": self.stack.ports.origin,
            "TOKEN": token(self.stack.ports, "county_officer", "450481"),
            "SECOND": token(self.stack.ports, "county_officer", "450481", subject="second-officer"),
            "REGISTRAR": token(self.stack.ports, "county_registrar", "450481"),
            "PUBLISHER": token(self.stack.ports, "county_officer", "450481", subject="officer-b"),
            "OPERATOR": token(self.stack.ports, "operator", "450481"),
            "CLERK": token(self.stack.ports, "village_clerk", "450481114201"),
            "PYTHONPATH": str(ROOT),
            kubectl.REAL: str(tool("kubectl")),
            kubectl.STACK: str(self.folder / "stack.json"),
            "no_proxy": "127.0.0.1",
        }

    async def follow(self, blocks: list[Block]) -> None:
        """A page from its beginning to its end, in one shell that stops at the first command that fails."""
        lines = ["set -eu"]
        for block in blocks:
            lines += [f"echo; echo '@@ begins {block.number}'", block.commands, f"echo; echo '@@ ended {block.number}'"]
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", "\n".join(lines), cwd=self.folder, env=self.environment(), start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(LIMIT):
            out, err = await process.communicate()
        said = out.decode()
        for block in blocks:
            part = re.search(rf"\n@@ begins {block.number}\n(.*?)\n@@ ended {block.number}\n", said, re.DOTALL)
            if part is None:
                raise AssertionError(
                    f"{block.page}: block {block.number} ended with {process.returncode}:\n{block.commands}\n"
                    f"{said.rpartition('@@ begins')[2][-1500:]}\n{err.decode()[-1500:]}"
                )
            self.ran[block.page, block.number] = part[1]

    def missing(self, block: Block) -> list[str]:
        """Lines that the page promises and the block did not print, in that order."""
        said = self.ran[block.page, block.number]
        at = 0
        for number, line in enumerate(block.expected):
            pattern = ".*".join(re.escape(part) for part in line.split("…"))
            found = re.compile(rf"^[ \t+-]*{pattern}[ \t]*$", re.MULTILINE).search(said, at)
            if found is None:
                return list(block.expected[number:])
            at = found.end()
        return []

    async def says(self, service: str, *verb: str) -> str:
        """What a verb of a service prints beside the county."""
        environments = {program.name: program.environment for program in self.stack.service_programs()}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"services.{service}", *verb, env=environments[f"{service}-worker"],
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        return out.decode()
