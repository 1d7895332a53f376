"""A national code list: a read-only mapping from code to Chinese name that knows where it comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.reference.named_code import NamedCode


class CodeList(Mapping[str, str]):
    """Codes in the standard's order. `standard` names the source."""

    __slots__ = ("_names", "standard")

    def __init__(self, standard: str, names: Mapping[str, str]) -> None:
        self.standard = standard
        self._names = dict(names)

    @classmethod
    def parse(cls, standard: str, text: str) -> "CodeList":
        """From `code name code name …`, split at white space."""
        words = text.split()
        if len(words) % 2:
            raise ValueError(f"{standard}: codes and names do not pair")
        codes, names = words[::2], words[1::2]
        if len(set(codes)) != len(codes):
            raise ValueError(f"{standard}: a code stands twice")
        return cls(standard, dict(zip(codes, names, strict=True)))

    def __getitem__(self, code: str) -> str:
        return self._names[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"CodeList({self.standard}, {len(self)} codes)"


@dataclass(frozen=True, slots=True)
class PublishedCodes:
    """A code list as a service publishes it: id for programs, Chinese title, names by code, the standard it is from."""

    id: str
    title: str
    names: Mapping[str, str]
    standard: str | None = None


def published(id: str, title: str, codes: type[NamedCode] | Mapping[str, str]) -> PublishedCodes:
    """A closed list, a national code list or a plain mapping from code to Chinese name, for publishing."""
    if isinstance(codes, CodeList):
        return PublishedCodes(id, title, codes, codes.standard)
    return PublishedCodes(id, title, codes if isinstance(codes, Mapping) else codes.names())
