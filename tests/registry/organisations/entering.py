"""Organisations that tests enter."""

from typing import Any

from httpx import AsyncClient

from tests.registry.builders import VILLAGE
from tests.registry.steps import Json, given

ORGANISATIONS = "/registry/v1/organisations"
CODE = "N2450481MF00000012"
"""A collective's of a village: python-stdnum refuses it, the county does not."""
NAME, RESPONSIBLE, PHONE, ADDRESS = "思孟村股份经济合作社", "欧阳植入", "13912345678", "植入街一百零一号"


def an_organisation(**what: Any) -> Json:
    """The body of an organisation of VILLAGE."""
    body: Json = {"area": VILLAGE, "kind": "collective", "name": NAME, "began_on": "2026-01-05"}
    body |= {"credit_code": CODE, "registration": "registered", "registered_on": "2026-01-06", "members": 36}
    return body | {"address": ADDRESS, "responsible": RESPONSIBLE, "phone": PHONE} | what


def a_team(**what: Any) -> Json:
    """The body of a volunteers' team of VILLAGE, of which little is known."""
    return {"area": VILLAGE, "kind": "volunteer_team", "name": "思孟村志愿服务队", "began_on": "2026-01-05"} | what


async def enter(client: AsyncClient, **what: Any) -> Json:
    """An organisation that was entered."""
    return given(await client.post(ORGANISATIONS, json=an_organisation(**what)), 201)


async def enter_team(client: AsyncClient, **what: Any) -> Json:
    """A volunteers' team that was entered."""
    return given(await client.post(ORGANISATIONS, json=a_team(**what)), 201)
