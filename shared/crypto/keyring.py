"""Key ring: the first key encrypts, all of them decrypt. Key material never shows in a repr."""

from collections.abc import Iterator, Mapping


class UnknownKey(Exception):
    """Error: a sealed value names a key that this process does not hold."""

    def __init__(self, kid: str) -> None:
        super().__init__(f"no key with id {kid!r}")
        self.kid = kid


class KeyRing:
    """Key ring: keys by id, in order; the first is the active one.

    A rotation puts the new key first, seals everything anew at leisure, and takes the old key out afterwards.
    """

    __slots__ = ("_keys", "active")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("a key ring needs at least one key")
        for kid in keys:
            if not (kid.isascii() and 1 <= len(kid) <= 64):
                raise ValueError("a key id is 1 to 64 ASCII characters")
        self._keys = dict(keys)
        self.active: str = next(iter(self._keys))

    def __getitem__(self, kid: str) -> bytes:
        try:
            return self._keys[kid]
        except KeyError:
            raise UnknownKey(kid) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Key ids and keys, the active one first."""
        return iter(self._keys.items())

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key ring is not pickled: keys stay in the process that was given them")
