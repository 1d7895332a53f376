"""A department delivers a list to the county's register, and reads what became of each row."""

import argparse
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, Producer, TopicPartition
from joserfc import jwe
from joserfc.jwk import ECKey

INBOUND, OUTCOMES = "county.inbound.lists", "registry.list_outcomes"
TYPE = "county.list.submitted"
DATASCHEMA = f"urn:xiangli:schema:{TYPE}:v1"
ALGORITHM, ENCRYPTION = "ECDH-ES+A256KW", "A256GCM"
ROWS = 100
"""Rows of one part at most."""
PATIENCE = 30.0


@dataclass(frozen=True)
class Event:
    """A CloudEvent in binary mode: its attributes are headers, its value is the data."""

    key: str
    headers: dict[str, str]
    value: bytes


def setting(name: str, otherwise: str | None = None) -> str:
    """A setting from the environment. Ends the program where it is missing."""
    found = os.environ.get(f"LISTS_{name}", otherwise)
    if found is None:
        sys.exit(f"LISTS_{name} is missing")
    return found


def kafka() -> dict[str, Any]:
    """What every client of ours is told."""
    told = {"bootstrap.servers": setting("BOOTSTRAP"), "security.protocol": setting("SECURITY", "PLAINTEXT")}
    if told["security.protocol"] == "SASL_SSL":
        password = Path(setting("PASSWORD_FILE")).read_text(encoding="utf-8").strip()
        told |= {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": setting("USER"), "sasl.password": password}
        told["ssl.ca.location"] = setting("CA_FILE")
    return told


def public_key(place: str) -> dict[str, Any]:
    """The key to encrypt to: the first of registry's set."""
    if place.startswith(("http://", "https://")):
        with urllib.request.urlopen(place, timeout=30) as answer:
            found = json.load(answer)
    else:
        found = json.loads(Path(place).read_text(encoding="utf-8"))
    return next(key for key in found["keys"] if key["kty"] == "EC" and key["crv"] == "P-256")


def encrypted(personal: dict[str, Any], key: dict[str, Any]) -> str:
    """The numbers as compact JWE that only the register can open."""
    header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": key["kid"], "cty": "application/json"}
    return jwe.encrypt_compact(
        header, json.dumps(personal).encode(), ECKey.import_key(key), algorithms=[ALGORITHM, ENCRYPTION]
    )


def events_of(listed: dict[str, Any], source: str, key: dict[str, Any]) -> Iterator[Event]:
    """The events of a list: parts of at most 100 rows, the numbers encrypted and nowhere else.

    The id of a part is made of the list's: a part that is sent again is the same event.
    """
    rows = listed["rows"]
    parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)] or [[]]
    for number, part in enumerate(parts, 1):
        numbers = [{"row": row["row"], "number": row["number"]} for row in part if "number" in row]
        data = {
            **{name: listed[name] for name in ("kind", "list_id", "area", "as_of")},
            "part": number,
            "parts": len(parts),
            "rows": [{name: value for name, value in row.items() if name != "number"} for row in part],
            **({"personal": encrypted({"numbers": numbers}, key)} if numbers else {}),
        }
        name = f"{listed['list_id']}.{number}"
        headers = {
            "ce_specversion": "1.0",
            "ce_id": name,
            "ce_source": source,
            "ce_type": TYPE,
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_dataschema": DATASCHEMA,
            "content-type": "application/json",
        }
        yield Event(name, headers, json.dumps(data).encode())


def send(file: str) -> int:
    """Sends every part; 0 once the broker has all of them."""
    producer = Producer(kafka() | {"acks": "all", "enable.idempotence": True})
    refused: list[str] = []

    def told(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            refused.append(error.str())

    listed, sent = json.loads(Path(file).read_text(encoding="utf-8")), 0
    for event in events_of(listed, setting("SOURCE"), public_key(setting("KEYS"))):
        topic = setting("TOPIC_PREFIX", "") + INBOUND
        producer.produce(topic, event.value, event.key, headers={**event.headers}, on_delivery=told)
        sent += 1
    left = producer.flush(PATIENCE)
    if left or refused:
        print(f"{left + len(refused)} of {sent} parts were not taken; send again", file=sys.stderr)
        return 1
    print(f"{sent} parts sent")
    return 0


def follow(seconds: float) -> int:
    """Prints the answers to our lists, row by row, until a list is complete; 1 if none was in time."""
    consumer = Consumer(kafka() | {"group.id": setting("GROUP", "county.lists"), "enable.auto.commit": False})
    topic, source, until = setting("TOPIC_PREFIX", "") + OUTCOMES, setting("SOURCE"), time.monotonic() + seconds
    places = consumer.list_topics(topic, timeout=PATIENCE).topics[topic].partitions
    consumer.assign([TopicPartition(topic, place, OFFSET_BEGINNING) for place in places])
    complete = False
    try:
        while not complete and time.monotonic() < until:
            message = consumer.poll(0.5)
            if message is None or message.error() is not None:
                continue
            state = json.loads(message.value() or b"{}").get("state", {})
            if state.get("request_source") != source:
                continue
            print(state["request_id"], state["status"], state["code"] or f"missing {state['missing']}")
            for row in state["rows"]:
                print(" ", row["row"], row["result"], row["code"] or "")
            complete = state["complete"]
    finally:
        consumer.close()
    return 0 if complete else 1


def main() -> int:
    """Exit status: 0 done, 1 not reached, 2 asked wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("send").add_argument("file")
    verbs.add_parser("follow").add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    return send(asked.file) if asked.verb == "send" else follow(asked.seconds)


if __name__ == "__main__":
    sys.exit(main())
