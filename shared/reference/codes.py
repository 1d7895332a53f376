"""A national code list: a read-only mapping from code to Chinese name that knows where it comes from."""

from collections.abc import Iterator, Mapping


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
