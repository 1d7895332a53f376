"""What strangers may write to the inbound topic, each with the code it is answered with."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwe
from joserfc.jwk import ECKey

from shared.crypto.jwe import InboundKeys, new_private_key
from tests.grid.hotline import PERSONAL, PUBLIC_KEY, SOURCE, Sent, a_request, binary, sealed, structured

NUMBER = "45048119900307019X"
MOBILE = "13800138000"


def other_key() -> Mapping[str, Any]:
    """A key of nobody's, under the id of ours."""
    keys = InboundKeys.parse("other:" + base64.b64encode(new_private_key()).decode())
    return {**keys.public_set()["keys"][0], "kid": PUBLIC_KEY["kid"]}


def encrypted(plaintext: bytes = json.dumps(PERSONAL).encode(), **header: Any) -> str:
    """With another header than ours; a value of None leaves a field out."""
    protected = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": PUBLIC_KEY["kid"], **header}
    protected = {name: value for name, value in protected.items() if value is not None}
    registry = jwe.JWERegistry(algorithms=["ECDH-ES+A256KW", "A256GCM", "A128CBC-HS256", "DEF"])
    return jwe.encrypt_compact(protected, plaintext, ECKey.import_key(dict(PUBLIC_KEY)), registry=registry)


def with_header(text: str, **header: Any) -> str:
    """The same message under another header, as somebody on the way would put it."""
    first, *rest = text.split(".")
    found = json.loads(base64.urlsafe_b64decode(first + "=="))
    changed = json.dumps({**found, **header}).encode()
    return ".".join([base64.urlsafe_b64encode(changed).rstrip(b"=").decode(), *rest])


def raw(value: bytes | None, **what: Any) -> Sent:
    sent = binary(a_request(), **what)
    return Sent(value, sent.headers, sent.key)


def headed(*more: tuple[str, bytes], without: str = "", **what: Any) -> Sent:
    sent = binary(a_request(), **what)
    return Sent(sent.value, (*(one for one in sent.headers if one[0] != without), *more), sent.key)


def replaced(old: bytes, new: bytes) -> Sent:
    sent = binary(a_request())
    assert sent.value is not None
    assert old in sent.value
    return Sent(sent.value.replace(old, new), sent.headers, sent.key)


