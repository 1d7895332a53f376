"""Agents' files (代办员档案): the lifecycle, who acts on a day, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from shared.contracts.services_hall.agents import AgentPost, AgentStatus
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.named_code import NamedCode
from shared.reference.names import MESSAGES as NAME_MESSAGES
from shared.reference.names import clean_name
from shared.reference.phones import MESSAGE as PHONE_MESSAGE
from shared.reference.phones import clean_phone

SERVING, ENDED, ANNULLED = AgentStatus.SERVING, AgentStatus.ENDED, AgentStatus.ANNULLED


class AgentStep(NamedCode):
    """What was done with an agent's file."""

    APPOINT = "appoint", "任用"
    REVISE = "revise", "更正"
    LEAVE = "leave", "离岗"
    RETURN = "return", "返岗"
    END = "end", "卸任"
    ANNUL = "annul", "作废"
    UNDO = "undo", "撤销上一步"
    BOUNDARY = "boundary", "区划调整"


TRANSITIONS: Mapping[AgentStatus, frozenset[AgentStatus]] = {
    SERVING: frozenset({SERVING, ENDED, ANNULLED}),
    ENDED: frozenset(),
    ANNULLED: frozenset(),
}
"""Steps. An undo goes back to wherever the step before it led."""


class AgentTransitionError(DomainError):
    """The file is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "agent_transition_not_allowed", "代办员档案当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


class AgentKnown(DomainError):
    """This login serves the village already."""

    kind, code, title = ErrorKind.CONFLICT, "agent_known", "该账号已是本村代办员"
    advice = "请查看本村代办员档案；需要更换岗位的，先办理卸任"


class AgentNotOfVillage(DomainError):
    """Agents serve villages and communities."""

    kind, code, title = ErrorKind.INVALID, "agent_not_of_village", "代办员须任用到在用的村（社区）"
    advice = "请填写 12 位村（社区）代码，已撤销的改用其承接区划"


class AgentDatesWrong(DomainError):
    """A last day before the first one, a day away outside the service, or an end that lies ahead."""

    kind, code, title = ErrorKind.INVALID, "agent_dates_wrong", "日期不正确：截止日不得早于起始日，且须在任期之内"
    advice = "请核对起止日期"


class AgentAwayAlready(DomainError):
    """Days away that are not over are entered."""

    kind, code, title = ErrorKind.CONFLICT, "agent_away_already", "已登记离岗，尚未返岗"
    advice = "请先登记返岗，再登记新的离岗"


class AgentNotAway(DomainError):
    """The agent is not away today."""

    kind, code, title = ErrorKind.CONFLICT, "agent_not_away", "该代办员没有离岗"
    advice = "请刷新后查看"


class SubstituteWrong(DomainError):
    """Who stands in serves the same village on all of these days, is not away meanwhile, and is somebody else."""

    kind, code, title = ErrorKind.CONFLICT, "substitute_wrong", "替岗人须为同村在任的其他代办员，且期间在岗"
    advice = "请另选替岗人，或先任用替岗代办员"


class AgentStillCarries(DomainError):
    """Work is in this agent's hands: matters, originals, or the place of somebody who is away."""

    kind, code, title = ErrorKind.CONFLICT, "agent_still_carries", "该代办员尚有代办件、原件或替岗任务未交接"
    advice = "请先改派代办件、移交原件、调整替岗，再办理"


class AgentNothingToUndo(DomainError):
    """Nothing but the appointment was done."""

    kind, code, title = ErrorKind.CONFLICT, "agent_nothing_to_undo", "没有可以撤销的步骤"
    advice = "任用登记有误的，请作废"


class Serving(Protocol):
    """What is asked of a file to know who acts."""

    @property
    def status(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...
    @property
    def absent_since(self) -> date | None: ...
    @property
    def absent_until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent as appointed. The repr shows neither name nor phone."""

    area: str
    post: AgentPost
    account: str
    since: date
    until: date | None
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AgentFilter:
    """What a list of files and its count ask for."""

    status: AgentStatus | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away, the last one inclusive, and who stands in."""

    since: date
    until: date
    substitute: UUID


def require_transition(present: str, to: AgentStatus, subject: object = None) -> None:
    """Raises `AgentTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[AgentStatus(present)]:
        raise AgentTransitionError(subject)


def serves_on(agent: Serving, day: date) -> bool:
    """Whether the agent is in office on a day, away or not; who has ended is not, on the last day either."""
    return agent.status == SERVING and agent.since <= day and (agent.until is None or day <= agent.until)


def is_away_on(agent: Serving, day: date) -> bool:
    """Whether somebody stands in on a day."""
    return agent.absent_since is not None and agent.absent_until is not None and (
        agent.absent_since <= day <= agent.absent_until
    )  # fmt: skip


def stands_in(agent: Serving, absence: Absence) -> bool:
    """Whether an agent serves on every one of these days, and is away on none of them."""
    there = serves_on(agent, absence.since) and serves_on(agent, absence.until)
    if agent.absent_since is None or agent.absent_until is None:
        return there
    return there and (absence.until < agent.absent_since or agent.absent_until < absence.since)


def cleaned(name: str, phone: str) -> tuple[str, str]:
    """Name and phone in canonical form. Raises `Invalid`."""
    named, number = clean_name(name), clean_phone(phone)
    errors = [FieldError("name", str(one), NAME_MESSAGES[one]) for one in named.problems]
    if number is None:
        errors.append(FieldError("phone", "phone", PHONE_MESSAGE))
    if errors or number is None:
        raise Invalid(errors=errors)
    return named.text, number
