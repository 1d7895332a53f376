"""A client that a standard generator makes out of the published document compiles, and does the five flows."""

import json
from pathlib import Path

import pytest

from deploy.local.locks import ROOT
from tests.clients import flows
from tests.clients.node import run, tool
from tests.e2e.stack import Running

pytestmark = [pytest.mark.client, pytest.mark.embedded, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def compiled(node_workspace: Path) -> Path:
    """Generated with `openapi-typescript`, compiled with `tsc --strict`."""
    document = str(ROOT / "docs/api/openapi.json")
    generator = tool(node_workspace, "openapi-typescript")
    run(node_workspace, generator, document, "--default-non-nullable=false", "-o", "src/api.ts")
    run(node_workspace, tool(node_workspace, "tsc"), "-p", "tsconfig.json")
    return node_workspace / "dist"


def test_the_compiler_refuses_what_the_document_does_not_know(compiled: Path) -> None:
    """`src/types.ts` holds the refusals as `@ts-expect-error`: one that is none fails the compilation."""
    assert (compiled / "types.js").exists()


async def test_the_generated_client_does_five_flows(county: Running, compiled: Path) -> None:
    told = await flows.given(county)
    flows.confirm(run(compiled.parent, "node", "dist/flows.js", FLOWS=json.dumps(told)), told)
