"""Further facts about incidents (事件): what happens between report and closure."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.grid.incidents import IncidentState

_NOT_YET = dict.fromkeys(
    ("filed_at", "dispatched_at", "accepted_at", "feedback_at", "checked_at", "closed_at", "due_at"), None
)
_HANDLED = dict.fromkeys(("feedback_at", "checked_at", "closed_at"), None)


class IncidentVerified(Fact[IncidentState]):
    """Somebody saw that it is as reported (核实)."""

    type: ClassVar = "grid.incident.verified"
    example: ClassVar = {
        "state": {**_NOT_YET, "version": 2, "status": "verified", "verified_at": "2026-11-22T01:05:00Z"}
    }


class IncidentSelfHandled(Fact[IncidentState]):
    """Whoever found it settled it on the spot (自处置): closed, or to be checked as one of the sample."""

    type: ClassVar = "grid.incident.self_handled"
    example: ClassVar = {
        "state": {
            "dispatched_at": None,
            "accepted_at": None,
            "checked_at": None,
            "closed_at": None,
            "version": 2,
            "status": "feedback",
            "on_spot": True,
        }
    }


class IncidentHandlingBegun(Fact[IncidentState]):
    """The unit began to handle it (到场处置)."""

    type: ClassVar = "grid.incident.handling_begun"
    example: ClassVar = {
        "state": {**_HANDLED, "version": 5, "status": "handling", "handling_at": "2026-11-22T03:00:00Z"}
    }


class IncidentLeaveAsked(Fact[IncidentState]):
    """The unit asks for leave: to handle it later (缓办), or to let the clock stand still (挂起)."""

    type: ClassVar = "grid.incident.leave_asked"
    example: ClassVar = {"state": {**_HANDLED, "version": 6, "status": "handling"}}


class IncidentDeferred(Fact[IncidentState]):
    """Leave was given to handle it after its deadline (缓办): it is not counted among the due."""

    type: ClassVar = "grid.incident.deferred"
    example: ClassVar = {
        "state": {
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "version": 5,
            "status": "accepted",
            "deferred": True,
        }
    }


class IncidentLeaveRefused(Fact[IncidentState]):
    """Leave was refused (不同意缓办或挂起)."""

    type: ClassVar = "grid.incident.leave_refused"
    example: ClassVar = {"state": {**_HANDLED, "version": 7, "status": "handling"}}


class IncidentSuspended(Fact[IncidentState]):
    """It was suspended with approval (挂起): its clock stands still."""

    type: ClassVar = "grid.incident.suspended"
    example: ClassVar = {
        "state": {**_HANDLED, "version": 6, "status": "suspended", "suspended_until": "2026-12-01T15:59:59Z"}
    }


class IncidentResumed(Fact[IncidentState]):
    """Its handling goes on (恢复处置): the deadline moved by the time it stood still."""

    type: ClassVar = "grid.incident.resumed"
    example: ClassVar = {"state": {**_HANDLED, "version": 7, "status": "handling"}}


class IncidentReopened(Fact[IncidentState]):
    """It was taken up again after it was closed (重新立案), with a deadline of its own."""

    type: ClassVar = "grid.incident.reopened"
    example: ClassVar = {
        "state": {
            **_HANDLED,
            "dispatched_at": None,
            "accepted_at": None,
            "version": 8,
            "status": "filed",
            "reopened_at": "2026-11-25T01:00:00Z",
            "reopens": 1,
        }
    }


class IncidentTransferred(Fact[IncidentState]):
    """The office of another level has it now (上报上级, 下交下级)."""

    type: ClassVar = "grid.incident.transferred"
    example: ClassVar = {"state": {**_NOT_YET, "version": 2, "status": "reported", "level": 9}}


class IncidentPlaced(Fact[IncidentState]):
    """It was put into another grid or village by hand (调整所属网格)."""

    type: ClassVar = "grid.incident.placed"
    example: ClassVar = {"state": {**_NOT_YET, "version": 2, "status": "reported"}}


class IncidentMerged(Fact[IncidentState]):
    """It was merged into another incident about the same (并案)."""

    type: ClassVar = "grid.incident.merged"
    example: ClassVar = {
        "state": {
            **_NOT_YET,
            "version": 2,
            "status": "merged",
            "merged_into": "0197d0c0-6203-7c32-9e50-2c6d7e8f90b2",
        }
    }


class IncidentDuplicatesChanged(Fact[IncidentState]):
    """Another incident was merged into it, or parted from it again."""

    type: ClassVar = "grid.incident.duplicates_changed"
    example: ClassVar = {"state": {**_HANDLED, "version": 5, "status": "accepted", "duplicates": 1}}


class IncidentOrdersChanged(Fact[IncidentState]):
    """An order to an assisting unit was given, taken, returned, finished or withdrawn (联合处置)."""

    type: ClassVar = "grid.incident.orders_changed"
    example: ClassVar = {"state": {**_HANDLED, "version": 5, "status": "accepted", "assisting": 1}}


class IncidentUrged(Fact[IncidentState]):
    """Somebody urged it (催办)."""

    type: ClassVar = "grid.incident.urged"
    example: ClassVar = {"state": {**_HANDLED, "version": 5, "status": "accepted", "urges": 1}}


class IncidentSupervisionChanged(Fact[IncidentState]):
    """A level above began to supervise it (督办), or lifted that (销号)."""

    type: ClassVar = "grid.incident.supervision_changed"
    example: ClassVar = {
        "state": {**_HANDLED, "version": 5, "status": "accepted", "supervised_until": "2026-11-24T10:00:00Z"}
    }


class IncidentStepUndone(Fact[IncidentState]):
    """The last step was entered wrong and taken back (撤销上一步)."""

    type: ClassVar = "grid.incident.step_undone"
    example: ClassVar = {"state": {**_NOT_YET, "version": 3, "status": "reported"}}
