"""Rules of editions (区划更新): what a newer division file changes, what must be answered, which changes follow."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.area_changes.domain import Move, Opening, Plan, never_in_force
from services.registry.areas.domain import Division, KnownArea, kind_of
from shared.contracts.registry.area_changes import AreaChangeKind
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.areas import TOWN_DIGITS, VILLAGE_DIGITS, Kind, parent


class AreaEditionChanged(DomainError):
    """The tree has changed since the comparison: something else would happen than was shown."""

    kind, code, title = ErrorKind.CONFLICT, "area_edition_changed", "对照之后区划又有变动，与所见差异不符"
    advice = "请重新对照，核对差异后再启用"


class AreaEditionUnanswered(DomainError):
    """Areas are not in the file any more, and nobody says what becomes of them."""

    kind, code, title = ErrorKind.INVALID, "area_edition_unanswered", "有区划不再列于文件中，须逐一说明去向"
    advice = "请为所列区划填写承接区划；确无承接区划且已无人的，承接区划留空"


@dataclass(frozen=True, slots=True)
class Heir:
    """An area of the file that may be one that has ended: the same name. `same_parent`: below the same area too."""

    code: str
    name: str
    same_parent: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """An area that is not in the file any more, and which new ones bear its name: asked, never guessed."""

    code: str
    name: str
    heirs: tuple[Heir, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a newer file changes in an area."""

    added: tuple[Division, ...]
    ended: tuple[Ending, ...]
    renamed: tuple[tuple[Division, str], ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.ended or self.renamed)

    @property
    def digest(self) -> str:
        """What tells this difference from another one: who carries it out says which one was seen."""
        lines = [f"+{one.code} {one.name}" for one in self.added]
        lines += [f"-{one.code} {one.name}" for one in self.ended]
        lines += [f"={one.code} {before} {one.name}" for one, before in self.renamed]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def check_edition(
    divisions: Sequence[Division], tree: Mapping[str, KnownArea], area: str, day: date
) -> Sequence[FieldError]:
    """What keeps a file from being the newer edition of an area, besides what keeps it from any import.

    `tree`: the area, what lies in it and above it. `day`: the first day of the areas that are new, which no area above
    them is younger than.
    """
    named = {one.code for one in divisions}
    first: dict[tuple[str | None, str], int] = {}
    errors: list[FieldError] = []
    for one in sorted(divisions, key=lambda division: division.row):
        path, before = f"rows.{one.row}", tree.get(one.code)
        if not one.code.startswith(area):
            if not area.startswith(one.code) or before is None or before.name != one.name:
                errors.append(FieldError(f"{path}.code", "outside_area", "该区划不在本次更新的区划内"))
            continue
        if first.setdefault((one.parent, one.name), one.row) != one.row:
            errors.append(FieldError(f"{path}.name", "named_twice", "同一上级下有两个同名区划，请核对是否重复"))
        if before is not None and before.valid_to is not None and not never_in_force(before):
            errors.append(FieldError(f"{path}.code", "code_ended", "该代码的区划已撤销，代码不得再用"))
        if one.code != area and one.parent != area and one.parent in tree and one.parent not in named:
            errors.append(FieldError(f"{path}.parent_code", "parent_missing", "上级区划不在文件中"))
    new = [one for one in divisions if one.code.startswith(area) and _opens(tree.get(one.code))]
    above = [upper for one in new if (upper := tree.get(one.parent or "")) is not None and not _opens(upper)]
    if any(upper.valid_from > day for upper in above):
        errors.append(FieldError("effective_on", "before_parent", "启用日早于新增区划的上级区划的启用日期，请核对年份"))
    return errors


def _opens(before: KnownArea | None) -> bool:
    return before is None or never_in_force(before)


