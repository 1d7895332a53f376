"""Dockerfile parser: the instructions that ours uses; every other one is refused by name."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

KNOWN = frozenset(
    "ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN STOPSIGNAL USER WORKDIR".split()  # noqa: SIM905
)


class DockerfileError(ValueError):
    """The file has an unknown or malformed instruction; the message names the line."""


@dataclass(frozen=True)
class Instruction:
    """One instruction. `text` is what follows its name and flags, continued lines joined."""

    line: int
    name: str
    flags: Mapping[str, str]
    text: str

    def words(self) -> list[str] | None:
        """The words of the JSON form; None for the shell form."""
        if not self.text.startswith("["):
            return None
        found = json.loads(self.text)
        if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
            raise DockerfileError(f"line {self.line}: not a list of words")
        return found


@dataclass
class Stage:
    """`FROM … AS name` and what follows it."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions in order. Raises DockerfileError for an unknown one."""
    gathered, began = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#") or (not line and not gathered):
            continue
        began = began if gathered else number
        gathered += line
        if gathered.endswith("\\"):
            gathered = gathered[:-1]
            continue
        yield _instruction(began, gathered)
        gathered = ""
    if gathered:
        raise DockerfileError(f"line {began}: the file ends in the middle of an instruction")


def _instruction(line: int, text: str) -> Instruction:
    name, _, rest = text.partition(" ")
    name, rest = name.upper(), rest.strip()
    if name not in KNOWN:
        raise DockerfileError(f"line {line}: {name} is not known here")
    flags = {}
    while found := re.match(r"--([a-z-]+)=(\S+)\s+", rest):
        flags[found[1]] = found[2]
        rest = rest[found.end() :]
    return Instruction(line, name, flags, rest)


def stages(text: str, arguments: Mapping[str, str]) -> list[Stage]:
    """The stages, their bases resolved; `arguments` are those of `--build-arg`."""
    known: dict[str, str] = {}
    found: list[Stage] = []
    for one in instructions(text):
        if one.name == "FROM":
            base, _, name = expand(one.text, known, one.line).partition(" AS ")
            found.append(Stage(base.strip(), name.strip() or str(len(found))))
        elif found:
            found[-1].instructions.append(one)
        elif one.name == "ARG":
            known |= argument(one, arguments, known)
        else:
            raise DockerfileError(f"line {one.line}: {one.name} before the first FROM")
    if not found:
        raise DockerfileError("there is no FROM")
    return found


def argument(one: Instruction, given: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """`ARG name[=default]` → its value, if it has one."""
    name, equals, default = one.text.partition("=")
    if name in given:
        return {name: given[name]}
    return {name: expand(default, known, one.line)} if equals else {}


def pairs(one: Instruction, known: Mapping[str, str]) -> dict[str, str]:
    """Pairs of `ENV` and `LABEL`: any number of `name=value`, values quoted or not."""
    found, rest = {}, one.text
    while rest:
        match = re.match(r'([\w.-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))\s*', rest)
        if match is None:
            raise DockerfileError(f"line {one.line}: not name=value: {rest}")
        quoted, plain = match[2], match[3]
        found[match[1]] = expand(plain if quoted is None else quoted, known, one.line)
        rest = rest[match.end() :]
    return found


def expand(text: str, known: Mapping[str, str], line: int) -> str:
    """Expands `$NAME` and `${NAME}`. Raises DockerfileError for a name without a value, instead of dropping it."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in known:
            raise DockerfileError(f"line {line}: {name} has no value")
        return known[name]

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, text)
