"""Transfers as the house knows them."""

from sqlalchemy import select

from services.registry.transfers.api import router
from services.registry.transfers.domain import AfterLimit, RefusalReason, TransferSide
from services.registry.transfers.models import Transfer
from services.registry.transfers.schedules import TRANSFERS
from services.registry.transfers.service.transfers import restate
from shared.contracts.registry.transfers import TransferStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="movements",
    states={"registry.transfer": Restatement(restate, select(Transfer.id))},
    schedules=(TRANSFERS,),
    code_lists=(
        published("transfer_limits", "迁移逾期处理", AfterLimit),
        published("transfer_refusals", "不同意迁移原因", RefusalReason),
        published("transfer_sides", "迁移申请方向", TransferSide),
        published("transfer_statuses", "迁移申请状态", TransferStatus),
    ),
)