def compare(divisions: Sequence[Division], tree: Mapping[str, KnownArea], area: str) -> Difference:
    """What a sound file changes in an area: opened, ended, renamed."""
    named = {one.code: one for one in divisions if one.code.startswith(area)}
    living = {code: one for code, one in tree.items() if code.startswith(area) and one.valid_to is None}
    added = [one for code, one in sorted(named.items()) if code not in living]
    ended = [one for code, one in sorted(living.items()) if code not in named and code != area]
    renamed = [(one, living[code].name) for code, one in sorted(named.items()) if _has_other_name(one, living)]
    return Difference(
        added=tuple(added),
        ended=tuple(Ending(one.code, one.name, tuple(_heirs(one, added))) for one in ended),
        renamed=tuple(renamed),
        unchanged=len(named) - len(added) - len(renamed),
    )


def _has_other_name(one: Division, living: Mapping[str, KnownArea]) -> bool:
    return one.code in living and living[one.code].name != one.name


def _heirs(ended: KnownArea, added: Iterable[Division]) -> Sequence[Heir]:
    same = [one for one in added if one.name == ended.name and len(one.code) == len(ended.code)]
    heirs = [Heir(one.code, one.name, one.parent == ended.parent) for one in same]
    return sorted(heirs, key=lambda heir: (not heir.same_parent, heir.code))


def check_answers(
    difference: Difference, moves: Sequence[Move], named: Collection[str], area: str
) -> Sequence[FieldError]:
    """What is wrong with the answers: an origin that goes on, an heir that is not in the file, an area twice."""
    ended = {one.code for one in difference.ended}
    origins = [move.origin for move in moves]
    errors = []
    for number, move in enumerate(moves):
        path = f"moves.{number}"
        if origins.index(move.origin) != number:
            errors.append(FieldError(f"{path}.origin", "duplicate", "该区划重复"))
        elif move.origin not in ended and not (move.stays and move.origin in named):
            errors.append(FieldError(f"{path}.origin", "not_ended", "该区划仍在文件中，或不在本次更新的区划内"))
        targets = [("to", move.to), *((f"shares.{n}.to", one.to) for n, one in enumerate(move.shares))]
        for where, target in targets:
            if target is not None and (target not in named or not target.startswith(area)):
                errors.append(FieldError(f"{path}.{where}", "not_in_file", "承接区划不在文件中"))
            elif target is not None and len(target) != len(move.origin):
                errors.append(FieldError(f"{path}.{where}", "level", "承接区划须与原区划同级"))
        if move.origin in ended and move.to is None and move.shares:
            errors.append(FieldError(f"{path}.to", "missing", "该区划撤销：请填写其余居民的承接区划"))
    return errors


def unanswered(difference: Difference, moves: Sequence[Move]) -> Sequence[str]:
    """Areas that end of which no answer says what becomes of them."""
    answered = {move.origin for move in moves}
    return [one.code for one in difference.ended if one.code not in answered]


@dataclass(frozen=True, slots=True)
class Stage:
    """Something that is done at once: areas that open without anybody, or a plan with the numbers of its answers."""

    opens: tuple[Opening, ...] = ()
    plan: Plan | None = None
    numbers: tuple[int, ...] = ()


