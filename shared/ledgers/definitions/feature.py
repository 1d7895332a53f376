"""Ledgers as the house knows them."""

from collections.abc import Callable

from sqlalchemy import select

from shared.contracts.ledgers import LEDGER
from shared.feature import Feature, Restatement
from shared.ledgers.definitions.api import router
from shared.ledgers.definitions.changes import ChangeKind
from shared.ledgers.definitions.domain import DraftExists, LedgerStatus
from shared.ledgers.definitions.models import LedgerRow
from shared.ledgers.definitions.restating import restate_ledgers
from shared.ledgers.definitions.trying import Holdings
from shared.ledgers.definitions.wiring import DefinitionParts
from shared.ledgers.grammar.words import AreaLevel, FieldType, MeasureKind, Owner, Privacy, Subject
from shared.messaging.context import UseCaseContext
from shared.reference.codes import published
from shared.worktime import ClockUnit


def definition_feature(owner: str, holdings: Callable[[UseCaseContext], Holdings]) -> Feature:
    """The definitions of a service's ledgers. `holdings`: how to look at what stands in them."""
    return Feature(
        router=router,
        parts=(DefinitionParts(owner, holdings),),
        tag="ledgers",
        about="台账：以定义建立的登记簿，起草、发布、停用。 "
        "Registers that are data: their definitions, drafted, published, retired",
        states={f"{owner}.{LEDGER}": Restatement(restate_ledgers(owner), select(LedgerRow.code))},
        constraints={"pk_ledger_drafts": DraftExists},
        code_lists=(
            published("ledger_statuses", "台账状态", LedgerStatus),
            published("ledger_changes", "台账变化", ChangeKind),
            published("ledger_owners", "台账所属服务", Owner),
            published("area_levels", "区域层级", AreaLevel),
            published("record_subjects", "记录对象", Subject),
            published("field_types", "字段类型", FieldType),
            published("privacy_levels", "字段保密级别", Privacy),
            published("clock_units", "时限单位", ClockUnit),
            published("measure_kinds", "统计口径", MeasureKind),
        ),
    )
