"""The examples with a running county, and the onboarding page's commands as they stand: with the real-broker suite."""

import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.stack.deployment import ROOT
from deploy.local.story.client import StoryClient
from tests.e2e.stack import Running, running, shell
from tests.examples import scenes
from tests.examples.conftest import HotlineOf
from tests.examples.hotline import LANGUAGES, Hotline

pytestmark = [pytest.mark.kafka, pytest.mark.embedded, pytest.mark.xdist_group("stack")]

PAGES = ROOT / "docs/integration"
NEEDED = ("Makefile", ".venv", "deploy", "shared", "services", "requirements-dev.lock")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county() -> AsyncIterator[Running]:
    with tempfile.TemporaryDirectory(prefix="xiangli-examples-", ignore_cleanup_errors=True) as folder:
        async with running(Path(folder)) as found:
            yield found


@pytest_asyncio.fixture(loop_scope="session")
async def client(county: Running) -> AsyncIterator[StoryClient]:
    asking = StoryClient(county.stack.ports)
    yield asking
    await asking.close()


@pytest.fixture
def hotline(request: pytest.FixtureRequest, hotline_of: HotlineOf, county: Running) -> Hotline:
    keys = f"{county.stack.ports.origin}/grid/v1/inbound/keys"
    group = f"county.hotline.{request.node.name[:40]}"
    return hotline_of(request.param).told(bootstrap=county.stack.bootstrap, keys=keys, group=re.sub(r"\W", "_", group))


both = pytest.mark.parametrize("hotline", LANGUAGES, indirect=True)


@both
async def test_a_request_is_sent_accepted_dealt_with_and_closed_once(hotline: Hotline, client: StoryClient) -> None:
    await scenes.from_sent_to_closed(hotline, client)


@both
async def test_what_is_wrong_is_rejected_and_the_hotline_shows_the_code(hotline: Hotline, tmp_path: Path) -> None:
    await scenes.rejected_with_a_code(hotline, tmp_path)


@both
async def test_the_mirror_is_what_indicators_tell_over_http(hotline: Hotline, client: StoryClient) -> None:
    await scenes.mirror_equals_the_published_values(hotline, client)


def blocks(page: str, kind: str) -> list[str]:
    """The page's commands of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", (PAGES / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as a stranger has it, with examples that nobody ran."""
    for name in NEEDED:
        (tmp_path / name).symlink_to(ROOT / name)
    unused = shutil.ignore_patterns("target", ".venv", "*.db", "__pycache__")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=unused)
    return tmp_path


@pytest.mark.handbook
async def test_the_page_leads_from_nothing_to_the_first_accepted_request(county: Running, checkout: Path) -> None:
    said = await shell(blocks("README.md", "sh"), county, checkout)
    for sentence in (
        r"2 sent",
        r"accepted reported",
        r"accepted filed",
        r"  filed  -  [0-9a-f-]{36}  20",
        r"1 sent again",
    ):
        assert re.search(sentence, said), (sentence, said)
    assert re.search(r"^450481  POP-RES  \d{4}-\d\d-\d\d  [1-9]\d+  -$", said, re.MULTILINE)


@pytest.mark.handbook
async def test_the_page_does_the_same_in_java(county: Running, checkout: Path) -> None:
    settings, java = blocks("README.md", "sh")[1], blocks("README.md", "sh java")
    said = await shell(
        ["cd examples/county_hotline/python", settings, "export HOTLINE_STORE=j.db", *java], county, checkout
    )
    assert "2 sent" in said
    assert said.count("accepted reported") == 2
