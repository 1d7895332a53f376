"""Check of the keys: what lies under one that this process does not have, and so cannot be read or found."""

from collections.abc import Sequence

from sqlalchemy import MetaData, select

from shared.crypto.service import Crypto
from shared.db.base import KitBase
from shared.db.engine import GONE, Database
from shared.doctor.findings import Check, Finding, Level, fault, fine
from shared.errors import DomainError
from shared.rotation.standing import Standing
from shared.rotation.tables import HeldKey, Ring
from shared.rotation.watch import held_by
from shared.service import ServiceSpec
from shared.settings import ServiceSettings

COUNTING_MS = 120_000
"""A large county's tables are looked through for each key that is missing; for none, if all are there."""
LOST = {
    Ring.FIELD: ("姓名、号码、住址等内容无法读出", "names, numbers, addresses cannot be read"),
    Ring.INDEX: ("内容不能按号码、姓名或住址查到", "values cannot be found by number, name or address"),
}


async def check_keys(spec: ServiceSpec, settings: ServiceSettings) -> Sequence[Finding]:
    """One finding for each key that was in use and is not in its ring, while anything lies under it; none if the
    database is away or was never migrated: that is told by others."""
    crypto = Crypto.from_settings(settings)
    url = settings.database_url.get_secret_value()
    database = Database(url, pool=1, application=f"{spec.name}-doctor", statement_timeout_ms=COUNTING_MS)
    try:
        found = await missing_keys(database, spec.metadata, crypto)
    except (*GONE, DomainError):
        return []
    finally:
        await database.close()
    return found or [fine(Check.KEYS, "所用的密钥都在。", "every key in use is there.")]


async def missing_keys(database: Database, metadata: MetaData, crypto: Crypto) -> Sequence[Finding]:
    """Findings of keys under which something lies and that are not in the rings, those that were given up included."""
    held, found = held_by(crypto), []
    async with database.session() as session:
        noted = (await session.execute(select(HeldKey.ring, HeldKey.key_id, HeldKey.cleared_at))).tuples()
        standing = Standing(session, (KitBase.metadata, metadata))
        for name, key, cleared_at in sorted(noted, key=lambda one: one[:2]):
            ring = Ring(name)
            if key in held[ring]:
                continue
            lost = await (standing.rows_under(key) if ring is Ring.FIELD else standing.lost_without(held[ring]))
            if lost:
                found.append(_finding(ring, key, lost, given_up=cleared_at is not None))
    return found


def _finding(ring: Ring, key: str, lost: int, *, given_up: bool) -> Finding:
    chinese, english = LOST[ring]
    if given_up:
        return Finding(
            Check.KEYS,
            Level.WARNING,
            f"{ring.setting}：密钥 {key} 已放弃，{lost} 项{chinese}。找到密钥后放回即可恢复，否则请重新录入。",
            f"{ring.setting}: the key {key} was given up, {lost} {english}; put it back, or enter them again.",
        )
    return fault(
        Check.KEYS,
        f"{ring.setting}：缺少密钥 {key}，{lost} 项{chinese}。请从保存之处找回并放在其他密钥之后；"
        "确已丢失请见手册“备份与恢复”。",
        f"{ring.setting}: the key {key} is missing, {lost} {english}; put it back behind the others, or, if it is lost"
        " for ever, see `restore` in the handbook.",
    )
