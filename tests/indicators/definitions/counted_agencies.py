"""Sample states of agents, of what they carry and of originals, few enough to count by hand (`counted.yaml`)."""

from datetime import date
from typing import Any

from shared.contracts.envelope import State
from shared.contracts.services_hall.agencies import AgencyState
from shared.contracts.services_hall.agents import AgentState
from shared.contracts.services_hall.originals import OriginalState
from tests.indicators.states import VILLAGE, at, uid


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(f"2026-{text}")


def _at(text: str | None) -> Any:
    day = _day(text)
    return None if day is None else at(day)


def _agent(number: int, since: str, until: str | None = None, status: str = "serving") -> State:
    return AgentState(
        id=uid(number), version=1, area=VILLAGE, post="primary", status=status, since=_day(since), until=_day(until)
    )


def _agency(number: int, status: str, entrusted: str, accepted: str | None = None, **more: Any) -> State:
    instants = ("forwarded_at", "called_back_at", "declined_at", "revoked_at")
    days = ("forward_due_on", "delivered_on")
    told = {name: _at(more.pop(name)) for name in instants if name in more}
    told |= {name: _day(more.pop(name)) for name in days if name in more}
    return AgencyState(
        id=uid(number), version=1, area=VILLAGE, department="civil_affairs", case_id=uid(1), authorisation_id=uid(2),
        agent_id=uid(3), status=status, entrusted_at=_at(entrusted), accepted_at=_at(accepted), **told, **more,
    )  # fmt: skip


def _original(number: int, status: str, received: str, **more: str) -> State:
    return OriginalState(
        id=uid(number), version=1, area=VILLAGE, department="civil_affairs", agency_id=uid(1), case_id=uid(2),
        status=status, received_at=_at(received), **{name: _day(value) for name, value in more.items()},
    )  # fmt: skip


AGENTS = (
    _agent(9001, "01-05"),
    _agent(9002, "02-02"),
    _agent(9003, "01-05", "05-31", "ended"),  # no more
    _agent(9004, "01-05", None, "annulled"),  # never was
)
AGENCIES = (
    # in time, delivered after 8 days, two visits, satisfied
    _agency(9011, "called_back", "03-02", "03-02", forward_due_on="03-05", forwarded_at="03-05", delivered_on="03-10",
            visits=2, called_back_at="03-20", outcome="satisfied", charged=False),
    # a day too late, after 4 days, and money was taken
    _agency(9012, "called_back", "03-02", "03-02", forward_due_on="03-05", forwarded_at="03-06", delivered_on="03-06",
            visits=1, called_back_at="03-20", outcome="complaint", charged=True),
    # done at the village's own counter after 1 day; nobody answers, which is no satisfaction
    _agency(9013, "called_back", "04-01", "04-01", delivered_on="04-02", called_back_at="04-10", outcome="unreached"),
    _agency(9014, "accepted", "06-01", "06-01", forward_due_on="06-04"),  # not forwarded
    _agency(9015, "revoked", "06-01", "06-01", forward_due_on="06-04", revoked_at="06-03"),  # due no more
    _agency(9016, "declined", "06-01", declined_at="06-02"),
)  # fmt: skip
ORIGINALS = (
    _original(9021, "returned", "03-02", returned_on="03-10"),
    _original(9022, "held", "03-02"),
    _original(9023, "lost", "03-02", lost_on="03-09", told_on="03-09"),
    _original(9024, "annulled", "03-02"),
)
CARRIED: tuple[State, ...] = (*AGENTS, *AGENCIES, *ORIGINALS)
