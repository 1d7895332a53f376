"""Writes a noun into a tree: new files from templates, and its lines in the few files that list all nouns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from deploy.noun.words import NounRefused, Words

TEMPLATES = Path(__file__).parent / "templates"

ROOMS = ("domain", "models", "repository", "service", "schemas", "api", "feature")
TESTS = ("conftest", "samples", "test_api", "test_rules", "test_races", "test_events")


@dataclass
class Written:
    """What was done, as paths below the tree: files by hand, generated ones (the migration), tests, and edits."""

    new: list[str] = field(default_factory=list)
    generated: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)


class Scaffold:
    """One noun, one tree."""

    def __init__(self, root: Path, words: Words) -> None:
        self._root = root
        self._words = words
        self._text = words.substitutions()
        self._service = root / "services" / words.service
        self.written = Written()

    def write(self) -> Written:
        """Everything, or nothing: raises `NounRefused` before the first file if the noun is there already."""
        words = self._words
        folder = self._service / words.nouns
        contract = self._root / "shared/contracts" / words.service / f"{words.nouns}.py"
        tests = self._root / "tests" / words.service / words.nouns
        for path in (folder, contract, tests):
            if path.exists():
                raise NounRefused(f"{path.relative_to(self._root)} is there already")
        self._new(folder / "__init__.py", "init")
        for room in ROOMS:
            self._new(folder / f"{room}.py", room)
        self._new(contract, "contract")
        self._migration()
        self._put(tests / "__init__.py", "", self.written.tests)
        for name in TESTS:
            source = "test_conftest" if name == "conftest" else name
            self._put(tests / f"{name}.py", self._filled(source), self.written.tests)
        self._list_in_contracts(contract.parent / "__init__.py")
        self._list_in_features()
        self._list_in_wiring()
        self._list_permissions()
        return self.written

    def _filled(self, template: str, more: Mapping[str, str] | None = None) -> str:
        text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
        return Template(text).substitute({**self._text, **(more or {})})

    def _new(self, path: Path, template: str) -> None:
        self._put(path, self._filled(template), self.written.new)

    def _put(self, path: Path, text: str, among: list[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        among.append(str(path.relative_to(self._root)))

    def _migration(self) -> None:
        """The table's migration, next in the service's row."""
        versions = self._service / "migrations/versions"
        last = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
        revision = f"{int(last) + 1:04d}"
        text = self._filled("migration", {"revision": revision, "down_revision": head_of(versions)})
        self._put(versions / f"{revision}_{self._words.nouns}.py", text, self.written.generated)

    def _edit(self, path: Path, *changes: tuple[str, str]) -> None:
        """Each change once, by pattern. Raises `NounRefused` if a list does not look as expected."""
        text = path.read_text(encoding="utf-8")
        for pattern, replacement in changes:
            text, found = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
            if not found:
                raise NounRefused(f"{path.relative_to(self._root)} has no place for the noun: {pattern}")
        path.write_text(text, encoding="utf-8")
        self.written.edited.append(str(path.relative_to(self._root)))

    def _list_in_contracts(self, path: Path) -> None:
        nouns = self._words.nouns
        self._edit(
            path,
            (r"^(from shared\.contracts\.\w+ import (?:[\w, ]+$|\([\w,\s]+?(?=,?\s\))))", rf"\1, {nouns}"),
            (r"^(__all__ = \[[^\]]*?),?\s*\]", rf'\1, "{nouns}"]'),
        )

    def _list_in_features(self) -> None:
        words = self._words
        self._edit(
            self._service / "features.py",
            (r"^(from shared\.)", rf"from services.{words.service}.{words.nouns} import feature as {words.nouns}\n\1"),
            (r"(for noun in \([^)]*?),?(\s*)\)", rf"\1, {words.nouns}\2)"),
        )

    def _list_in_wiring(self) -> None:
        words, many = self._words, self._text["Many"]
        made = (
            rf"\n    @cached_property\n    def {words.nouns}(self) -> {many}:\n        return {many}(self._context)\n"
        )
        self._edit(
            self._service / "wiring.py",
            (r"^(from shared\.)", rf"from services.{words.service}.{words.nouns}.service import {many}\n\1"),
            (r"(\n\ndef use_cases\()", rf"{made}\1"),
        )

    def _list_permissions(self) -> None:
        one = self._words.one
        read = "Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.ASSESSOR"
        manage = "Role.VILLAGE_CLERK, Role.TOWN_OFFICER"
        lines = f'    "{one}.manage": roles({manage}),\n    "{one}.read": roles({read}),\n'
        self._edit(self._root / "shared/auth/roles.py", (r"(^PERMISSIONS: (?:.*\n)+?)(^\}\n)", rf"\1{lines}\2"))


def head_of(versions: Path) -> str:
    """The migration on which none rests: where branches came together it is not the one with the highest number."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in versions.glob("[0-9]*.py"))
    made, rested_on = (set(re.findall(rf'^{name} = "(\w+)"', text, re.M)) for name in ("revision", "down_revision"))
    (head,) = made - rested_on
    return str(head)
