"""Fixtures of lists."""

import pytest
from fastapi import FastAPI

from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.inbound_lists.civil_affairs import CivilAffairs


@pytest.fixture
def office(app: FastAPI, county: None, committed: Database, clock: FrozenClock, crypto: Crypto) -> CivilAffairs:
    return CivilAffairs(committed, clock, crypto)
