"""The development issuer: tokens that the product's own verifier accepts, keys that rotate and outlive a restart."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deploy.local.issuer.app import create_app
from deploy.local.issuer.tokens import Issuer
from shared.auth.jwks import read_keys

URL = "http://127.0.0.1:8013"


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path, url=URL)


def client_of(issuer: Issuer, *, host: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(issuer), client=(host, 5))
    return httpx.AsyncClient(transport=transport, base_url=URL)


def claims_of(token: str, issuer: Issuer) -> dict[str, Any]:
    published: Any = issuer.jwks()
    return jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256", "ES256"]).claims


async def test_the_token_endpoint_gives_a_token_with_a_grant(issuer: Issuer) -> None:
    async with client_of(issuer) as client:
        discovery = (await client.get("/.well-known/openid-configuration")).json()
        assert discovery["issuer"] == URL
        form = {"grant_type": "client_credentials", "role": "village_clerk", "area": "450481100201"}
        answer = await client.post(discovery["token_endpoint"], data=form)
        jwks = (await client.get(discovery["jwks_uri"])).json()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    claims = claims_of(answer.json()["access_token"], issuer)
    assert claims["xiangli_grants"] == [{"role": "village_clerk", "area": "450481100201", "department": None}]
    assert (claims["iss"], claims["aud"], claims["sub"]) == (URL, "xiangli", "village_clerk-450481100201")
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"] == 3600
    assert sorted(name for _, names in read_keys(jwks).values() for name in names) == ["ES256", "RS256"]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & {name for key in jwks["keys"] for name in key}


async def test_several_grants_subject_algorithm_and_lifetime_can_be_asked_for(issuer: Issuer) -> None:
    form = {
        "grant_type": "client_credentials",
        "role": ["department_officer", "assessor"],
        "area": ["450481", "450481100"],
        "department": ["civil_affairs"],
        "subject": "li",
        "alg": "ES256",
        "lifetime": "60",
    }
    async with client_of(issuer) as client:
        token = (await client.post("/token", data=form)).json()["access_token"]
    claims = claims_of(token, issuer)
    assert json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["alg"] == "ES256"
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("li", 60)
    assert claims["xiangli_grants"] == [
        {"role": "department_officer", "area": "450481", "department": "civil_affairs"},
        {"role": "assessor", "area": "450481100", "department": None},
    ]


async def test_grants_may_stand_in_json(issuer: Issuer) -> None:
    grants: list[dict[str, Any]] = [
        {"role": "agent", "area": "450481", "department": None},
        {"role": "auditor", "area": "45"},
    ]
    form = {"grant_type": "client_credentials", "client_id": "wang", "grants": json.dumps(grants)}
    async with client_of(issuer) as client:
        claims = claims_of((await client.post("/token", data=form)).json()["access_token"], issuer)
    assert claims["sub"] == "wang"
    assert claims["xiangli_grants"] == [grants[0], grants[1] | {"department": None}]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"role": "emperor"}, "invalid_scope"),
        ({"area": "450481000000"}, "invalid_scope"),
        ({"area": ""}, "invalid_scope"),
        ({"role": []}, "invalid_request"),
        ({"role": ["assessor", "auditor"]}, "invalid_request"),
        ({"role": [], "area": []}, "invalid_request"),
        ({"grants": "[]"}, "invalid_request"),
        ({"grants": "{}"}, "invalid_request"),
        ({"grants": "[1]"}, "invalid_request"),
        ({"grants": '[{"role": "agent"}]'}, "invalid_request"),
        ({"grants": '[{"role": "agent", "area": 45}]'}, "invalid_scope"),
        ({"grants": '[{"role": [], "area": "45"}]'}, "invalid_scope"),
        ({"grants": '[{"role": "agent", "area": "45", "department": 1}]'}, "invalid_scope"),
        ({"role": "department_officer", "area": "45"}, "invalid_scope"),
        ({"role": "department_officer", "area": "45", "department": ""}, "invalid_scope"),
        ({"alg": "none"}, "invalid_request"),
        ({"lifetime": "-1"}, "invalid_request"),
        ({"lifetime": "99999999"}, "invalid_request"),
    ],
)
async def test_a_wrong_request_is_told_why(issuer: Issuer, changed: dict[str, Any], error: str) -> None:
    form = {"grant_type": "client_credentials", "role": "village_clerk", "area": "450481"} | changed
    async with client_of(issuer) as client:
        answer = await client.post("/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_rotation_signs_with_new_keys_and_keeps_the_old_ones_published(issuer: Issuer) -> None:
    before = issuer.mint(role="operator", area="450481")
    async with client_of(issuer) as client:
        new = (await client.post("/rotate")).json()["keys"]
    after = issuer.mint(role="operator", area="450481")
    assert json.loads(base64.urlsafe_b64decode(after.split(".")[0] + "=="))["kid"] in new
    assert claims_of(before, issuer)["sub"] == claims_of(after, issuer)["sub"] == "operator-450481"
    async with client_of(issuer) as client:
        await client.post("/rotate", data={"drop": "true"})
    assert len(issuer.jwks()["keys"]) == 2
    with pytest.raises((JoseError, ValueError)):
        claims_of(before, issuer)


async def test_only_the_machine_itself_may_rotate(issuer: Issuer) -> None:
    published = issuer.jwks()
    async with client_of(issuer, host="10.0.0.9") as client:
        assert (await client.post("/rotate")).status_code == 403
    assert issuer.jwks() == published


def test_tokens_outlive_a_restart_and_the_file_is_the_owners_alone(tmp_path: Path, issuer: Issuer) -> None:
    token = issuer.mint(role="operator", area="450481")
    assert claims_of(token, Issuer(tmp_path, url=URL))["sub"] == "operator-450481"
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "deploy.local.issuer", "--port", "0", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        ready, address = started.stdout.readline().split()
        assert ready == "ready"
        yield started, f"http://{address}"
        if started.poll() is None:
            started.kill()


def test_the_process_says_when_it_is_ready_and_ends_on_sigterm(process: tuple[subprocess.Popen[str], str]) -> None:
    started, address = process
    form = {"grant_type": "client_credentials", "role": "operator", "area": "450481"}
    assert httpx.post(f"{address}/token", data=form).status_code == 200
    assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "deploy.local.issuer", "--port", port, "--dir", os.devnull]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert second.stderr.strip() == f"issuer: port {port} cannot be had: Address already in use"
    started.send_signal(signal.SIGTERM)
    _, errors = started.communicate(timeout=10)
    assert errors == ""
