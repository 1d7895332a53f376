"""Accesses as the house knows them."""

from services.registry.accesses.api import router
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.roles import Role
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="persons",
    code_lists=(
        published("purposes", "用途", Purpose),
        published("details", "查看程度", Detail),
        published("results", "访问结果", Result),
        published("roles", "岗位", Role),
    ),
)
