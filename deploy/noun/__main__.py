"""`python -m deploy.noun <service> <nouns> [--one orchard] [--title 果园]`: writes a noun that passes its tests."""

import argparse
import subprocess
import sys
from pathlib import Path

from deploy.noun.scaffold import Scaffold
from deploy.noun.words import NounRefused, Words

ROOT = Path(__file__).parents[2]


def main() -> int:
    """0 when it was written, 1 when it was refused."""
    parser = argparse.ArgumentParser(prog="python -m deploy.noun", description="scaffold of a noun")
    parser.add_argument("service")
    parser.add_argument("nouns", help="plural in snake_case: the folder")
    parser.add_argument("--one", default="", help="its singular, if the plain rules do not find it")
    parser.add_argument("--title", default="", help="its Chinese name")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        words = Words.of(arguments.service, arguments.nouns, arguments.one, arguments.title)
        written = Scaffold(arguments.root, words).write()
    except NounRefused as error:
        print(f"noun: {error}", file=sys.stderr)
        return 1
    tidy(arguments.root, [*written.new, *written.generated, *written.tests, *written.edited])
    for name, paths in vars(written).items():
        print(f"{name}:", *paths, sep="\n  ")
    print(
        "next: name it in Chinese (未命名), fit its fields, `make generate`, its line in docs/glossary.md, `make test`"
    )
    return 0


def tidy(root: Path, paths: list[str]) -> None:
    """Order of imports and line breaks as everywhere."""
    for command in (("check", "-q", "--select", "I,RUF022", "--fix"), ("format", "-q")):
        subprocess.run([sys.executable, "-m", "ruff", *command, *paths], cwd=root, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
