"""A tiny OIDC issuer inside the test process: discovery, keys, tokens, rotation, and being away."""

import json
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

ISSUER = "https://issuer.test"
Algorithm = Literal["RS256", "ES256", "EdDSA", "Ed25519", "Ed448", "HS256", "RS512", "ES384"]


class _Anything(jws.JWSRegistry):
    """Signs with whatever a test asks for, also what a verifier must refuse."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


def _generate(algorithm: Algorithm, kid: str) -> RSAKey | ECKey | OKPKey | OctKey:
    parameters: Any = {"kid": kid, "use": "sig"}
    match algorithm:
        case "RS256" | "RS512":
            return RSAKey.generate_key(2048, parameters)
        case "ES256":
            return ECKey.generate_key("P-256", parameters)
        case "ES384":
            return ECKey.generate_key("P-384", parameters)
        case "EdDSA" | "Ed25519":
            return OKPKey.generate_key("Ed25519", parameters)
        case "Ed448":
            return OKPKey.generate_key("Ed448", parameters)
        case "HS256":
            return OctKey.generate_key(256, parameters)


class Issuer:
    """Keys by id; the newest signs. `fetches` counts the requests for keys, `discoveries` those that begin one.

    `lie`: put over the discovery document. `answers`: what stands at an address instead, by path.
    """

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.keys: dict[str, tuple[RSAKey | ECKey | OKPKey | OctKey, Algorithm]] = {}
        self.published: set[str] = set()
        self.away = False
        self.lie: dict[str, Any] = {}
        self.answers: dict[str, httpx.Response] = {}
        self.fetches = 0
        self.discoveries = 0
        self.rotate("RS256")

    def rotate(self, algorithm: Algorithm = "RS256", *, drop: bool = False) -> str:
        """A new signing key; with `drop` the others are no longer published."""
        kid = f"key-{len(self.keys) + 1}"
        self.keys[kid] = (_generate(algorithm, kid), algorithm)
        self.published = {kid} if drop else self.published | {kid}
        return kid

    def token(
        self, at: datetime, *, kid: str | None = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A valid access token, except for what the test says otherwise. A claim or header of None is left out."""
        kid = kid or list(self.keys)[-1]
        key, algorithm = self.keys[kid]
        whole = {
            "iss": self.issuer,
            "aud": "xiangli",
            "sub": "clerk-1",
            "iat": int(at.timestamp()),
            "exp": int((at + timedelta(minutes=10)).timestamp()),
            "xiangli_grants": [{"role": "village_clerk", "area": "450481100201", "department": None}],
            **claims,
        }
        whole = {name: value for name, value in whole.items() if value is not None}
        told = {"alg": algorithm, "kid": kid, "typ": "at+jwt", **(header or {})}
        told = {name: value for name, value in told.items() if value is not None}
        return jws.serialize_compact(told, json.dumps(whole), key, registry=_Anything())

    def transport(self) -> httpx.MockTransport:
        """What stands in for the network."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        discovering = request.url.path == "/.well-known/openid-configuration"
        self.discoveries += discovering
        if self.away:
            raise httpx.ConnectError("away", request=request)
        if request.url.path in self.answers:
            return self.answers[request.url.path]
        if discovering:
            return httpx.Response(
                200, json={"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **self.lie}, request=request
            )
        self.fetches += 1
        keys = [
            {**key.as_dict(private=False), "alg": algorithm}
            for kid, (key, algorithm) in self.keys.items()
            if kid in self.published and algorithm != "HS256"
        ]
        return httpx.Response(200, json={"keys": [{"kty": "nonsense", "kid": "x"}, *keys]}, request=request)
