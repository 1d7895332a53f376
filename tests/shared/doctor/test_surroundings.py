"""Check-up of database, issuer, clocks, certificates and disks: each of them broken on purpose."""

import dataclasses
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.kafka.pki import DAYS, Authority
from shared.clock import SystemClock
from shared.db.engine import raw_dsn
from shared.db.provision import quoted
from shared.doctor import certificates, database
from shared.doctor.certificates import check_certificates
from shared.doctor.database import check_database
from shared.doctor.disk import check_disk
from shared.doctor.findings import Check, Finding, Level
from shared.doctor.issuer import check_issuer
from shared.testing.broker import free_port
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase, spec_of
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import settings_for
from tests.shared.issuer_http import issuer_on

SPEC = spec_of("grid")


@pytest.fixture
async def grid(database_of: DatabaseOf) -> ServiceDatabase:
    return await database_of("grid")


async def checked(url: str, clock: SystemClock | FrozenClock | None = None) -> dict[Check, Finding]:
    found = await check_database(SPEC, settings_for("grid", url), clock or SystemClock())
    return {one.check: one for one in found}


def faults(found: dict[Check, Finding]) -> set[Check]:
    return {check for check, one in found.items() if one.level is Level.FAULT}


async def test_a_sound_database_has_no_fault(grid: ServiceDatabase) -> None:
    found = await checked(grid.service_url)
    assert list(found) == [Check.DATABASE, Check.VERSION, Check.SCHEMA, Check.RIGHTS, Check.CLOCK]
    assert faults(found) == set()


async def test_a_database_that_nobody_listens_for_is_one_sentence_with_its_remedy() -> None:
    found = await checked(f"postgresql+asyncpg://nobody:secret@127.0.0.1:{free_port()}/none")
    assert faults(found) == {Check.DATABASE} == set(found)
    said = found[Check.DATABASE]
    assert (
        said.chinese
        == "XIANGLI_DATABASE_URL：该地址没有数据库在监听。请核对地址和端口，并检查网络策略和对方是否已启动。"
    )
    assert said.english.startswith("XIANGLI_DATABASE_URL: no database server listens there; check address")
    assert "secret" not in said.chinese + said.english


async def test_a_server_that_is_too_old_is_told(grid: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 99)
    found = await checked(grid.service_url)
    assert faults(found) == {Check.VERSION}
    assert "99" in found[Check.VERSION].chinese


async def test_a_schema_that_is_behind_or_was_never_made_is_told(grid: ServiceDatabase, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "9999.py").write_text('revision = "9999"\ndown_revision = None\n')
    ahead = dataclasses.replace(SPEC, migrations=tmp_path)
    behind = await check_database(ahead, settings_for("grid", grid.service_url), SystemClock())
    [said] = [one for one in behind if one.level is Level.FAULT]
    assert said.check is Check.SCHEMA
    assert "9999" in said.english
    assert said.english.endswith("run `migrate`.")


async def test_a_role_without_its_rights_is_told_which_one_it_lacks(grid: ServiceDatabase) -> None:
    owner = await grid.as_owner()
    role = quoted(grid.names.role)
    try:
        await owner.execute(f"REVOKE UPDATE ON units FROM {role}")
        found = await checked(grid.service_url)
        assert faults(found) == {Check.RIGHTS}
        assert "lacks 1 rights on tables, such as UPDATE units" in found[Check.RIGHTS].english
        assert "UPDATE units" in found[Check.RIGHTS].chinese
    finally:
        await owner.execute(f"GRANT UPDATE ON units TO {role}")
        await owner.close()


async def test_a_superuser_in_place_of_the_services_role_is_a_fault(grid: ServiceDatabase) -> None:
    found = await checked(grid.administrator.replace("postgresql://", "postgresql+asyncpg://"))
    assert faults(found) == {Check.RIGHTS}
    assert "superuser" in found[Check.RIGHTS].english


async def test_a_schema_that_the_role_may_not_see_is_as_one_that_was_never_made(grid: ServiceDatabase) -> None:
    owner = await asyncpg.connect(raw_dsn(grid.owner_url))
    role = quoted(grid.names.role)
    try:
        await owner.execute(f"REVOKE SELECT ON alembic_version FROM {role}")
        found = await checked(grid.service_url)
        assert "never made" in found[Check.SCHEMA].english
    finally:
        await owner.execute(f"GRANT SELECT ON alembic_version TO {role}")
        await owner.close()


async def test_a_clock_that_is_not_the_databases_is_told_in_seconds(grid: ServiceDatabase) -> None:
    found = await checked(grid.service_url, FrozenClock(datetime.now(UTC) - timedelta(seconds=90)))
    assert faults(found) == {Check.CLOCK}
    assert "相差 90 秒" in found[Check.CLOCK].chinese
    assert "NTP" in found[Check.CLOCK].english