def stages(difference: Difference, moves: Sequence[Move], day: date, kinds: Mapping[str, str]) -> Iterator[Stage]:
    """What follows from a difference and its answers, in an order in which each finds what it rests on.

    Villages that nobody carries on end first; new towns open; then changes of areas, each of what hangs together, so
    that each is undone by itself; then towns end that nobody carries on, and new villages open. `kinds`: of the areas
    that the answers name.
    """
    added = {one.code: Opening(one.code, one.name) for one in difference.added}
    numbered = list(enumerate(moves))
    targets = {target for move in moves for target in move.targets}
    empty = [Opening(code, one.name) for code, one in added.items() if code not in targets]
    heirless = [(n, move) for n, move in numbered if not move.targets]
    for n, move in heirless:
        if len(move.origin) == VILLAGE_DIGITS:
            yield Stage(plan=Plan(AreaChangeKind.ABOLISH, day, (), (move,)), numbers=(n,))
    yield Stage(opens=tuple(one for one in empty if len(one.code) == TOWN_DIGITS))
    for group in _groups([(n, move) for n, move in numbered if move.targets]):
        its_moves = tuple(move for _, move in group)
        used = sorted({target for move in its_moves for target in move.targets} & set(added))
        opens = tuple(added[code] for code in used)
        plan = Plan(_kind(its_moves, set(used), kinds), day, opens, its_moves)
        yield Stage(plan=plan, numbers=tuple(n for n, _ in group))
    for n, move in heirless:
        if len(move.origin) == TOWN_DIGITS:
            yield Stage(plan=Plan(AreaChangeKind.ABOLISH, day, (), (move,)), numbers=(n,))
    yield Stage(opens=tuple(one for one in empty if len(one.code) == VILLAGE_DIGITS))


def _groups(numbered: Sequence[tuple[int, Move]]) -> Sequence[Sequence[tuple[int, Move]]]:
    """Answers that hang together: by an area that both name, by a town that ends or opens with its villages."""
    named = {code for _, move in numbered for code in (move.origin, *move.targets)}
    towns = {code for code in named if len(code) == TOWN_DIGITS}
    groups: list[tuple[set[str], list[tuple[int, Move]]]] = []
    for n, move in numbered:
        codes = {move.origin, *move.targets}
        codes |= {upper for code in codes if (upper := code[:TOWN_DIGITS]) in towns}
        joined: list[tuple[int, Move]] = [(n, move)]
        for known in [one for one in groups if one[0] & codes]:
            groups.remove(known)
            codes |= known[0]
            joined += known[1]
        groups.append((codes, sorted(joined, key=lambda one: one[0])))
    return [joined for _, joined in groups]


def _kind(moves: Sequence[Move], opened: Collection[str], kinds: Mapping[str, str]) -> AreaChangeKind:
    """The kind whose conditions the moves meet; `regroup` asks for none."""
    if len(moves) == 1 and moves[0].shares:
        return AreaChangeKind.SPLIT
    targets = {target for move in moves for target in move.targets}
    if any(move.shares for move in moves):
        return AreaChangeKind.REGROUP
    if len(targets) == 1 and (len(moves) > 1 or not opened):
        return AreaChangeKind.MERGE
    if len(targets) != len(moves) or targets - set(opened):
        return AreaChangeKind.REGROUP
    if all(_is_converted(move, kinds) for move in moves):
        return AreaChangeKind.CONVERT
    if all(len(move.origin) == TOWN_DIGITS or parent(move.origin) != parent(move.to or "") for move in moves):
        return AreaChangeKind.TRANSFER
    return AreaChangeKind.REGROUP


def _is_converted(move: Move, kinds: Mapping[str, str]) -> bool:
    within = parent(move.origin) == parent(move.to or "")
    into = kind_of(move.to or "") == Kind.RESIDENTS_COMMITTEE
    return within and into and kinds.get(move.origin) == Kind.VILLAGERS_COMMITTEE


def at_answers(error: DomainError, stage: Stage, rows: Mapping[str, int]) -> DomainError:
    """The refusal of a stage with the paths of the request: of its answers, and of the lines that it opens."""
    assert stage.plan is not None
    errors = []
    for one in error.errors:
        head, _, rest = one.path.partition(".")
        number, _, column = rest.partition(".")
        path = one.path
        if head == "moves":
            path = f"moves.{stage.numbers[int(number)]}.{column}"
        elif head == "opens":
            path = f"rows.{rows[stage.plan.opens[int(number)].code]}.{column}"
        errors.append(FieldError(path, one.code, one.message))
    if not errors:
        errors = [FieldError(f"moves.{number}.to", error.code, error.title) for number in stage.numbers]
    return type(error)(error.subject, detail=error.detail, errors=errors)
