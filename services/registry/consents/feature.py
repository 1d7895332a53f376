"""Consents as the house knows them."""

from sqlalchemy import select

from services.registry.consents.api.own import router
from services.registry.consents.domain import ConsentReason, ConsentStep, GuardianBasis, Incapacity
from services.registry.consents.models import Consent, ConsentCount
from services.registry.consents.service.counting import restate_counts
from services.registry.consents.service.reads import restate
from shared.contracts.registry.consents import ConsentGiver, ConsentGroup, ConsentPurpose, ConsentStatus, ConsentWay
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="consents",
    about="个人信息处理同意：为何目的、哪些信息、谁同意、何时撤回。 What residents have consented to, and withdrawn",
    states={
        "registry.consent": Restatement(restate, select(Consent.id)),
        "registry.consent_count": Restatement(restate_counts, select(ConsentCount.id)),
    },
    code_lists=(
        published("consent_purposes", "须取得同意的处理目的", ConsentPurpose),
        published("consent_groups", "同意涉及的信息类别", ConsentGroup),
        published("consent_statuses", "同意状态", ConsentStatus),
        published("consent_givers", "同意人", ConsentGiver),
        published("consent_ways", "同意方式", ConsentWay),
        published("consent_steps", "同意办理", ConsentStep),
        published("consent_reasons", "同意作废或撤销原因", ConsentReason),
        published("consent_incapacities", "不能单独同意的原因", Incapacity),
        published("guardian_bases", "监护依据", GuardianBasis),
    ),
)
