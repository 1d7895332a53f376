"""Bindings as the house knows them."""

from services.registry.bindings.api import router
from services.registry.bindings.domain import AccountAlreadyBound, BindingEnd, BindingStatus
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="bindings",
    about="本人账号：居民把自己的账号绑定到本人的登记。 A resident's login is bound to the own entry",
    constraints={"uq_bindings_subject": AccountAlreadyBound},
    code_lists=(
        published("binding_ends", "解除绑定原因", BindingEnd),
        published("binding_statuses", "绑定状态", BindingStatus),
    ),
)
