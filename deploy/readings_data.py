"""Readings of Chinese characters (读音): writes `shared/reference/readings.txt` from the package pypinyin.

`python -m deploy.readings_data [--check]`. Each line holds the readings of its characters without tones, the usual one
first: a character is looked up alone, because in a word the package gives the word's reading only (曾经, 解放).
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin
from pypinyin.pinyin_dict import pinyin_dict

FILE = Path(__file__).parents[1] / "shared" / "reference" / "readings.txt"
MOST = 3
"""Readings kept of a character: what comes after is found in old texts only."""
_SYLLABLE = re.compile(r"[a-z]+")


def readings(character: str) -> tuple[str, ...]:
    """Readings of one character without tones, ü as v."""
    (found,) = pinyin(character, heteronym=True, style=Style.NORMAL)
    return tuple(dict.fromkeys(one for one in found if one != character and _SYLLABLE.fullmatch(one)))[:MOST]


def render() -> str:
    """Content of the file, in the order of the readings."""
    lines: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for point in sorted(pinyin_dict):
        if found := readings(chr(point)):
            lines[found].append(chr(point))
    return "".join(f"{','.join(found)} {''.join(characters)}\n" for found, characters in sorted(lines.items()))


def main() -> None:
    """Write the file, or say that it is stale."""
    if "--check" in sys.argv[1:]:
        if FILE.read_text("utf-8") != render():
            sys.exit(f"{FILE.name} is stale: run python -m deploy.readings_data")
        return
    FILE.write_text(render(), "utf-8")


if __name__ == "__main__":
    main()
