"""Extracts as the house knows them."""

from services.registry.extracts.api import router
from services.registry.extracts.service import Audience
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="persons",
    code_lists=(published("audiences", "摘要接收方", Audience),),
)
