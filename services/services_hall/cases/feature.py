"""Cases as the house knows them."""

from sqlalchemy import select

from services.services_hall.cases.api import cases, effects, endings, persons, reviews
from services.services_hall.cases.consumers import areas_changed, calendar_set
from services.services_hall.cases.domain import codes
from services.services_hall.cases.domain.lifecycle import CaseAction
from services.services_hall.cases.domain.refusals import ExtractUsed
from services.services_hall.cases.models import Case
from services.services_hall.cases.schedules import CASE_DESKS, CASE_DIGESTS, CASE_LIMITS
from services.services_hall.cases.service.digests import remake
from services.services_hall.cases.service.reads import restate
from shared.contracts.services_hall.cases import CaseStatus
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published
from shared.reference.documents import DocumentType
from shared.rotation.indexes import BlindIndex

FEATURE = Feature(
    router=cases.router,
    tag="cases",
    about="办件：从起草到归档。 From the draft to the archive",
    constraints={"uq_applicants_extract_id": ExtractUsed, "uq_case_parties_extract_id": ExtractUsed},
    states={"services_hall.case": Restatement(restate, select(Case.id))},
    routes=(
        Route("registry.area"),
        Route("registry.area_change", areas_changed),
        Route("registry.calendar", calendar_set),
        Route("registry.person"),
    ),
    schedules=(CASE_LIMITS, CASE_DIGESTS, CASE_DESKS),
    indexes=(BlindIndex("case_numbers", {"case_digests"}, remake),),
    code_lists=(
        published("case_actions", "办件操作", CaseAction),
        published("case_centres", "中心级别", codes.Centre),
        published("case_consents", "同意方式", codes.Consent),
        published("case_decline_reasons", "退回移交理由", codes.DeclineReason),
        published("case_delivery_ways", "送达方式", codes.DeliveryWay),
        published("case_denial_reasons", "不予许可理由", codes.DenialReason),
        published("case_desks", "办件待办", codes.Desk),
        published("case_disagreement_reasons", "不同意理由", codes.DisagreementReason),
        published("case_extension_reasons", "延期理由", codes.ExtensionReason),
        published("case_hand_over_reasons", "移交理由", codes.HandOverReason),
        published("case_material_problems", "材料问题", codes.MaterialProblem),
        published("case_material_statuses", "材料状态", codes.MaterialStatus),
        published("case_part_proofs", "代理证明", codes.PartProof),
        published("case_person_parts", "当事人身份", codes.PersonPart),
        published("case_posts", "办件岗位", codes.CasePost),
        published("case_recipients", "签收人", codes.Recipient),
        published("case_refusal_reasons", "不予受理理由", codes.RefusalReason),
        published("case_reschedule_reasons", "重算时限理由", codes.RescheduleReason),
        published("case_retentions", "保管期限", codes.Retention),
        published("case_special_procedures", "特别程序", codes.SpecialProcedure),
        published("case_statuses", "办件状态", CaseStatus),
        published("case_suspension_reasons", "中止理由", codes.SuspensionReason),
        published("case_undo_reasons", "撤销理由", codes.CaseUndoReason),
        published("document_types", "证件类型", DocumentType),
    ),
)
REVIEWS = Feature(router=reviews.router, tag="cases")
ENDINGS = Feature(router=endings.router, tag="cases")
PERSONS = Feature(router=persons.router, tag="cases")
EFFECTS = Feature(router=effects.router, tag="cases")
