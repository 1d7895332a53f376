"""An issuer behind TLS: an authority of the county's own is trusted by `SSL_CERT_FILE`, and nothing else is."""

from pathlib import Path

import pytest
import structlog

from deploy.kafka.pki import Authority
from shared.auth.keys import IssuerAway, IssuerKeys
from shared.testing.clock import FrozenClock
from tests.shared.issuer_http import issuer_on


async def fault(issuer: str) -> str:
    """Why the keys of an issuer cannot be had."""
    keys = IssuerKeys(issuer, clock=FrozenClock(), stale_limit=0)
    with structlog.testing.capture_logs() as lines, pytest.raises(IssuerAway):
        await keys.ensure()
    await keys.close()
    [line] = [line for line in lines if line["event"] == "issuer_keys_not_fetched"]
    sentence: str = line["fault"]
    return sentence


async def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    with issuer_on(certificate=authority.broker()) as issuer:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        refused = await fault(issuer.issuer)
        assert refused.startswith(f"XIANGLI_OIDC_ISSUER: {issuer.issuer}/")
        assert "CERTIFICATE_VERIFY_FAILED" in refused
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
        keys = IssuerKeys(issuer.issuer, clock=FrozenClock(), stale_limit=0)
        await keys.ensure()
        assert keys.known


async def test_a_certificate_for_another_host_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    with issuer_on(certificate=authority.broker(("127.0.0.2",))) as issuer:
        sentence = await fault(issuer.issuer)
    assert sentence.startswith(f"XIANGLI_OIDC_ISSUER: {issuer.issuer}/")
    assert "127.0.0.1" in sentence.removeprefix(f"XIANGLI_OIDC_ISSUER: {issuer.issuer}")
    assert "mismatch" in sentence
