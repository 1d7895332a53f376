"""Content of a version of an item (事项): what it says, what is wrong with it, what differs between two."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from services.services_hall.items.domain.codes import HandlingMode
from services.services_hall.items.domain.rules import check_duty, check_fee, check_limits, check_steps
from shared.contracts.duties import DutyKind
from shared.errors import FieldError, Invalid
from shared.ledgers.application_forms import compiled
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True)
class NewItem:
    """What an item is, whatever its versions say."""

    code: str
    department: str
    category: str
    target: str


@dataclass(frozen=True)
class NewVersion:
    """The content of a version. Days are working days, the fee is in fen. JSON, as it is stored.

    `areas`: where it is offered; none: in the whole county. `duty`: place in the town's list of duties. `places`: where
    people go, each with address, hours and phone. `form`: what is filled in.
    """

    name: str
    handling_mode: HandlingMode
    statutory_days: int
    promised_days: int
    levels: tuple[int, ...]
    fee_fen: int = 0
    fee_basis: str | None = None
    complaint_phone: str | None = None
    window: str | None = None
    duty: DutyKind | None = None
    conditions: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    materials: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    steps: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    places: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    result: dict[str, Any] | None = None
    effect: dict[str, Any] | None = None
    form: dict[str, Any] | None = None

    def check(self) -> None:
        """Raises `Invalid` for the first kind of faults that is found: limits, steps, duty, fee, areas, form."""
        check_limits(self.handling_mode, self.statutory_days, self.promised_days)
        check_steps(self.promised_days, [step["days"] for step in self.steps])
        check_duty(self.duty, self.levels, self.steps)
        check_fee(self.fee_fen, self.fee_basis)
        short = [n for n, area in enumerate(self.areas) if len(area) < COUNTY_DIGITS]
        if short:
            raise Invalid(errors=[FieldError(f"areas.{n}", "area_code", "应为县级以下的区划代码") for n in short])
        names = [one["name"] for one in self.materials]
        twice = [n for n, name in enumerate(names) if name in names[:n]]
        if twice:  # shared materials of packages, and tables, know a material by its name
            raise Invalid(errors=[FieldError(f"materials.{n}.name", "repeated", "材料名称重复") for n in twice])
        if self.form is not None:
            compiled(self.form)

    def stored(self) -> dict[str, Any]:
        """As columns of a version hold it."""
        content = asdict(self)
        return {
            name: list(value) if isinstance(value, tuple) else str(value) if name in _CODES and value else value
            for name, value in content.items()
        }


_CODES = frozenset({"handling_mode", "duty"})
NAMES = tuple(one.name for one in fields(NewVersion))


def content_of(version: Any) -> dict[str, Any]:
    """What a published version says, as `NewVersion.stored` has it."""
    return {name: getattr(version, name) for name in NAMES}


def read_content(content: Mapping[str, Any]) -> NewVersion:
    """A stored content, as it is checked and published."""
    read: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in content.items()}
    read["handling_mode"] = HandlingMode(read["handling_mode"])
    read["duty"] = DutyKind(read["duty"]) if read["duty"] else None
    return NewVersion(**read)


_ORDER = {name: place for place, name in enumerate(NAMES)}
"""The order of a content: what is stored as JSON keeps none."""


@dataclass(frozen=True)
class Change:
    """A part that differs (`promised_days`, `materials.户口簿.copies`), with both values; null where there is none."""

    path: str
    old: Any
    new: Any


_KEYS: Mapping[str, str] = {"materials": "name", "steps": "name", "places": "name", "fields": "name", "rows": "name"}
"""Lists whose members have names: they are compared by name, and once more for their order."""


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every part that differs between two contents, in the order of the content."""
    return list(_compared(old, new, ""))


def _compared(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Change]:
    for name in sorted(dict.fromkeys((*new, *old)), key=lambda one: _ORDER.get(one, len(_ORDER))):
        one, other, here = old.get(name), new.get(name), f"{path}{name}"
        if one == other:
            continue
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _compared(one, other, f"{here}.")
        elif name in _KEYS and isinstance(one, Sequence) and isinstance(other, Sequence):
            yield from _members(one, other, here, _KEYS[name])
        else:
            yield Change(here, one, other)


def _members(old: Sequence[Any], new: Sequence[Any], path: str, key: str) -> Iterator[Change]:
    before, after = ({str(one[key]): one for one in members} for members in (old, new))
    if len(before) < len(old) or len(after) < len(new):
        yield Change(path, list(old), list(new))
        return
    yield from _compared(before, after, f"{path}.")
    kept, order = [name for name in before if name in after], [name for name in after if name in before]
    if kept != order:
        yield Change(f"{path}.order", kept, order)
