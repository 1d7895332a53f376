"""From a work order to the event that may leave the house: what names a person is encrypted, the rest is coded."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

from cloudevents.core.v1.event import CloudEvent
from joserfc import jwe
from joserfc.jwk import ECKey

from hotline.settings import Settings, Wrong

TYPE = "county.request.submitted"
DATASCHEMA = f"urn:xiangli:schema:{TYPE}:v1"
ALGORITHM, ENCRYPTION = "ECDH-ES+A256KW", "A256GCM"
CHINA = timezone(timedelta(hours=8))
PERSONAL = ("caller", "text", "address")
PLAIN = ("received_at", "category", "severity", "area", "point")


def public_key(settings: Settings) -> dict[str, Any]:
    """The key to encrypt to: the first of the set. Raises Wrong."""
    try:
        if settings.keys.startswith(("http://", "https://")):
            with urllib.request.urlopen(settings.keys, timeout=30) as answer:
                found = json.load(answer)
        else:
            found = json.loads(Path(settings.keys).read_text(encoding="utf-8"))
        return next(key for key in found["keys"] if key["kty"] == "EC" and key["crv"] == "P-256")
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise Wrong(f"HOTLINE_KEYS: no public key could be read from {settings.keys} ({error})") from error


def encrypted(personal: dict[str, Any], key: dict[str, Any]) -> str:
    """Caller, text and address as compact JWE that only the deployment can open."""
    header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": key["kid"], "cty": "application/json"}
    text = json.dumps(personal, ensure_ascii=False).encode()
    return jwe.encrypt_compact(header, text, ECKey.import_key(key), algorithms=[ALGORITHM, ENCRYPTION])


def event_of(order: dict[str, Any], settings: Settings, key: dict[str, Any]) -> CloudEvent:
    """The event of one work order; without an `id` it gets one. Raises Wrong for a field that has no place."""
    unknown = set(order) - {"id", *PLAIN, *PERSONAL}
    if unknown:
        raise Wrong(f"a work order has no field {min(unknown)}")
    data = {name: order[name] for name in PLAIN if name in order}
    data.setdefault("received_at", datetime.now(CHINA).isoformat(timespec="seconds"))
    personal = {name: order[name] for name in PERSONAL if name in order}
    if personal:
        data["personal"] = encrypted(personal, key)
    attributes = {
        "id": order.get("id") or str(uuid4()),
        "source": settings.source,
        "type": TYPE,
        "time": datetime.now(UTC),
        "dataschema": DATASCHEMA,
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, data)
