"""What the AsyncAPI document says of every message: servers, login, headers, rules."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shared.contracts.county.submission import EVENT_ID
from shared.contracts.envelope import MAX_SUBJECT, dataschema
from shared.contracts.restoring import FORGOTTEN, ROLLED_BACK

_REPEATED = (".restated", f".{ROLLED_BACK}", f".{FORGOTTEN}")
"""Facts that are announced by a run."""

HOTLINE, HOTLINE_REQUEST = "urn:county:450481:hotline-12345", "HL-20261122-000017"
"""Source and id of the example of an event from the county."""

DESCRIPTION = """\
Events of one county's deployment on Apache Kafka, in both directions, as CloudEvents 1.0 (Kafka binding).

**Outwards.** Every change of an aggregate is one fact that carries the aggregate's whole state after it, in
binary mode: the attributes are headers, the value is the JSON of the fact. The key is the aggregate's id.
Topics of states are compacted: the last state of a key stays for ever, so that a reader may begin at the
beginning at any time. Keep the state with the highest `(ce_sequence, ce_revision)` of a key and ignore the
rest: deliveries repeat. Two facts hold whatever was told before, for their owner was restored from a backup:
`<noun>.rolled_back` replaces the state that is kept, `<noun>.forgotten` removes it.
No message carries a name, an identity number, a phone number, an address or free text.
Unknown fields have to be ignored: within a version (`v1` in `ce_dataschema`) optional fields may be added,
nothing else changes.

**Inwards.** County systems send to `county.inbound.*`, in binary or structured mode, with a `source` that the
deployment has allowed. The data is strict: unknown fields are refused. What speaks of people stands in
`personal`, a compact JWE (ECDH-ES+A256KW with P-256, A256GCM) to a public key of the service that reads it (`GET
/grid/v1/inbound/keys` for requests, `GET /registry/v1/inbound/keys` for lists). Every event is answered by an
outcome, on `grid.inbound_outcomes` or `registry.list_outcomes`; the same `(source, id)` with the same content
again makes nothing twice.

**Names.** Topic names stand here without prefix. A deployment that shares a cluster puts one before every
topic, as it stands: with `c450481.` the topic `registry.persons` is `c450481.registry.persons`. Consumer groups
of a county system begin with the deployment's group prefix and `county.<name>.`, else the broker refuses them.

**Access.** By Kafka user. A county system reads all topics but restricted ones, and writes the inbound topics
that it was given.
"""

SERVERS: dict[str, Any] = {
    "county": {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "The county's Kafka: SASL_SSL with SCRAM-SHA-512, or TLS with a client certificate.",
        "variables": {
            "bootstrap": {"default": "kafka.county.example:9093", "description": "host and port of a broker"},
        },
        "security": [
            {"$ref": "#/components/securitySchemes/scram"},
            {"$ref": "#/components/securitySchemes/certificate"},
        ],
    },
    "local": {
        "host": "127.0.0.1:8014",
        "protocol": "kafka",
        "description": "The bus of `make run` on this machine: no login, forgets everything when it stops.",
    },
}

SECURITY_SCHEMES: dict[str, Any] = {
    "scram": {
        "type": "scramSha512",
        "description": "SASL_SSL, SCRAM-SHA-512: Kafka user and password, given out by the deployment's operator.",
    },
    "certificate": {
        "type": "X509",
        "description": "TLS with a client certificate; its common name is the Kafka user.",
    },
}

_DATASCHEMA = "Names the schema of the data: `urn:xiangli:schema:<type>:v<n>`, the `$id` of schemas/<type>.v<n>.json."

CLOUD_EVENT_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka binding, binary mode: attributes as headers, UTF-8.",
    "required": [
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_partitionkey", "ce_sequence",
        "ce_revision", "ce_dataschema", "content-type",
    ],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "Name-based: the same version gives the same id."},
        "ce_source": {"type": "string", "description": "`urn:xiangli:<service>`", "examples": ["urn:xiangli:registry"]},
        "ce_type": {"type": "string", "description": "`<service>.<noun>.<fact>`", "examples": ["grid.visit.done"]},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it was announced; 1900 to 2200."},
        "ce_subject": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_SUBJECT,
            "description": "The aggregate's id; also the message key.",
        },
        "ce_partitionkey": {"type": "string", "description": "The same as ce_subject."},
        "ce_sequence": {
            "type": "string",
            "pattern": r"^[0-9]{20}$",
            "description": "The aggregate's version, at most 2^63 - 1.",
        },
        "ce_revision": {"type": "string", "pattern": r"^[0-9]+$", "description": "0, or the run that told it again."},
        "ce_dataschema": {"type": "string", "format": "uri", "description": _DATASCHEMA},
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
        "content-type": {"type": "string", "const": "application/json"},
    },
}  # fmt: skip

SUBMITTED_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "Binary mode. In structured mode the value is the whole event and `content-type` is "
    "`application/cloudevents+json`; then no other header is needed.",
    "required": [
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_dataschema", "content-type",
    ],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "pattern": EVENT_ID, "description": "The sender's own number, once per source."},
        "ce_source": {"type": "string", "format": "uri-reference", "description": "As allowed by the deployment."},
        "ce_type": {"type": "string", "examples": ["county.request.submitted"], "description": "The event type."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When the event was made, with offset."},
        "ce_dataschema": {"type": "string", "format": "uri", "description": _DATASCHEMA},
        "traceparent": {"type": "string", "description": "W3C Trace Context; taken over."},
        "content-type": {"type": "string", "const": "application/json"},
    },
}  # fmt: skip


def fact_headers(type_: str, version: int, value: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an example."""
    state = value["state"]
    subject = str(state["id"])
    return {
        "ce_specversion": "1.0",
        "ce_id": str(uuid5(NAMESPACE_URL, f"{type_} {subject} {state['version']}")),
        "ce_source": f"urn:xiangli:{type_.split('.', 1)[0]}",
        "ce_type": type_,
        "ce_time": "2026-11-22T08:00:00.000000Z",
        "ce_subject": subject,
        "ce_partitionkey": subject,
        "ce_sequence": f"{state['version']:020d}",
        "ce_revision": "1" if type_.endswith(_REPEATED) else "0",
        "ce_dataschema": dataschema(type_, version),
        "content-type": "application/json",
    }


def submission_headers(type_: str, version: int, _: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an example of what a county system sends."""
    return {
        "ce_specversion": "1.0",
        "ce_id": HOTLINE_REQUEST,
        "ce_source": HOTLINE,
        "ce_type": type_,
        "ce_time": "2026-11-22T01:00:01Z",
        "ce_dataschema": dataschema(type_, version),
        "content-type": "application/json",
    }
