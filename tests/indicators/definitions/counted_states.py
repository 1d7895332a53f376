"""Sample states of every noun that is counted, few enough to count by hand. What they come to stands in `counted.yaml`.

The county's books opened on 2026-01-01; the day is 2026-06-30. Beside each state stands what matters of it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shared.contracts.envelope import State
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.area_sets import AreaSetState
from shared.contracts.registry.buildings import BuildingState
from shared.contracts.registry.corrections import CorrectionState
from shared.contracts.registry.dwellings import DwellingState
from shared.contracts.registry.facilities import DailyNeed, FacilityKind
from shared.contracts.registry.marriages import MarriageState
from shared.contracts.registry.postings import Book, PostingKind
from shared.contracts.registry.transfers import TransferState
from shared.contracts.services_hall.cases import CaseStatus
from shared.contracts.services_hall.packages import MatterState
from shared.contracts.services_hall.ratings import RatingState
from shared.contracts.services_hall.rectifications import RectificationState
from tests.indicators.county import TREE, a_grid, an_area
from tests.indicators.definitions.counted_agencies import CARRIED
from tests.indicators.states import (
    GRID,
    START,
    VILLAGE,
    a_case,
    a_consent_count,
    a_facility,
    a_household,
    a_person,
    a_posting,
    a_restricted_tag,
    a_restricted_visit,
    a_span,
    a_tag,
    a_visit,
    an_incident,
    an_organisation,
    at,
    uid,
)

AS_OF = date(2026, 6, 30)


def day(text: str) -> date:
    """`02-03` of 2026."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def _person(number: int, sex: str, born: str, kind: str, *, registered: bool, left: str | None = None) -> State:
    end = None if left is None else day(left)
    book = (a_span(VILLAGE, kind="household"),) if registered else ()
    return a_person(number, sex=sex, birth_month=born, residence=(a_span(GRID, end=end, kind=kind),), registration=book)


PERSONS = (
    _person(1, "2", "1990-07", "registered", registered=True),  # 35
    _person(2, "1", "2015-03", "registered", registered=True),  # 11
    _person(3, "2", "1950-01", "left_behind", registered=True),  # 76
    _person(4, "1", "1940-05", "registered", registered=True),  # 86
    _person(5, "1", "1961-08", "floating", registered=False),  # 64
    _person(6, "0", "1985-01", "overseas", registered=False),  # 41
    _person(7, "9", "2000-02", "registered", registered=True),  # 26
    _person(8, "2", "1970-10", "floating", registered=False, left="05-01"),  # gone
)

HOUSEHOLDS = (
    a_household(1),
    a_household(2, kind="legal", area=VILLAGE),
    a_household(3, status="dissolved", dissolved_on=day("04-01")),
)


def _marriage(number: int, status: str, married: str, ended: str | None = None) -> State:
    ended_on = None if ended is None else day(ended)
    return MarriageState(
        id=uid(number),
        version=1,
        area=VILLAGE,
        status=status,
        outside=False,
        married_on=day(married),
        ended_on=ended_on,
    )


MARRIAGES = (
    _marriage(1, "married", "02-14"),
    _marriage(2, "divorced", "2020-01-01", "03-03"),
    _marriage(3, "withdrawn", "05-01"),
    _marriage(4, "widowed", "1999-01-01", "03-09"),
)

CONSENTS = (
    *(a_consent_count(number) for number in range(1, 6)),
    a_consent_count(6, given_on=day("2025-12-01"), residence=(a_span(VILLAGE, day("2025-01-01")),)),  # last year's
    a_consent_count(7, until=day("05-01")),  # over by its term
    *(a_consent_count(number, status="withdrawn", ended_on=day("04-01")) for number in range(8, 13)),
    a_consent_count(13, status="annulled"),  # never was
    a_consent_count(14, status="ended", ended_on=day("06-01")),  # who has given it moved away
    a_consent_count(15, given_on=AS_OF, until=day("07-01"), purpose="face"),  # today alone
)

