"""What reaches a container build: the product's files in git, and nothing that lies beside them."""

import subprocess
from pathlib import Path

import pytest

from deploy.image.context import files, is_ignored, read

ROOT = Path(__file__).parents[2]
LINES = read((ROOT / ".dockerignore").read_text(encoding="utf-8"))


def in_git() -> set[str]:
    """Every file that is tracked, or would be: not ignored by git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {path for path in done.stdout.splitlines() if (ROOT / path).is_file()}


def test_the_whole_product_reaches_the_build_and_nothing_else() -> None:
    product = {path for path in in_git() if path.startswith(("shared/", "services/")) and "/testing/" not in path}
    assert set(files(ROOT)) == product | {"LICENSE", "requirements.lock"}


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.example",
        ".git/config",
        ".local/secrets.env",
        ".venv/lib/python3.11/site-packages/x.py",
        "Makefile",
        "deploy/compose.env",
        "deploy/local/county/seed.py",
        "deploy/Dockerfile",
        "docs/api/asyncapi.json",
        "requirements-dev.lock",
        "services/grid/.env",
        "services/grid/__pycache__/app.cpython-313.pyc",
        "services/grid/client.key",
        "services/grid/client.pem",
        "services/registry/.secrets.json",
        "services/registry/kafka.p12",
        "shared/.hidden/module.py",
        "shared/testing/plugin.py",
        "shared/testing/kit_migrations/versions/0001_kit.py",
        "tests/image/conftest.py",
        "tests/contracts/golden/next/x.json",
    ],
)
def test_secrets_tests_and_tools_stay_outside(path: str) -> None:
    assert is_ignored(path, LINES)


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("*", "a/b", True),  # a folder takes what is below it along
        ("*.md", "docs/a.md", False),  # one level only
        ("**/*.md", "a.md", True),
        ("**/*.md", "docs/deep/a.md", True),
        ("docs", "docs/a", True),
        ("docs/", "docs/a", True),
        ("/docs", "docs/a", True),
        ("doc", "docs/a", False),
        ("a/**", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("a?.txt", "ab.txt", True),
        ("a?.txt", "a/.txt", False),
        ("[ab].txt", "b.txt", True),
        ("# *", "a", False),
        ("*\n!a/*.py", "a/x.py", False),
        ("*\n!a/*.py", "a/b/x.py", True),
        ("*\n!a\na/b", "a/b/c", True),  # the last line that matches decides
    ],
)
def test_patterns_are_read_as_container_engines_read_them(pattern: str, path: str, ignored: bool) -> None:
    assert is_ignored(path, read(pattern)) is ignored
