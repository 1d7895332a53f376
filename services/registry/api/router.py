"""Every endpoint of registry."""

from fastapi import APIRouter

from services.registry.api import (
    accesses,
    areas,
    balances,
    calendar,
    extracts,
    households,
    life_events,
    persons,
    tags,
)

router = APIRouter()
for noun in (areas, calendar, persons, extracts, accesses, life_events, households, tags, balances):
    router.include_router(noun.router)
