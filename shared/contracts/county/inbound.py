"""Everything that county systems may send in, collected."""

from shared.contracts.county.lists import ListSubmitted
from shared.contracts.county.requests import RequestSubmitted
from shared.contracts.county.submission import SUBMISSIONS, Submission

__all__ = ["INBOUND", "SUBMISSIONS"]

INBOUND: dict[str, type[Submission]] = {one.noun: one for one in (RequestSubmitted, ListSubmitted)}
"""The newest class of every inbound noun: each has one topic in the catalogue."""
