"""Daily duty: digests under index keys that are gone tell nobody anything and are removed."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import MetaData, select, text

from shared.crypto.service import Crypto
from shared.db.base import KitBase
from shared.db.provision import quoted
from shared.db.sealing import blind_columns
from shared.messaging.context import UseCaseContext
from shared.rotation.standing import Standing
from shared.rotation.tables import HeldKey, Ring
from shared.rotation.watch import held_by, note_held
from shared.schedules import Schedule

BATCH = 5_000


def digest_sweep(crypto: Crypto, metadata: MetaData) -> Schedule:
    """The schedule. Only what a look cleared is removed: a key that was forgotten in the settings loses nothing."""

    async def run(context: UseCaseContext) -> bool:
        await note_held(context.session, held_by(crypto), context.clock.now())
        cleared = select(HeldKey.key_id).where(HeldKey.ring == Ring.INDEX.value, HeldKey.cleared_at.is_not(None))
        gone = sorted(set(await context.session.scalars(cleared)) - set(crypto.index_keys))
        return bool(gone) and await sweep(context, gone, (KitBase.metadata, metadata))

    return Schedule("digests_sweep", timedelta(days=1), run)


async def sweep(context: UseCaseContext, gone: Sequence[str], targets: Sequence[MetaData]) -> bool:
    """Remove a batch from each table. True: there may be more."""
    more = False
    for table in Standing(context.session, targets).indexes:
        keys = {how.key for how in blind_columns(table).values()}
        for key in sorted(keys):
            name = quoted(table.name)
            some = f"SELECT ctid FROM {name} WHERE {quoted(key)} = ANY(:gone) LIMIT :batch"  # noqa: S608
            statement = text(f"DELETE FROM {name} WHERE ctid IN ({some}) RETURNING 1")  # noqa: S608
            removed = (await context.session.execute(statement, {"gone": list(gone), "batch": BATCH})).all()
            more = more or len(removed) == BATCH
    return more