BYTES: dict[str, tuple[str, Callable[[], Sent]]] = {
    "no JSON": ("unreadable", lambda: raw(b"\xff\xfe\x00 hello")),
    "JSON cut off": ("unreadable", lambda: raw(b'{"category":"environm')),
    "a null value": ("unreadable", lambda: raw(None)),
    "an empty value": ("unreadable", lambda: raw(b"")),
    "a null key and a null value, without headers": ("unreadable", lambda: Sent(None, ())),
    "deep nesting": ("unreadable", lambda: raw(b'{"a":' * 5_000 + b"1" + b"}" * 5_000)),
    "a key twice": ("unreadable", lambda: replaced(b'"category":', b'"category":"order","category":')),
    "NaN": ("unreadable", lambda: replaced(b'"point":null', b'"point":{"longitude":NaN,"latitude":1}')),
    "an infinite number": (
        "unreadable",
        lambda: replaced(b'"point":null', b'"point":{"longitude":1e999,"latitude":1}'),
    ),
    "an endless number": ("unreadable", lambda: replaced(b'"point":null', b'"point":' + b"9" * 5_000)),
    "half a surrogate": ("unreadable", lambda: replaced(b'"environment"', b'"\\ud800"')),
    "a value that is too large": ("too_large", lambda: raw(b'{"a":"' + b"x" * 70_000 + b'"}')),
    "headers that are too large": ("too_large", lambda: headed(("x", b"y" * 9_000))),
    "too many headers": ("too_large", lambda: headed(*((f"x{n}", b"") for n in range(70)))),
}
ENVELOPE: dict[str, tuple[str, Callable[[], Sent]]] = {
    "no headers": ("not_a_cloudevent", lambda: Sent(binary(a_request()).value, ())),
    "another content type": ("not_a_cloudevent", lambda: binary(a_request(), content_type="text/xml")),
    "no content type": ("not_a_cloudevent", lambda: binary(a_request(), content_type=None)),
    "batch mode": (
        "not_a_cloudevent",
        lambda: Sent(b"[]", ((("content-type"), b"application/cloudevents-batch+json"),)),
    ),
    "no id": ("not_a_cloudevent", lambda: binary(a_request(), id=None)),
    "another version of CloudEvents": ("not_a_cloudevent", lambda: binary(a_request(), specversion="0.3")),
    "a time that is none": ("not_a_cloudevent", lambda: binary(a_request(), time="yesterday")),
    "a header that is no UTF-8": ("not_a_cloudevent", lambda: headed(("ce_subject", b"\xc3\x28"))),
    "a header twice": ("not_a_cloudevent", lambda: headed(("ce_id", b"other"))),
    "a header twice, in capitals": ("not_a_cloudevent", lambda: headed(("CE_ID", b"other"))),
    "structured, with a header that says otherwise": (
        "not_a_cloudevent",
        lambda: structured(a_request(), headers=[("ce_source", b"urn:other")]),
    ),
    "structured, with data in base 64": (
        "not_a_cloudevent",
        lambda: Sent(
            b'{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"e30="}',
            (("content-type", b"application/cloudevents+json"),),
        ),
    ),
    "structured, but no JSON": ("unreadable", lambda: Sent(b"{", (("content-type", b"application/cloudevents+json"),))),
    "an unknown type": ("type_unknown", lambda: binary(a_request(), type="county.request.withdrawn")),
    "a type of ours": ("type_unknown", lambda: binary(a_request(), type="grid.incident.reported")),
    "a later schema": (
        "schema_unknown",
        lambda: binary(a_request(), dataschema="urn:xiangli:schema:county.request.submitted:v2"),
    ),
    "no schema": ("schema_unknown", lambda: binary(a_request(), dataschema=None)),
    "another source": ("source_not_allowed", lambda: binary(a_request(), source="urn:county:450481:hotline-12346")),
    "a source that begins like ours": ("source_not_allowed", lambda: binary(a_request(), source=SOURCE + "/x")),
    "an identity number as source": ("source_not_allowed", lambda: binary(a_request(), source=NUMBER)),
    "an id with an injection": ("id_invalid", lambda: binary(a_request(), id="1'; DROP TABLE incidents; --")),
    "an id with a line break": ("id_invalid", lambda: binary(a_request(), id="HL-1\n")),
    "an id that is too long": ("id_invalid", lambda: binary(a_request(), id="x" * 129)),
    "an id in Chinese": ("id_invalid", lambda: binary(a_request(), id="工单一")),
}
CONTENT: dict[str, tuple[str, Callable[[], Sent]]] = {
    "an identity number as id": ("plain_identifier", lambda: binary(a_request(), id=f"HL-{NUMBER}")),
    "a mobile number as key": (
        "plain_identifier",
        lambda: Sent((sent := binary(a_request())).value, sent.headers, MOBILE.encode()),
    ),
    "a mobile number as subject": ("plain_identifier", lambda: binary(a_request(), subject=MOBILE)),
    "a mobile number in another header": ("plain_identifier", lambda: headed(("x-caller", MOBILE.encode()))),
    "an identity number as category": ("plain_identifier", lambda: binary(a_request(category=NUMBER))),
    "an identity number as area": ("plain_identifier", lambda: binary(a_request(area=NUMBER))),
    "a mobile number in a field of its own": ("plain_identifier", lambda: binary(a_request(phone=MOBILE))),
    "a mobile number as a number": ("plain_identifier", lambda: binary(a_request(phone=int(MOBILE)))),
    "a mobile number in full width": ("plain_identifier", lambda: binary(a_request(category="１３８００１３８０００"))),
    "a mobile number as a field's name": ("plain_identifier", lambda: binary({**a_request(), MOBILE: 1})),
    "plain text in place of the JWE": ("plain_identifier", lambda: binary(a_request(personal=f"张三 {MOBILE}"))),
    "free text as category": ("schema_violation", lambda: binary(a_request(category="路灯不亮"))),
    "an unknown field": ("schema_violation", lambda: binary(a_request(colour="red"))),
    "an unknown severity": ("schema_violation", lambda: binary(a_request(severity="fatal"))),
    "a town as area": ("schema_violation", lambda: binary(a_request(area="450481100"))),
    "neither area nor point": ("schema_violation", lambda: binary(a_request(area=None))),
    "a point beyond the pole": (
        "schema_violation",
        lambda: binary(a_request(point={"longitude": 111.0, "latitude": 91.0})),
    ),
    "a time without offset": ("schema_violation", lambda: binary(a_request(received_at="2026-03-16T09:00:00"))),
    "a list as data": ("schema_violation", lambda: raw(b"[]")),
    "a future time": ("received_at_invalid", lambda: binary(a_request(received_at="2099-01-01T00:00:00Z"))),
    "an unknown category": ("category_unknown", lambda: binary(a_request(category="unheard-of"))),
    "an unknown area": ("area_unknown", lambda: binary(a_request(area="450481999999"))),
    "a point in no grid": (
        "not_located",
        lambda: binary(a_request(area=None, point={"longitude": 0.0, "latitude": 0.0})),
    ),
    "a point outside the area": (
        "point_outside_area",
        lambda: binary(a_request(area="450481100202", point={"longitude": 111.005, "latitude": 22.905})),
    ),
}
JWE: dict[str, tuple[str, Callable[[], Sent]]] = {
    "no JWE": ("schema_violation", lambda: binary(a_request(personal="hello"))),
    "a JWE that is too long": ("schema_violation", lambda: binary(a_request(personal="a." * 4 + "a" * 20_000))),
    "another algorithm": (
        "jwe_algorithm",
        lambda: binary(a_request(personal=with_header(sealed(PERSONAL), alg="dir"))),
    ),
    "agreement without wrapping": (
        "jwe_algorithm",
        lambda: binary(a_request(personal=with_header(sealed(PERSONAL), alg="ECDH-ES"))),
    ),
    "no algorithm at all": (
        "jwe_algorithm",
        lambda: binary(a_request(personal=with_header(sealed(PERSONAL), alg="none"))),
    ),
    "another encryption": ("jwe_algorithm", lambda: binary(a_request(personal=encrypted(enc="A128CBC-HS256")))),
    "a zip bomb": ("jwe_algorithm", lambda: binary(a_request(personal=encrypted(b"0" * 9_000_000, zip="DEF")))),
    "a critical extension": (
        "jwe_algorithm",
        lambda: binary(a_request(personal=with_header(sealed(PERSONAL), crit=["exp"], exp=1))),
    ),
    "an unknown key": ("jwe_unknown_key", lambda: binary(a_request(personal=encrypted(kid="k9")))),
    "no key named": ("jwe_unknown_key", lambda: binary(a_request(personal=encrypted(kid=None)))),
    "a foreign key under our key's id": (
        "jwe_invalid",
        lambda: binary(a_request(personal=sealed(PERSONAL, other_key()))),
    ),
    "a header changed on the way": (
        "jwe_invalid",
        lambda: binary(a_request(personal=with_header(sealed(PERSONAL), cty="text/plain"))),
    ),
    "a point that is not on the curve": (
        "jwe_invalid",
        lambda: binary(
            a_request(
                personal=with_header(sealed(PERSONAL), epk={"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43})
            )
        ),
    ),
    "a JWE cut off": ("jwe_invalid", lambda: binary(a_request(personal=sealed(PERSONAL)[:-8]))),
    "personal data that are no JSON": ("personal_invalid", lambda: binary(a_request(personal=sealed(b"hello")))),
    "personal data with an unknown field": (
        "personal_invalid",
        lambda: binary(a_request(personal=sealed({**PERSONAL, "number": NUMBER}))),
    ),
    "personal data without text": ("personal_invalid", lambda: binary(a_request(personal=sealed({"caller": {}})))),
    "a text that is too long": (
        "personal_invalid",
        lambda: binary(a_request(personal=sealed({**PERSONAL, "text": "x" * 3_000}))),
    ),
    "a caller whose name was lost": (
        "personal_invalid",
        lambda: binary(a_request(personal=sealed({**PERSONAL, "caller": {"name": "欧?远"}}))),
    ),
    "a caller with an emoji": (
        "personal_invalid",
        lambda: binary(a_request(personal=sealed({**PERSONAL, "caller": {"name": "欧阳😀"}}))),
    ),
    "a caller's number out of range": (
        "personal_invalid",
        lambda: binary(a_request(personal=sealed({**PERSONAL, "caller": {"phone": "12345678901"}}))),
    ),
    "a control character in the text": (
        "personal_invalid",
        lambda: binary(a_request(personal=sealed({**PERSONAL, "text": "a\x00b"}))),
    ),
}
HOSTILE = BYTES | ENVELOPE | CONTENT | JWE
