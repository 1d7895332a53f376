#!/usr/bin/env bash
# Search by pinyin needs every reading of a surname. pypinyin 0.55.0 with heteronym=True gives all readings of a character that stands
# alone or in an unknown word (曾国 ceng, zeng), but one only where the text is a word of its dictionary: 曾经, 单纯 and 解放, which are
# names too, have ceng, dan and jie, and the surnames' readings zeng, shan and xie are not among the answers. Character by character
# (strict lists of one) all are there. Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pypinyin==0.55.0
"$work/venv/bin/python" - <<'END'
import sys

from pypinyin import Style, pinyin


def first_readings(text):
    return pinyin(text, heteronym=True, style=Style.NORMAL)[0]


names = {"曾经": "zeng", "单纯": "shan", "解放": "xie"}
as_words = {name: first_readings(name) for name in names}
alone = {name: first_readings(name[0]) for name in names}
unknown = first_readings("曾国")
print("as words:", as_words)
print("first character alone:", alone)
print("曾国:", unknown)
as_seen = all(len(as_words[name]) == 1 and surname not in as_words[name] for name, surname in names.items())
as_seen = as_seen and all(surname in alone[name] for name, surname in names.items()) and "zeng" in unknown
sys.exit(0 if as_seen else 1)
END
