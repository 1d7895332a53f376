"""Facilities that tests enter."""

from typing import Any

from httpx import AsyncClient

from tests.registry.builders import VILLAGE
from tests.registry.steps import Json, given

FACILITIES = "/registry/v1/facilities"
NAME, ADDRESS = "思孟村便民超市", "植入街一百零一号"


def a_facility(**what: Any) -> Json:
    """The body of a facility of VILLAGE."""
    body: Json = {"area": VILLAGE, "kind": "convenience_store", "name": NAME, "opened_on": "2026-01-05"}
    body |= {"serves": ["shopping", "farm_supplies"], "address": ADDRESS, "floor_area": "120.50", "staff": 2}
    body |= {"point": {"longitude": 111.02, "latitude": 22.95}, "organisation_id": None}
    return body | {"hours": [{"days": [1, 2, 3, 4, 5, 6, 7], "opens": "07:30", "closes": "21:00"}]} | what


async def enter(client: AsyncClient, **what: Any) -> Json:
    """A facility that was entered."""
    return given(await client.post(FACILITIES, json=a_facility(**what)), 201)
