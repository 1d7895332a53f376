"""Pages of the documents whose commands are executed: against a county, in a folder that has the project's tools."""

import re
from pathlib import Path

from deploy.local.stack.deployment import ROOT
from tests.e2e.stack import Running, shell

LEDGERS, APPS = ROOT / "docs" / "ledgers", ROOT / "docs" / "integration"
NEEDED = ("Makefile", ".venv", "deploy", "shared", "services", "requirements-dev.lock")
"""What commands need of the project."""
_STRICT = 'curl() { command curl -S --fail-with-body "$@"; }'


def commands_of(page: Path) -> list[str]:
    """The commands of a page, block by block."""
    return re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def link(folder: Path) -> None:
    """What commands need, in a folder of a test."""
    for name in NEEDED:
        (folder / name).symlink_to(ROOT / name)


async def execute(blocks: list[str], county: Running, folder: Path) -> str:
    """All blocks in one shell, which ends at the first refusal. What it said."""
    ports = county.stack.ports
    page = "\n".join(blocks)
    here = page.replace("http://127.0.0.1:8000", ports.origin).replace("http://127.0.0.1:8013", ports.issuer_url)
    return await shell([_STRICT, here], county, folder)
