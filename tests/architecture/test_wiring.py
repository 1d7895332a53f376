"""The use cases of each service are put together without a circle, and each only when a door asks for it."""

from functools import cached_property
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes
from shared.clock import SystemClock
from shared.contracts.asyncapi import SERVICES
from shared.crypto.service import Crypto
from shared.db.session import RowSession
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox


def the_use_cases(service: str, crypto: Crypto) -> Any:
    session, clock = AsyncSession(sync_session_class=RowSession), SystemClock()
    context = PlainContext(session, clock, Outbox(session, owner=service, clock=clock), crypto, AccessNotes(clock))
    return import_module(f"services.{service}.wiring").use_cases(context)


def made_when_asked_for(cases: object) -> list[str]:
    return [name for name in dir(type(cases)) if isinstance(getattr(type(cases), name), cached_property)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_use_case_can_be_made_first(service: str, crypto: Crypto) -> None:
    names = made_when_asked_for(the_use_cases(service, crypto))
    assert names
    for name in names:
        cases = the_use_cases(service, crypto)
        assert getattr(cases, name) is getattr(cases, name), name


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_made_before_it_is_asked_for(service: str, crypto: Crypto) -> None:
    cases = the_use_cases(service, crypto)
    assert {name for name in dir(cases) if not name.startswith("_")} <= set(made_when_asked_for(cases))
    assert not set(vars(cases)) & set(made_when_asked_for(cases))
