"""What has ended in grid and holds words or contacts: the kind by which its clock runs, since when, what is open."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from services.grid.grid_erasures.domain import GridHold
from services.grid.incidents.domain.lifecycle import OPEN
from services.grid.incidents.models import Incident, IncidentRequest, IncidentStep
from services.grid.petitions.models import LIMITS, Petition, PetitionVersion
from services.grid.public_reports.models import PublicReport
from services.grid.retentions.domain import GridRetentionKind
from services.grid.satisfaction_calls.models import SatisfactionCall
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.petitions import PetitionStatus
from shared.contracts.grid.public_reports import PublicReportStatus
from shared.contracts.grid.satisfaction_calls import SatisfactionCallStatus
from shared.db.erasing import holds


def entries(day: date) -> Any:
    """Every entry that has ended by a day and of which anything is sealed: holder, area, kind, ended_on, held_by."""
    return union_all(_reports(), _petitions(day), _incidents(), _calls()).subquery()


def _entry(holder: Any, area: Any, kind: Any, ended_on: Any, held_by: Any) -> Select[Any]:
    return select(
        holder.label("holder"),
        cast(area, Text(collation="C")).label("area"),
        kind.label("kind"),
        ended_on.label("ended_on"),
        cast(held_by, Text).label("held_by"),
    )


def _code(one: Any) -> ColumnElement[Any]:
    return literal(str(one))


def _day(moment: Any) -> ColumnElement[Any]:
    return cast(func.timezone("Asia/Shanghai", moment), Date)


def _goes_on(incident: Any, main: Any) -> ColumnElement[bool]:
    """Whether it, or the one that it was merged into, is open."""
    return or_(incident.status.in_(OPEN), func.coalesce(main.status, "").in_(OPEN))


def _reports() -> Select[Any]:
    dismissed = PublicReport.status == PublicReportStatus.DISMISSED
    taken = PublicReport.status.in_((PublicReportStatus.FILED, PublicReportStatus.JOINED))
    main = aliased(Incident)
    return (
        _entry(
            PublicReport.id,
            PublicReport.area,
            case(
                (dismissed, _code(GridRetentionKind.REPORT_DISMISSED)),
                else_=_code(GridRetentionKind.REPORT_TAKEN),
            ),
            case(
                (dismissed, _day(PublicReport.decided_at)),
                else_=_day(func.coalesce(Incident.closed_at, PublicReport.decided_at)),
            ),
            case((_goes_on(Incident, main), _code(GridHold.INCIDENT_OPEN))),
        )
        .outerjoin(Incident, Incident.id == PublicReport.incident_id)
        .outerjoin(main, main.id == Incident.merged_into)
        .where(or_(dismissed, taken), holds(PublicReport))
    )


def _petitions(day: date) -> Select[Any]:
    last = select(func.max(PetitionVersion.done_at)).where(PetitionVersion.petition_id == Petition.id).scalar_subquery()
    until = func.coalesce(Petition.ask_by, Petition.told_on + LIMITS.ask)
    silent = and_(Petition.status.in_((PetitionStatus.ANSWERED, PetitionStatus.REVIEWED)), until < day)
    final = Petition.status == PetitionStatus.FINALLY_REVIEWED
    refused = Petition.status.in_((PetitionStatus.REFUSED, PetitionStatus.REFERRED))
    withdrawn = Petition.status == PetitionStatus.WITHDRAWN
    noted = (
        select(literal(1))
        .where(PetitionVersion.petition_id == Petition.id, holds(PetitionVersion))
        .correlate(Petition)
        .exists()
    )
    return _entry(
        Petition.id,
        Petition.office,
        case(
            (or_(silent, final), _code(GridRetentionKind.PETITION_ANSWERED)),
            (refused, _code(GridRetentionKind.PETITION_REFUSED)),
            else_=_code(GridRetentionKind.PETITION_WITHDRAWN),
        ),
        case((silent, until), (final, Petition.final_on), else_=_day(last)),
        null(),
    ).where(or_(silent, final, refused, withdrawn), or_(holds(Petition), noted))


def _incidents() -> Select[Any]:
    steps, main = IncidentStep, aliased(Incident)
    last = select(func.max(steps.at)).where(steps.incident_id == Incident.id).correlate(Incident).scalar_subquery()
    noted = select(literal(1)).where(steps.incident_id == Incident.id, holds(steps)).correlate(Incident).exists()
    called = (
        select(literal(1))
        .where(
            SatisfactionCall.reported_id == Incident.id,
            SatisfactionCall.status == SatisfactionCallStatus.DUE,
        )
        .correlate(Incident)
        .exists()
    )
    return (
        _entry(
            Incident.id,
            func.left(Incident.area, Incident.level),
            _code(GridRetentionKind.INCIDENT_ENDED),
            _day(last),
            case(
                (func.coalesce(main.status, "").in_(OPEN), _code(GridHold.INCIDENT_OPEN)),
                (called, _code(GridHold.CALL_DUE)),
            ),
        )
        .outerjoin(main, main.id == Incident.merged_into)
        .outerjoin(IncidentRequest, IncidentRequest.incident_id == Incident.id)
        .where(
            Incident.status.in_((IncidentStatus.CLOSED, IncidentStatus.REJECTED, IncidentStatus.MERGED)),
            or_(holds(Incident), holds(IncidentRequest), noted),
        )
    )


def _calls() -> Select[Any]:
    main = aliased(Incident)
    return (
        _entry(
            SatisfactionCall.id,
            SatisfactionCall.area,
            _code(GridRetentionKind.CALL_ENDED),
            _day(SatisfactionCall.ended_at),
            case((_goes_on(Incident, main), _code(GridHold.INCIDENT_OPEN))),
        )
        .join(Incident, Incident.id == SatisfactionCall.incident_id)
        .outerjoin(main, main.id == Incident.merged_into)
        .where(SatisfactionCall.status != SatisfactionCallStatus.DUE, holds(SatisfactionCall))
    )
