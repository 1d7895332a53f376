"""Daily duty: digests under index keys that are gone are removed, as far as what they are of is found without them."""

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
        return bool(gone) and await sweep(context, gone, crypto.index_keys, (KitBase.metadata, metadata))

    return Schedule("digests_sweep", timedelta(days=1), run)


async def sweep(context: UseCaseContext, gone: Sequence[str], held: Sequence[str], targets: Sequence[MetaData]) -> bool:
    """Remove a batch from each table. True: there may be more.

    What is found by none of the keys that are `held` keeps its digests: a process that was never restarted may have
    written them after the key was cleared, and no rotation makes a digest of what has none.
    """
    more = False
    for table in Standing(context.session, targets).indexes:
        for how in dict.fromkeys(blind_columns(table).values()):
            name, key = quoted(table.name), quoted(how.key)
            same = " AND ".join(f"other.{quoted(one)} = this.{quoted(one)}" for one in how.owner)
            found = f"EXISTS (SELECT 1 FROM {name} AS other WHERE {same} AND other.{key} = ANY(:held))"  # noqa: S608
            some = f"SELECT this.ctid FROM {name} AS this WHERE this.{key} = ANY(:gone) AND {found} LIMIT :batch"  # noqa: S608
            statement = text(f"DELETE FROM {name} WHERE ctid IN ({some}) RETURNING 1")  # noqa: S608
            given = {"gone": list(gone), "held": list(held), "batch": BATCH}
            removed = (await context.session.execute(statement, given)).all()
            more = more or len(removed) == BATCH
    return more
