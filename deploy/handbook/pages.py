"""Reader of the handbook's pages: the commands of every fenced `sh` block, in order."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "operations"
PAGES = (
    "install",
    "first-day",
    "begin",
    "configure",
    "republish",
    "dead-letters",
    "keys",
    "restore",
    "log-cut",
    "upgrade",
)
"""Pages with commands, in the order in which an operator meets them: each begins where the one before it ended."""

CHINESE = ".zh-CN"
_FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One `sh` block of a page. `expected`: lines that it prints, from the `text` block below it; `…` is anything."""

    page: str
    number: int
    commands: str
    expected: tuple[str, ...]


def text_of(page: str, language: str = "") -> str:
    """Text of a page. `language`: "" for English or CHINESE."""
    return (FOLDER / f"{page}{language}.md").read_text(encoding="utf-8")


def blocks(page: str, language: str = "") -> list[Block]:
    """The commands of a page. Raises ValueError for a code fence without a language, which could hide some."""
    text = text_of(page, language)
    fences = list(_FENCE.finditer(text))
    if any(not fence[1] for fence in fences) or text.count("```") != 2 * len(fences):
        raise ValueError(f"{page}{language}: a code fence has no language")
    found: list[Block] = []
    for fence, following in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] == "sh":
            expected: list[str] = []
            if following is not None and following[1] == "text" and not text[fence.end() : following.start()].strip():
                expected = following[2].splitlines()
            found.append(Block(page, len(found) + 1, fence[2], tuple(expected)))
    return found
