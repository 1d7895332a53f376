"""Code with a Chinese name: the value of a closed list, as programs store it and as people read it."""

from enum import StrEnum
from typing import Any, Self


class NamedCode(StrEnum):
    """A closed list of codes, each with its Chinese name: `ACTIVE = "active", "在册"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """A member out of its code and its Chinese name. Raises `TypeError` for a code without a name."""
        if not label:
            raise TypeError(f"{code} has no Chinese name")
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """JSON Schema of the list: the names stand in `x-enum-descriptions`, which generators of clients know."""
        reference: dict[str, Any] = handler(core_schema)
        handler.resolve_ref_schema(reference)["x-enum-descriptions"] = [member.label for member in cls]
        return reference

    @classmethod
    def names(cls) -> dict[str, str]:
        """Chinese names by code, in the order of the list."""
        return {member.value: member.label for member in cls}
