"""The page about tokens: the same commands in both languages, and they do what they say."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.keycloak.server import KeycloakServer
from deploy.local.stack.deployment import ROOT
from shared.auth.roles import Role
from shared.auth.tokens import ALGORITHMS, MAX_SUBJECT, MAX_TOKEN, SKEW
from tests.oidc.county import County

PAGES = {name: (ROOT / "docs/integration" / name).read_text("utf-8") for name in ("identity.md", "identity.zh-CN.md")}
ARCHITECTURE = (ROOT / "docs/architecture/identity.md").read_text("utf-8")


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def test_both_languages_have_the_same_commands() -> None:
    for kind in ("sh", "json", "console"):
        one, other = (blocks(page, kind) for page in PAGES.values())
        assert one == other
        assert one


@pytest.mark.parametrize("name", PAGES)
def test_the_page_names_every_role_every_algorithm_and_the_limits_as_they_are(name: str) -> None:
    page = PAGES[name]
    for word in (*(f"`{role}`" for role in Role), *ALGORITHMS, f"{MAX_TOKEN:,}", str(MAX_SUBJECT), str(SKEW)):
        assert word in page, word


def test_the_links_of_the_pages_lead_somewhere() -> None:
    for folder, page in (*(("docs/integration", page) for page in PAGES.values()), ("docs/architecture", ARCHITECTURE)):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page):
            assert (ROOT / folder / target).exists(), target


@pytest.mark.oidc
@pytest.mark.xdist_group("oidc")
def test_the_commands_of_the_page_bring_a_county_system_to_its_first_answer(
    county: County, keycloak: KeycloakServer, tmp_path: Path
) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = "set -eu -o pipefail\n" + "\n".join(blocks(PAGES["identity.md"], "sh"))
    done = subprocess.run(
        [bash, "-c", script],
        cwd=tmp_path,
        env=os.environ
        | {
            "KEYCLOAK": keycloak.url,
            "ADMINISTRATOR": str(keycloak.password_file),
            "PORT": str(county.stack.stack.ports.base),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert '"code":"POP-RES"' in done.stdout
    assert '"code":"450481114201001"' in done.stdout
