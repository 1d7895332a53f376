"""Pinyin of names (姓名拼音) and titles: every reading under which somebody may look for one, without tones.

A surname is read by the table of surnames, everything else character by character, with each of its readings.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from shared.reference.names import DOT, clean_name, is_han
from shared.reference.surnames import COMPOUND, SINGLE

MOST = 32
"""Readings of one name. Those of its later characters give way: 乐乐乐乐 has eighty-one."""
_LETTERS = re.compile(r"[^a-z]")
_UMLAUT = {"lv": ("lv", "lyu", "lu"), "nv": ("nv", "nyu", "nu")}
"""ü as keyboards have it, as passports write it (GB/T 28039), and without its dots."""

_COMPOUND: Mapping[str, Sequence[str]] = {
    first: [surname for surname in COMPOUND if surname[0] == first] for first in {surname[0] for surname in COMPOUND}
}
"""Surnames of several characters by their first one, in the order of the table."""

Syllables = tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Readings:
    """Readings of one name: `full`, run together, and `initials`. Its repr has no letter of them."""

    full: frozenset[str]
    initials: frozenset[str]


def readings(name: str) -> Readings:
    """Every reading of a name, at most `MOST` of them. A name in another script than Chinese or Latin has none."""
    read = [one for one in _read(clean_name(name).text.split(DOT)) if one]
    return Readings(frozenset(map("".join, read)), frozenset("".join(part[0] for part in one) for one in read))


def title_readings(title: str) -> frozenset[str]:
    """Readings of a title, run together and as initials: the usual ones, and each with one character read otherwise.

    So a part of it that is typed is found by any reading of one character in it, however long the title is.
    """
    choices: list[tuple[str, ...]] = []
    for character in title:
        if is_han(character):
            choices.append(_of_character(character) or ("",))
        elif letters := typed(character):
            choices.append((letters,))
    usual = [one[0] for one in choices]
    found = [usual]
    for place, one in enumerate(choices):
        found += [[*usual[:place], other, *usual[place + 1 :]] for other in one[1:]]
    return frozenset(filter(None, (made for one in found for made in ("".join(one), "".join(s[:1] for s in one)))))


def typed(text: str) -> str:
    """What was typed for pinyin, as readings are written: letters alone, without tones; empty if there is no letter."""
    text = text.casefold().replace("u:", "v")
    text = unicodedata.normalize("NFC", text).translate(str.maketrans("üǖǘǚǜ", "vvvvv"))
    return _LETTERS.sub(
        "", "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    )


def _read(parts: Sequence[str]) -> list[Syllables]:
    """Readings of the parts of a name. Only a name without a dot begins with a surname (阿不都·热合曼)."""
    if len(parts) > 1:
        return _combined([choice for part in parts for choice in _choices(part)])
    (name,) = parts
    found: list[Syllables] = []
    for surname, choices in _surnames(name):
        found += _combined([choices, *_choices(name[len(surname) :])])
    return found[:MOST] or _combined(list(_choices(name)))


def _surnames(name: str) -> Iterator[tuple[str, Sequence[Syllables]]]:
    """Surnames with which the name may begin, the longest first: 单于 is one, or 单 and a given name."""
    for surname in _COMPOUND.get(name[:1], ()):
        if name.startswith(surname):
            yield surname, [_cut(one, surname) for one in COMPOUND[surname]]
    if name[:1] in SINGLE:
        yield name[0], [(one,) for one in SINGLE[name[0]]]


def _cut(whole: str, surname: str) -> Syllables:
    """The reading of a compound surname by its characters: chanyu → chan, yu."""
    if len(surname) == 1:
        return (whole,)
    heads = [whole[:end] for end in range(1, len(whole))]
    known = set(_of_character(surname[0])) | set(SINGLE.get(surname[0], ()))
    head = next((one for one in reversed(heads) if one in known), None)
    head = head or next(one for one in heads if whole[len(one) :] in _of_character(surname[-1]))
    return (head, *_cut(whole[len(head) :], surname[1:]))


def _choices(part: str) -> Iterator[Sequence[Syllables]]:
    """Readings of each character; Latin letters stand for themselves, word by word."""
    for word in filter(str.isalpha, part) if any(map(is_han, part)) else re.split(r"[ \-.]", part):
        if len(word) == 1 and is_han(word):
            if found := _of_character(word):
                yield [(one,) for one in found]
        elif letters := typed(word):
            yield [(letters,)]


def _combined(choices: Sequence[Sequence[Syllables]]) -> list[Syllables]:
    """Each choice with each, as long as there are not more than `MOST`; beyond them the usual readings alone."""
    if all(len(choice) == 1 for choice in choices):  # as nearly all are
        only = tuple(syllable for (reading,) in choices for syllable in reading)
        return [only] if only else []
    found: list[Syllables] = [()]
    for choice in choices:
        several = choice[: max(1, MOST // len(found))]
        found = [(*before, *one) for before in found for one in several]
    return [one for one in found if one]


@cache
def _of_character(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spelt for one in _table().get(character, ()) for spelt in _UMLAUT.get(one, (one,))))


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """Readings by character, out of `readings.txt` (made by `deploy.readings_data`), read at the first question."""
    text = resources.files("shared.reference").joinpath("readings.txt").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        read, characters = line.split(" ")
        found.update(dict.fromkeys(characters, tuple(read.split(","))))
    return found