_LINES: Sequence[tuple[str, str, int, str, str | None, tuple[str, ...]]] = (
    ("residence", "birth", 1, "02-03", None, ("delivered_in_facility", "attended")),
    ("residence", "birth", 1, "02-20", "04-01", ("delivered_elsewhere", "unattended")),  # told late
    ("residence", "birth", 1, "06-10", None, ()),
    ("residence", "death", -1, "03-10", None, ("infant",)),
    ("residence", "death", -1, "2025-12-30", "02-01", ()),  # last year's, told late
    ("residence", "death", -1, "06-20", None, ("maternal",)),
    ("residence", "in", 1, "01-15", None, ()),
    ("residence", "in", 1, "01-20", None, ()),
    ("residence", "in", -1, "01-20", None, ()),  # takes the one before back
    ("residence", "in", 1, "05-20", "07-01", ()),  # counts in a month that has not come
    ("residence", "in", 1, "06-11", None, ()),
    ("residence", "in", 1, "01-10", "02-01", ()),  # told late
    ("residence", "out", -1, "05-05", None, ()),
    ("residence", "out", -1, "03-15", "06-01", ()),  # told late
    ("residence", "transfer_in", 1, "03-01", None, ()),
    ("residence", "transfer_out", -1, "03-01", None, ()),
    ("residence", "transfer_out", -1, "04-01", None, ()),
    ("residence", "opening", 1, "01-01", None, ()),
    ("registration", "opening", 1, "01-01", None, ()),
    ("registration", "birth", 1, "02-03", None, ()),
    ("registration", "death", -1, "03-10", None, ()),
    ("registration", "in", 1, "01-15", None, ()),
    ("registration", "in", 1, "06-01", None, ()),
    ("registration", "out", -1, "05-05", None, ()),
)

POSTINGS = tuple(
    a_posting(
        number,
        book=Book(book),
        kind=PostingKind(kind),
        amount=amount,
        occurred_on=day(occurred),
        late_on=None if late is None else day(late),
        marks=marks,
    )
    for number, (book, kind, amount, occurred, late, marks) in enumerate(_LINES, start=1)
)

AREAS = (
    an_area("450481001", kind="street"),
    an_area("450481205", kind="township"),
    an_area("450481001001", kind="residents_committee", village_type="111"),
    an_area("450481114202", village_type="220"),
    an_area("450481114203", valid_to=day("02-01")),  # abolished
    a_grid(VILLAGE + "101", kind="dedicated"),
    a_grid(VILLAGE + "201", kind="micro"),
)

_SETS = ("service_community", "joint_centre", "demonstration_line", "pilot")
SETS = (
    *(
        AreaSetState(id=uid(number), version=1, area=VILLAGE, kind=kind, status="in_use", formed_on=START)
        for number, kind in enumerate(_SETS, start=1)
    ),
    AreaSetState(
        id=uid(9), version=1, area=VILLAGE, kind="pilot", status="dissolved", formed_on=START, dissolved_on=day("03-01")
    ),
)

ORGANISATIONS = (
    an_organisation(1, members=36),
    an_organisation(2, kind="social_organisation", members=10, began_on=date(2025, 6, 1)),
    an_organisation(3, kind="social_organisation", registration="none"),
    an_organisation(4, kind="volunteer_team", registration="filed", members=20),
    an_organisation(5, kind="resident_unit", members=5, status="ended", ended_on=day("03-01")),
    an_organisation(6, status="withdrawn"),
    an_organisation(7, kind="resident_unit", members=4),
)

NEEDS = tuple(DailyNeed)
KINDS = [kind for kind in FacilityKind if kind != FacilityKind.OTHER]
FACILITIES = (
    *(
        a_facility(
            number, kind=kind, floor_area="10.50", serves=tuple(DailyNeed) if kind is FacilityKind.OUTLET else ()
        )
        for number, kind in enumerate(KINDS, start=1)  # fifteen kinds
    ),
    a_facility(21, kind="service_hall", floor_area="320.00", serves=()),
    a_facility(22, kind="outlet", status="closed", closed_on=day("02-02")),
    a_facility(23, kind="outlet", status="withdrawn"),
)


