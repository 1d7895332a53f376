"""Documents as the house knows them."""

from services.services_hall.documents.api import router
from services.services_hall.documents.domain import (
    DocumentIssuedAlready,
    DocumentKind,
    DocumentStatus,
    Verification,
    VoidReason,
)
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="documents",
    about="办件文书：出具、下载、作废，凭校验码查验。 Papers that a case gives out, and their verification",
    constraints={"uq_case_documents_holding": DocumentIssuedAlready},
    code_lists=(
        published("document_kinds", "文书种类", DocumentKind),
        published("document_statuses", "文书状态", DocumentStatus),
        published("document_void_reasons", "文书作废理由", VoidReason),
        published("document_verifications", "文书查验结果", Verification),
    ),
)
