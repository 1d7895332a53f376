"""A rotation of the kit's tables, and a process that runs it to a certain row, to be killed there."""

import asyncio
import sys
import time
from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.jobs.runner import run_jobs
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.migration.kit_schema import KIT
from shared.rotation.job import Rotation, rotation_kind
from shared.testing.clock import FrozenClock
from shared.testing.settings import settings_for
from tests.shared.keys import keys

NOTHING = MetaData()
"""A service without tables of its own."""
assert KIT.tables


def crypto_of(*kids: str) -> Crypto:
    """Both rings of these keys, the first one active."""
    return Crypto.from_settings(settings_for("kit", "postgresql+asyncpg://nowhere", **keys(*kids)))


def rotation_of(crypto: Crypto) -> Rotation:
    def context_of(session: AsyncSession) -> PlainContext:
        clock = FrozenClock()
        outbox = Outbox(session, owner="kit", clock=clock)
        return PlainContext(session=session, clock=clock, outbox=outbox, crypto=crypto, access=AccessNotes(clock))

    return Rotation(NOTHING, crypto, (), context_of)


class Hanging(Crypto):
    """Seals so many values anew, and then stays inside the open step until it is killed."""

    left = 10

    def sealed_anew(self, sealed: bytes, *, field: str, owner: UUID | str) -> bytes:
        Hanging.left -= 1
        if not Hanging.left:
            time.sleep(60)
        return super().sealed_anew(sealed, field=field, owner=owner)


if __name__ == "__main__":
    url, batch, *kids = sys.argv[1:]
    database = Database(url, pool=3, application="rotating-child")
    hanging = Hanging.from_settings(settings_for("kit", url, **keys(*kids)))
    kind = rotation_kind(rotation_of(hanging), batch=int(batch))
    asyncio.run(run_jobs(database, [kind], stop=asyncio.Event(), lease=1.0, poll=0.05))
