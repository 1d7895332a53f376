"""The lifecycle of incidents restated by hand: from where each step is taken, where it leads, who may."""

from typing import NamedTuple

OFFICERS = {"grid_head", "village_clerk", "town_officer", "county_officer"}
HANDLERS = OFFICERS | {"grid_worker", "department_officer"}
WHO = {
    "incident.verify": OFFICERS | {"grid_worker"},
    "incident.file": OFFICERS,
    "incident.dispatch": OFFICERS,
    "incident.check": OFFICERS,
    "incident.handle": HANDLERS,
    "incident.supervise": {"town_officer", "county_officer"},
    "incident.urge": OFFICERS,  # and whoever reported it
}


class Row(NamedTuple):
    """One step. `to`: empty if the status stays; `place`: whose permission is asked."""

    origins: str
    to: str
    permission: str
    place: str = "office"
    by_other: bool = False


NEW, WORK = "reported verified", "accepted handling"
ALL_OPEN = "reported verified filed dispatched accepted handling suspended feedback checked"
ASSISTED = "filed dispatched accepted handling suspended"

TABLE: dict[str, Row] = {
    "verify": Row("reported", "verified", "incident.verify"),
    "reject": Row("reported verified", "rejected", "incident.file"),
    "file": Row("reported verified", "filed", "incident.file"),
    "self_handle": Row("reported verified filed", "feedback closed", "incident.handle"),
    "dispatch": Row("filed", "dispatched", "incident.dispatch"),
    "accept": Row("dispatched", "accepted", "incident.handle", "unit"),
    "return": Row("dispatched", "filed", "incident.handle", "unit"),
    "begin": Row("accepted", "handling", "incident.handle", "unit"),
    "ask_leave": Row("accepted handling", "", "incident.handle", "unit"),
    "grant_leave": Row(WORK, "accepted handling suspended", "incident.dispatch", by_other=True),
    "refuse_leave": Row(WORK, "", "incident.dispatch", by_other=True),
    "defer": Row(WORK, "", "incident.dispatch", by_other=True),
    "suspend": Row(WORK, "suspended", "incident.dispatch", by_other=True),
    "resume": Row("suspended", "accepted handling", "incident.handle", "unit"),
    "feedback": Row("accepted handling", "feedback", "incident.handle", "unit"),
    "check": Row("feedback", "checked", "incident.check", by_other=True),
    "rework": Row("feedback", "accepted filed", "incident.check", by_other=True),
    "close": Row("checked", "closed", "incident.check"),
    "reopen": Row("closed", "filed", "incident.check"),
    "transfer_up": Row("reported verified filed", "", "incident.dispatch"),
    "transfer_down": Row("reported verified filed", "", "incident.dispatch"),
    "place": Row(ALL_OPEN, "", "incident.dispatch"),
    "merge": Row("reported verified filed dispatched accepted handling", "merged", "incident.file"),
    "order": Row("dispatched accepted handling", "", "incident.dispatch"),
    "take_order": Row(ASSISTED, "", "incident.handle", "assistant"),
    "return_order": Row(ASSISTED, "", "incident.handle", "assistant"),
    "finish_order": Row(ASSISTED, "", "incident.handle", "assistant"),
    "withdraw_order": Row(ASSISTED, "", "incident.dispatch"),
    "urge": Row(ALL_OPEN, "", "incident.urge", "unit"),
    "supervise": Row(ALL_OPEN, "", "incident.supervise", "unit"),
    "lift_supervision": Row(ALL_OPEN, "", "incident.supervise", "unit"),
}
ENDS = {"rejected", "closed", "merged"}
