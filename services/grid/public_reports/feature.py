"""Public reports as the house knows them."""

from sqlalchemy import select

from services.grid.public_reports.api import router
from services.grid.public_reports.domain import PublicDismissal
from services.grid.public_reports.models import PublicReport
from services.grid.public_reports.service.deciding import restate
from shared.contracts.grid.public_reports import PublicReportStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="public-reports",
    about="公众随手拍：无需登录上报，审核立案后转为事件。 What anybody reports, held until an office files it",
    states={"grid.public_report": Restatement(restate, select(PublicReport.id))},
    code_lists=(
        published("public_report_statuses", "随手拍状态", PublicReportStatus),
        published("public_report_dismissals", "随手拍不予受理理由", PublicDismissal),
    ),
)