def _building(number: int, kind: str, status: str = "standing", until: str | None = None) -> State:
    valid_to = None if until is None else day(until)
    return BuildingState(
        id=uid(number), version=1, area=GRID, kind=kind, status=status, valid_from=START, valid_to=valid_to
    )


def _dwelling(number: int, floor_area: str | None, status: str = "standing", until: str | None = None) -> State:
    return DwellingState(
        id=uid(number),
        version=1,
        building_id=uid(1),
        area=GRID,
        floor_area=floor_area,
        status=status,
        valid_from=START,
        valid_to=None if until is None else day(until),
    )


BUILDINGS = (
    _building(1, "apartments"),
    _building(2, "farmhouse"),
    _building(3, "dormitory"),
    _building(4, "mixed", "demolished", "04-04"),
    _building(5, "mixed", "withdrawn"),
    _dwelling(1, "89.50"),
    _dwelling(2, None),
    _dwelling(3, "60.00", "ended", "02-02"),
)

CARE = (
    *("left_behind_child", "left_behind_woman", "left_behind_elder", "elder_alone", "elder_empty_nest", "elder_oldest"),
    *("disabled", "minimum_living", "extreme_poverty", "orphan", "unsupported_child", "child_in_need"),
    *("bereaved_parent", "preferential", "unemployed", "migrant_worker"),
)
SENSITIVE = ("community_correction", "released_prisoner", "severe_mental_disorder", "drug_user", "key_youth")
TAGS = (
    *(
        a_tag(number, code=code, level="1" if code == "disabled" else None)
        for number, code in enumerate(CARE, start=1)  # sixteen
    ),
    a_tag(17, ended_on=day("03-01")),
    *(a_restricted_tag(number, code=code) for number, code in enumerate(SENSITIVE, start=1)),
)


def _case(number: int, status: str, **days: Any) -> State:
    instants = {name: at(day(text)) if name.endswith("_at") and text else text for name, text in days.items()}
    return a_case(number, status=CaseStatus(status), **instants)


CASES = (
    _case(
        1,
        "archived",
        closed_at="01-05",
        decided_at="01-05",
        granted=True,
        delivered_at="01-06",
        archived_at="01-07",
        returns=2,
    ),
    _case(2, "closed", closed_at="01-08", decided_at="01-08", granted=False, category="medical", extended_days=5),
    _case(3, "closed", closed_at="01-20", decided_at="01-20", granted=True, deemed=True),  # eight days late
    _case(4, "accepted", notified_at="01-05"),
    _case(5, "received", accepted_at=None, due_on=None),
    _case(6, "refused", accepted_at=None, due_on=None, refused_at="02-02"),
    _case(7, "withdrawn", withdrawn_at="02-03"),
    _case(8, "expired", due_on=None, expired_at="02-04"),
)

INCIDENTS = (
    an_incident(
        1,
        status=IncidentStatus.CLOSED,
        dispatched_at=at(START),
        checked_at=at(day("01-06")),
        closed_at=at(day("01-06")),
    ),
    an_incident(
        2,
        status=IncidentStatus.CLOSED,
        source="resident",
        severity="serious",
        dispatched_at=at(START),
        checked_at=at(day("01-10")),
        closed_at=at(day("01-10")),
        reworks=1,
        returns=2,
    ),
    an_incident(3, source="hotline_12345", severity="urgent", deferred=True),
    an_incident(4, status=IncidentStatus.DISPATCHED, source="superior", dispatched_at=at(START)),
    an_incident(5, status=IncidentStatus.CLOSED, source="media", closed_at=at(START, 15)),  # on the spot
    an_incident(6, status=IncidentStatus.REJECTED, filed_at=None, due_at=None),
    an_incident(7, status=IncidentStatus.REPORTED, source="resident", filed_at=None, due_at=None),  # nobody saw it yet
)

