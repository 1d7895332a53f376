"""A proof that is closed while it is used, and codes that are given out at once: on committed connections."""

import asyncio
from datetime import date

from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import a_number
from tests.registry.conftest import Client
from tests.registry.proofs.proving import code_of, prove, seal
from tests.registry.steps import CLERK, FAR_CLERK, assert_refused, register

BORN = date(1990, 5, 17)


async def test_nothing_is_sealed_by_a_proof_that_is_about_to_be_closed(
    client_of: Client, county: None, committed: Database
) -> None:
    counter, number = client_of(*FAR_CLERK), a_number(BORN)
    await register(client_of(*CLERK), birth_date=str(BORN), document={"number": number})
    proof = await prove(counter, number)
    async with committed.session() as session:
        await session.execute(text("UPDATE proofs SET status = 'closed', closed_by = 'home', closed_at = opened_at"))
        sealed = asyncio.create_task(seal(counter, proof))
        async with committed.session() as look:
            while not sealed.done() and not await look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                await look.rollback()
        await session.commit()
    assert_refused(await sealed, "proof_over")


async def test_of_codes_that_are_given_out_at_once_the_last_one_serves(
    client_of: Client, county: None, committed: Database
) -> None:
    clerks, counter, number = (
        [client_of(*CLERK, subject=f"{n}") for n in range(4)],
        client_of(*FAR_CLERK),
        a_number(BORN),
    )
    person = await register(clerks[0], birth_date=str(BORN), document={"number": number})
    codes = await asyncio.gather(*(code_of(clerk, person["id"]) for clerk in clerks))
    async with committed.session() as session:
        live = text("SELECT count(*) FROM proof_codes WHERE ended_at IS NULL")
        assert await session.scalar(live) == 1
    tried = [(await prove(counter, number, phone=None, code=code))["status"] for code in codes]
    assert sorted(tried) == ["failed", "failed", "failed", "open"]
