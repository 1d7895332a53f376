"""Verifications as the house knows them."""

from services.registry.verifications.api import router
from services.registry.verifications.domain import FieldGroup
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(router=router, tag="persons", code_lists=(published("field_groups", "居民信息类组", FieldGroup),))