DONE = VisitStatus.DONE
VISITS = (
    a_visit(1, status=DONE, done_on=day("01-08"), finding="normal"),
    a_visit(2, status=DONE, done_on=day("01-12"), finding="needs_help"),  # three days late
    a_visit(3, attempts=2),
    a_visit(4, status=VisitStatus.CANCELLED),
    a_restricted_visit(5, status=DONE, done_on=day("01-08"), finding="normal"),
    a_restricted_visit(6),
)


def _transfer(number: int, status: str, decided: str | None = None) -> State:
    return TransferState(
        id=uid(number),
        version=1,
        area=VILLAGE,
        books=(Book.RESIDENCE,),
        status=status,
        occurred_on=day("02-01"),
        requested_on=day("02-01"),
        due_on=day("02-20"),
        decided_on=None if decided is None else day(decided),
        moved=0,
    )


def _correction(number: int, status: str, decided: str | None = None) -> State:
    return CorrectionState(
        id=uid(number),
        version=1,
        area=VILLAGE,
        fields=("sex",),
        steps=("check",),
        approved=0,
        status=status,
        requested_on=day("03-01"),
        due_on=day("03-20"),
        decided_on=None if decided is None else day(decided),
    )


def _matter(number: int, status: str, answered: str | None = None) -> State:
    return MatterState(
        id=uid(number),
        version=1,
        package_id=uid(9),
        area=VILLAGE,
        person_id=uid(1),
        cases=(),
        status=status,
        opened_at=at(day("04-01")),
        answered_at=None if answered is None else at(day(answered)),
    )


REQUESTS = (
    _transfer(1, "confirmed", "02-03"),
    _transfer(2, "lapsed", "03-01"),
    _transfer(3, "requested"),
    _correction(1, "carried_out", "03-03"),
    _correction(2, "refused", "03-08"),
    _correction(3, "requested"),
    _matter(1, "answered", "04-09"),
    _matter(2, "open"),
    _matter(3, "withdrawn"),
)


def _rating(number: int, level: int, contact: str = "receipt", status: str = "valid") -> State:
    return RatingState(
        id=uid(700 + number),
        version=1,
        area=VILLAGE,
        department="civil_affairs",
        category="social_assistance",
        contact=contact,
        contact_on=day("01-20"),
        channel_used="link",
        level=level,
        rated_on=day("01-22"),
        status=status,
    )


def _rectification(number: int, status: str, called: str | None = None, rectified: str | None = None) -> State:
    return RectificationState(
        id=uid(750 + number),
        version=1,
        rating_id=uid(700 + number),
        area=VILLAGE,
        department="civil_affairs",
        category="social_assistance",
        status=status,
        opened_on=day("01-22"),
        due_on=day("01-29"),
        called_on=called and day(called),
        rectified_on=rectified and day(rectified),
    )


RATINGS = (
    _rating(1, 5, "closing"),
    _rating(2, 4),
    _rating(3, 3),
    _rating(4, 3),
    _rating(5, 2, "closing"),
    _rating(6, 1),
    _rating(7, 5, "closing", "withdrawn"),
    _rating(8, 1, status="overturned"),
    _rectification(1, "closed", "01-23", "01-29"),  # on its last day
    _rectification(2, "rectified", "01-23", "01-30"),  # a day late
    _rectification(3, "called_back", "01-23"),
    _rectification(4, "open"),
    _rectification(5, "overturned", "01-23"),
    _rectification(6, "withdrawn"),
)
"""Three cases were closed; of one nobody said anything."""

SAMPLES: tuple[State, ...] = (
    *TREE,
    *(*PERSONS, *HOUSEHOLDS, *MARRIAGES, *POSTINGS, *AREAS, *SETS, *ORGANISATIONS, *FACILITIES, *BUILDINGS, *TAGS),
    *(*CASES, *INCIDENTS, *VISITS, *REQUESTS, *CONSENTS, *CARRIED, *RATINGS),
)
