"""Credentials of a device: a password that nobody chose, and the settings that ODK Collect reads from a QR code."""

import base64
import binascii
import hashlib
import hmac
import io
import json
import secrets
import zlib
from dataclasses import dataclass
from uuid import UUID

import segno


@dataclass(frozen=True, slots=True)
class Shown:
    """What a phone shows: which device it says it is, and its password."""

    device_id: UUID
    password: str


def new_password() -> str:
    """256 random bits: a plain digest of them cannot be searched."""
    return secrets.token_urlsafe(32)


def digest(password: str) -> bytes:
    return hashlib.sha256(password.encode()).digest()


def matches(password: str, kept: bytes) -> bool:
    return hmac.compare_digest(digest(password), kept)


def read_basic(authorization: str | None) -> Shown | None:
    """Name and password of an `Authorization: Basic …`; None for anything else."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() != "basic" or len(given) > 400:
        return None
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        return Shown(UUID(name), password) if colon and len(name) == 36 else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def settings_text(*, server: str, device_id: UUID, password: str, project: str) -> str:
    """The text of the QR code: JSON, compressed by zlib, in base64 (ODK Collect, "Configure with QR code").

    Forms are kept as the server has them, sent by themselves and deleted from the phone once they have arrived; the
    worker cannot point the phone to another server.
    """
    settings = {
        "general": {
            "protocol": "odk_default",
            "server_url": server,
            "username": str(device_id),
            "password": password,
            "form_update_mode": "match_exactly",
            "periodic_form_updates_check": "every_one_hour",
            "autosend": "wifi_and_cellular",
            "delete_send": True,
            "image_size": "small",
        },
        "admin": {"change_server": False, "admin_pw": ""},
        "project": {"name": project, "icon": project[:1], "color": "#1f5f8b"},
    }
    packed = zlib.compress(json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return base64.b64encode(packed).decode()


def qr_code(text: str) -> str:
    """The text as a QR code, an SVG image that stands alone."""
    image = io.BytesIO()
    segno.make(text, error="l", micro=False).save(image, kind="svg", scale=4, xmldecl=False)
    return image.getvalue().decode().strip()
