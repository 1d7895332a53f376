"""Proofs as the house knows them."""

from services.registry.proofs.api import router
from services.registry.proofs.domain import ProofMeans, ProofSide, ProofStatus
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="proofs",
    about="就近办理：外村居民本人核验后在任一窗口办理。 Residents of other villages prove themselves at a counter",
    code_lists=(
        published("proof_means", "核验方式", ProofMeans),
        published("proof_sides", "核验列表方向", ProofSide),
        published("proof_statuses", "核验状态", ProofStatus),
    ),
)
