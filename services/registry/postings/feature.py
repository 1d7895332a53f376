"""Postings as the house knows them."""

from sqlalchemy import select

from services.registry.balances.service import restate
from services.registry.persons.models import Posting
from shared.feature import Feature, Restatement

FEATURE = Feature(
    states={"registry.posting": Restatement(restate, select(Posting.id))},
)
