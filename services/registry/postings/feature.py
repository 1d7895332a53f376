"""Postings as the house knows them."""

from sqlalchemy import select

from services.registry.postings.api import router
from services.registry.postings.models import Posting
from services.registry.postings.service import restate
from shared.feature import Feature, Restatement

FEATURE = Feature(
    router=router,
    tag="balances",
    states={"registry.posting": Restatement(restate, select(Posting.id))},
)
