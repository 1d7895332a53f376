"""A county that keeps the ledgers of job seekers, vacancies and offers, and records of them."""

from itertools import count
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from shared.db.engine import Database
from tests.registry.builders import VILLAGE
from tests.registry.steps import given
from tests.shared.ledgers.records.conftest import Published

LEDGERS = ("job_seekers", "job_offers")
API = "/registry/v1"
_numbers = count(1)


def definition(code: str) -> str:
    """A definition that ships."""
    return Path(f"services/registry/ledgers/{code}.yaml").read_text(encoding="utf-8")


async def publish(database: Database, *, disclosed: bool = True) -> None:
    """The three ledgers, as they ship; or of a county that does not disclose its vacancies."""
    published = Published(database)
    changed: dict[str, Any] = {} if disclosed else {"access": {}}
    await published.publish(definition("vacancies"), **changed)
    for code in LEDGERS:
        await published.publish(definition(code))


def a_seeker(**values: Any) -> dict[str, Any]:
    """Values of somebody who wants to clean, and says nothing else."""
    number = f"QZ-{next(_numbers):04d}"
    told = {"number": number, "name": "覃示例", "phone": "13000000200", "registered_on": "2026-03-02"}
    return {**told, "reason": "laid_off", "wanted": "cleaning", **values}


def a_vacancy(**values: Any) -> dict[str, Any]:
    """Values of twenty open posts to clean, of which nothing else is said."""
    number = f"GW-{next(_numbers):04d}"
    told = {"number": number, "employer": "示例公司", "kind": "cleaning", "public_benefit": False, "posts": 20}
    return {**told, "offered_on": "2026-03-02", "contact": "岑示例", "phone": "13000000300", **values}


async def opened(
    client: AsyncClient, ledger: str, values: dict[str, Any], *, area: str = VILLAGE, subject: str | None = None
) -> dict[str, Any]:
    """A record of a ledger."""
    body = {"area": area, "values": values, "subject_id": subject}
    return given(await client.post(f"{API}/ledgers/{ledger}/records", json=body), 201)


async def offered(client: AsyncClient, seeker: str, vacancy: str) -> dict[str, Any]:
    """An offer that was confirmed."""
    body = {"seeker_id": seeker, "vacancy_id": vacancy, "number": f"TJ-{next(_numbers):04d}"}
    shown = given(await client.post(f"{API}/job-offers", json=body), 201)
    found: dict[str, Any] = shown["offer"]
    return found