async def test_the_issuer_gives_its_keys_or_is_told() -> None:
    with issuer_on() as issuer:
        sound = await check_issuer(
            settings_for("grid", "postgresql+asyncpg://x", oidc_issuer=issuer.issuer), SystemClock()
        )
        assert [one.level for one in sound if one.check is Check.ISSUER] == [Level.OK]
        other = settings_for("grid", "postgresql+asyncpg://x", oidc_issuer=issuer.issuer + "/")
        [named] = await check_issuer(other, SystemClock())
    assert named.level is Level.FAULT
    assert "to the letter" in named.english
    [away] = await check_issuer(settings_for("grid", "postgresql+asyncpg://x"), SystemClock())
    assert away.level is Level.FAULT
    assert away.chinese.startswith("XIANGLI_OIDC_ISSUER：")
    assert "cannot be reached" in away.english


async def test_a_clock_that_is_not_the_issuers_is_told() -> None:
    with issuer_on() as issuer:
        settings = settings_for("grid", "postgresql+asyncpg://x", oidc_issuer=issuer.issuer)
        sound = await check_issuer(settings, SystemClock())
        late = await check_issuer(settings, FrozenClock(datetime.now(UTC) - timedelta(minutes=5)))
    assert [one.level for one in sound] == [Level.OK, Level.OK]
    [said] = [one for one in late if one.level is Level.FAULT]
    assert said.check is Check.CLOCK
    assert "签发方" in said.chinese


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [(0, Level.OK, "valid"), (DAYS - 20, Level.WARNING, "ends on"), (DAYS + 1, Level.FAULT, "ended on")],
)
async def test_a_certificate_is_told_before_it_ends_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, level: Level, said: str
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with issuer_on(certificate=authority.broker()) as issuer:
        settings = settings_for("grid", "postgresql+asyncpg:///none", oidc_issuer=issuer.issuer)
        found = await check_certificates(settings, FrozenClock(datetime.now(UTC) + timedelta(days=days)))
    [one] = found
    assert one.level is level
    assert said in one.english
    assert level is Level.OK or "XIANGLI_OIDC_ISSUER" in one.chinese


async def test_a_certificate_in_a_file_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).ca_file))
    settings = settings_for("grid", "postgresql+asyncpg:///none")
    [fine] = await check_certificates(settings, SystemClock())
    assert fine.english == "1 certificates are valid."
    [ended] = await check_certificates(settings, FrozenClock(datetime.now(UTC) + timedelta(days=DAYS + 1)))
    assert ended.level is Level.FAULT
    assert "SSL_CERT_FILE" in ended.english


@pytest.mark.filterwarnings("error")
async def test_an_old_authority_without_a_serial_number_is_read_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "old")])
    signed = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=DAYS)).sign(
        key, hashes.SHA256()
    )
    first = signed.public_bytes(serialization.Encoding.DER)
    none = first.replace(b"\xa0\x03\x02\x01\x02\x02\x01\x01", b"\xa0\x03\x02\x01\x02\x02\x01\x00", 1)
    assert none != first
    (tmp_path / "bundle.pem").write_text(ssl.DER_cert_to_PEM_cert(none), encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "bundle.pem"))
    [fine] = await check_certificates(settings_for("grid", "postgresql+asyncpg:///none"), SystemClock())
    assert fine.english == "1 certificates are valid."


async def test_a_bundle_of_authorities_is_sound_while_one_of_them_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that systems bring along hold roots that ended years ago."""
    ended = Authority(tmp_path / "ended").ca_file.read_bytes()
    monkeypatch.setattr("deploy.kafka.pki.DAYS", 10 * DAYS)
    sound = Authority(tmp_path / "sound").ca_file.read_bytes()
    bundle = tmp_path / "bundle.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    settings, later = settings_for("grid", "postgresql+asyncpg:///none"), FrozenClock()
    later.set(datetime.now(UTC) + timedelta(days=2 * DAYS))
    for content, level in ((ended + sound, Level.OK), (sound + ended, Level.OK), (ended, Level.FAULT)):
        bundle.write_bytes(content)
        assert [one.level for one in await check_certificates(settings, later)] == [level]


async def test_a_database_without_tls_shows_no_certificate(
    grid: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    host, port = "127.0.0.1", free_port()
    assert await certificates._peer(host, port, certificates._SSL_REQUEST) is None
    [fine] = await check_certificates(settings_for("grid", grid.service_url), SystemClock())
    assert fine.level is Level.OK


@pytest.mark.parametrize(("free", "level"), [(50, Level.OK), (9, Level.WARNING), (2, Level.FAULT)])
def test_a_disk_is_told_before_it_is_full(tmp_path: Path, free: int, level: Level) -> None:
    settings = settings_for("grid", "postgresql+asyncpg://x", files=str(tmp_path / "files"))
    found = list(check_disk(settings, usage=lambda _: (100, 100 - free, free)))
    assert [one.level for one in found] == [level, level]
    assert "XIANGLI_FILES" in found[1].chinese
    assert f"{free}%" in found[1].english


def test_a_folder_that_cannot_be_written_is_a_fault_and_a_store_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(**_: object) -> SimpleNamespace:
        raise OSError(30, "Read-only file system")

    store = settings_for("grid", "postgresql+asyncpg://x", files="s3://bucket/x", files_endpoint="https://s3.example")
    assert len(list(check_disk(store))) == 1
    monkeypatch.setattr("tempfile.TemporaryFile", read_only)
    [said] = check_disk(settings_for("grid", "postgresql+asyncpg://x"))
    assert said.level is Level.FAULT
    assert "cannot be written" in said.english
