"""What residents may send is limited by person: a stranger with a login is one of hundreds of thousands."""

from shared.auth.roles import OWN_ONLY, ROLES
from tests.architecture.operations import operations

BOUNDED_OTHERWISE = {
    "endOwnBinding": "once: then the login is bound to nobody",
    "uploadFile": "by what an uploader may keep: `tests/shared/files/test_files.py`",
    "convertLunarDay": "asks the calendar, changes and tells nothing of anybody",
}


def test_whatever_a_resident_may_send_is_limited_by_person() -> None:
    theirs = set().union(*(ROLES[role] for role in OWN_ONLY))
    sent = [
        one
        for one in operations()
        if one.access is not None
        and one.access.permission in theirs
        and one.access.scope != "area"
        and one.method != "get"
    ]
    unlimited = {one.id for one in sent if "rate_limited" not in one.spec["x-problem-codes"]}
    assert unlimited == BOUNDED_OTHERWISE.keys()
    assert {"reportIncident", "bindOwnAccount", "requestOwnCorrection"} <= {one.id for one in sent} - unlimited


def test_whatever_tells_a_resident_what_is_kept_of_the_person_is_limited() -> None:
    told = {one.id: "rate_limited" in one.spec["x-problem-codes"] for one in operations() if "/own/" in one.path}
    assert {one for one, limited in told.items() if not limited} - BOUNDED_OTHERWISE.keys() == {"getOwnBinding"}
