"""GB 18030 in its edition of 2022: the characters that moved out of the private use area, in and out.

Python's codec is that of 2000. Ten vertical punctuation marks and eight ideographs, which then stood in private use,
got code points that GB 18030-2022 adopts; six ideographs (FE51 and its kin) and ḿ (A8BC, since 2005) have code points
of their own as well. Older files and fonts hold them in private use, also in UTF-8 and `.xlsx`.
"""

import re
from collections.abc import Mapping

_MOVED: Mapping[str, str] = {
    "\ue78d": "\ufe10", "\ue78e": "\ufe12", "\ue78f": "\ufe11", "\ue790": "\ufe13", "\ue791": "\ufe14",
    "\ue792": "\ufe15", "\ue793": "\ufe16", "\ue794": "\ufe17", "\ue795": "\ufe18", "\ue796": "\ufe19",
    "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7", "\ue832": "\u9fb8",
    "\ue843": "\u9fb9", "\ue854": "\u9fba", "\ue864": "\u9fbb",
    "\ue816": "\U00020087", "\ue817": "\U00020089", "\ue818": "\U000200cc", "\ue831": "\U000215d7",
    "\ue83b": "\U0002298f", "\ue855": "\U000241fe", "\ue7c7": "\u1e3f",
}  # fmt: skip
_IN = str.maketrans(dict(_MOVED))
_MOVED_FROM = re.compile(f"[{''.join(_MOVED)}]")
_OUT = str.maketrans({new: old for old, new in _MOVED.items()})


def with_assigned(text: str) -> str:
    """The text with the assigned characters in place of those in private use: what is stored."""
    return text if text.isascii() or _MOVED_FROM.search(text) is None else text.translate(_IN)


def with_private_use(text: str) -> str:
    """The text as a partner with an older system asks for it: private use in place of the characters that moved."""
    return text if text.isascii() else text.translate(_OUT)


def decode(data: bytes) -> str:
    """Text of GB 18030 bytes of any edition, in assigned characters. Raises UnicodeDecodeError."""
    return with_assigned(data.decode("gb18030"))


def encode(text: str) -> bytes:
    """GB 18030-2022 bytes: the two-byte code of each character that moved, which older editions read as private use."""
    return with_private_use(text).encode("gb18030")
