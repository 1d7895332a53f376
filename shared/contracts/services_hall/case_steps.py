"""办件: what happens to a case beside its main way: drafts, notices, review, hand-overs, pauses, delivery, undo."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.services_hall.cases import CaseState

_NOT_DECIDED = {"decided_at": None, "closed_at": None, "granted": None}
_NOT_ACCEPTED = {"accepted_at": None, "due_on": None, **_NOT_DECIDED}
"""What an example lacks that comes before its case is decided, or accepted."""


class CaseDrafted(Fact[CaseState]):
    """It was drafted (起草): nobody has applied yet."""

    type: ClassVar = "services_hall.case.drafted"
    example: ClassVar = {
        "state": {
            "received_at": None,
            **_NOT_ACCEPTED,
            "status": "draft",
            "submitted_at": None,
            "version": 1,
        }
    }


class CaseRevised(Fact[CaseState]):
    """What stands in it was changed: a material was checked off, somebody was added or removed."""

    type: ClassVar = "services_hall.case.revised"
    example: ClassVar = {
        "state": {
            **_NOT_ACCEPTED,
            "version": 3,
            "status": "received",
            "deferred": 1,
        }
    }


class CaseNotified(Fact[CaseState]):
    """The applicant was told, once and in full, what is missing (一次性告知); no clock runs."""

    type: ClassVar = "services_hall.case.notified"
    example: ClassVar = {
        "state": {
            **_NOT_ACCEPTED,
            "version": 3,
            "status": "supplement",
            "notified_at": "2026-11-03T02:00:00Z",
        }
    }


class CaseSupplied(Fact[CaseState]):
    """What was told as missing was supplied (补正)."""

    type: ClassVar = "services_hall.case.supplied"
    example: ClassVar = {
        "state": {
            **_NOT_ACCEPTED,
            "version": 4,
            "status": "received",
            "notified_at": "2026-11-03T02:00:00Z",
            "supplied_at": "2026-11-05T02:00:00Z",
        }
    }


class CaseStepReached(Fact[CaseState]):
    """It stands at another step of its review (送审、审查、退回)."""

    type: ClassVar = "services_hall.case.step_reached"
    example: ClassVar = {
        "state": {
            **_NOT_DECIDED,
            "version": 4,
            "status": "in_review",
            "step": 1,
        }
    }


class CaseHandedOver(Fact[CaseState]):
    """The file is on its way to another place, was taken there, or not (移交、签收、退回)."""

    type: ClassVar = "services_hall.case.handed_over"
    example: ClassVar = {
        "state": {"decided_at": None, "closed_at": None, "granted": None, "version": 4, "status": "accepted"}
    }


class CaseConsulted(Fact[CaseState]):
    """A department was asked for its consent, or answered (会签)."""

    type: ClassVar = "services_hall.case.consulted"
    example: ClassVar = {
        "state": {
            **_NOT_DECIDED,
            "version": 5,
            "status": "in_review",
            "step": 1,
        }
    }


class CasePaused(Fact[CaseState]):
    """It stands still (特别程序、中止): no day counts."""

    type: ClassVar = "services_hall.case.paused"
    example: ClassVar = {
        "state": {
            **_NOT_DECIDED,
            "version": 4,
            "status": "special",
            "due_on": None,
            "paused_at": "2026-11-04T02:00:00Z",
        }
    }


class CaseResumed(Fact[CaseState]):
    """It goes on (恢复办理): the due date is computed again."""

    type: ClassVar = "services_hall.case.resumed"
    example: ClassVar = {
        "state": {
            **_NOT_DECIDED,
            "version": 5,
            "status": "accepted",
            "due_on": "2026-11-12",
        }
    }


class CaseExtended(Fact[CaseState]):
    """Its limit was extended (延期), once."""

    type: ClassVar = "services_hall.case.extended"
    example: ClassVar = {
        "state": {
            **_NOT_DECIDED,
            "version": 4,
            "status": "accepted",
            "extended_days": 5,
            "due_on": "2026-11-17",
        }
    }


class CaseDelivered(Fact[CaseState]):
    """The result was delivered (送达)."""

    type: ClassVar = "services_hall.case.delivered"
    example: ClassVar = {"state": {"version": 6, "status": "delivered", "delivered_at": "2026-11-06T02:00:00Z"}}


class CaseArchived(Fact[CaseState]):
    """Its file was archived (归档)."""

    type: ClassVar = "services_hall.case.archived"
    example: ClassVar = {
        "state": {
            "version": 7,
            "status": "archived",
            "delivered_at": "2026-11-06T02:00:00Z",
            "archived_at": "2026-11-09T02:00:00Z",
        }
    }


class CaseExpired(Fact[CaseState]):
    """Its time ran out (逾期终止): a draft that nobody submitted, papers that were never supplied."""

    type: ClassVar = "services_hall.case.expired"
    example: ClassVar = {
        "state": {
            **_NOT_ACCEPTED,
            "version": 4,
            "status": "expired",
            "notified_at": "2026-11-03T02:00:00Z",
            "expired_at": "2026-12-03T16:00:00Z",
        }
    }


class CaseUndone(Fact[CaseState]):
    """Its last step was entered wrong and is taken back (撤销上一步)."""

    type: ClassVar = "services_hall.case.undone"
    example: ClassVar = {
        "state": {
            **_NOT_ACCEPTED,
            "version": 4,
            "status": "received",
        }
    }
