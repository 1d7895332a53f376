"""Balances as the house knows them."""

from services.registry.balances.api import router
from services.registry.balances.domain import Basis, Part
from shared.contracts.registry.postings import Book, PostingKind, PostingMark
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="balances",
    about="人口台账：两本账簿的期初、变动和期末。 Opening, flows and closing of the two books",
    code_lists=(
        published("books", "账簿", Book),
        published("posting_marks", "人口台账标记", PostingMark),
        published("posting_kinds", "变动种类", PostingKind),
        published("bases", "统计口径", Basis),
        published("balance_parts", "分区级别", Part),
    ),
)
