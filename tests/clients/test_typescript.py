"""A client that a standard generator makes out of the published document compiles, and does what the story tells."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.locks import ROOT
from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from deploy.local.story.state import GRID, VILLAGE
from deploy.local.tokens import token
from tests.clients.node import run, tool
from tests.e2e.stack import running

pytestmark = [pytest.mark.node, pytest.mark.embedded, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def compiled(node_workspace: Path) -> Path:
    """Generated with `openapi-typescript`, compiled with `tsc --strict`."""
    document = str(ROOT / "docs/api/openapi.json")
    generator = tool(node_workspace, "openapi-typescript")
    run(node_workspace, generator, document, "--default-non-nullable=false", "-o", "src/api.ts")
    run(node_workspace, tool(node_workspace, "tsc"), "-p", "tsconfig.json")
    return node_workspace / "dist"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a server that runs as another user may look."""
    with tempfile.TemporaryDirectory(prefix="xiangli-client-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def test_the_compiler_refuses_what_the_document_does_not_know(compiled: Path) -> None:
    """`src/types.ts` holds the refusals as `@ts-expect-error`: one that is none fails the compilation."""
    assert (compiled / "types.js").exists()


async def test_the_generated_client_tells_the_storys_first_three_steps(compiled: Path, folder: Path) -> None:
    async with running(folder) as county:
        ports = county.stack.ports
        client = StoryClient(ports)
        story = Story(county.stack, client)
        await story.settles()
        await client.close()
        told = {
            "origin": ports.origin,
            "clerk": token(ports, "village_clerk", VILLAGE),
            "officer": token(ports, "county_officer", "450481"),
            "household": story.new_household(),
            "areas": [GRID, VILLAGE, "450481114", "450481"],
        }
        said = run(compiled.parent, "node", "dist/story.js", STORY=json.dumps(told))
    assert said.startswith("told: household ")
    assert said.count("→") == 4
