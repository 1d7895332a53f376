"""The bus: sending what is recorded, following what comes of it, keeping the figures."""

import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Self

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event, to_binary_event, to_structured_event
from cloudevents.core.exceptions import CloudEventValidationError
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from hotline.settings import INBOUND, OUTCOMES, VALUES, Settings, Wrong
from hotline.store import Store

PATIENCE = 30.0


def send(settings: Settings, store: Store, requests: Iterable[str]) -> int:
    """Each request as it is recorded; how many the bus took. Raises Wrong where it took less than all."""
    refusals = _Refusals()
    told_bus = {"acks": "all", "enable.idempotence": True, "client.id": settings.group, "error_cb": refusals}
    producer = Producer(settings.kafka() | told_bus)
    wanted = list(requests)
    taken: list[str] = []
    errors = refusals.told

    def told(request: str, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            errors.append(error.str())
            return
        store.delivered(request, message.partition(), message.offset())
        taken.append(request)

    write = to_binary_event if settings.mode == "binary" else to_structured_event
    for request in wanted:
        event = store.event(request)
        if event is None:
            raise Wrong(f"there is no request {request}")
        made = write(event, key_mapper=lambda event: event.get_id())
        producer.produce(
            settings.topic(INBOUND), made.value, made.key, headers={**made.headers},
            on_delivery=partial(told, request),
        )  # fmt: skip
    producer.flush(PATIENCE)
    store.commit()
    if len(taken) < len(wanted):
        why = errors[0] if errors else f"no answer within {PATIENCE:.0f} s"
        raise Wrong(f"{len(wanted) - len(taken)} of {len(wanted)} were not taken: {why}; send again")
    return len(taken)


def follow(settings: Settings, store: Store, *, until: str | None, seconds: float | None) -> bool:
    """Outcomes into the table, and again what waiting heals; True once everything is `answered` or `closed`."""
    left = store.unanswered if until == "answered" else store.open
    with _Reader(settings, OUTCOMES, "outcomes", anew=store.is_empty("outcomes")) as reader:
        for events in reader.batches(seconds):
            for sequence, revision, state in events:
                request = store.request_of(state) if state["request_source"] in (settings.source, None) else None
                if request is not None and store.keep_outcome(request, sequence, revision, state):
                    print(request, state["status"], state.get("code") or state.get("incident_status"), flush=True)
            store.commit()
            reader.commit()
            again = store.due_again(settings.retry_seconds)
            if again:
                print(f"{send(settings, store, again)} sent again", flush=True)
            if until is not None and not left():
                return True
    return until is None


def mirror(settings: Settings, store: Store, *, until_current: bool, seconds: float | None) -> bool:
    """Figures into the mirror; True once everything that is there was read."""
    with _Reader(settings, VALUES, "figures", anew=store.is_empty("figures")) as reader:
        for events in reader.batches(seconds):
            store.keep_figures(events)
            store.commit()
            reader.commit()
            if until_current and reader.is_current():
                return True
    return not until_current


class _Refusals:
    """What the client is told aside, and must not wait for: a password or a certificate that is not taken."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, error: KafkaError) -> None:
        if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL) or error.fatal():
            self.told.append(error.str())


class _Reader:
    """A consumer group of ours on one topic. It begins at the beginning where nothing is kept yet (`anew`)."""

    def __init__(self, settings: Settings, topic: str, name: str, *, anew: bool) -> None:
        self._anew = anew
        self._ends: set[tuple[str | None, int | None]] = set()
        self._topic = settings.topic(topic)
        self._refusals = _Refusals()
        self._consumer = Consumer(
            settings.kafka()
            | {
                "group.id": f"{settings.group}.{name}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "session.timeout.ms": 6000,  # who takes over waits no longer than this for one that died
                "heartbeat.interval.ms": 1500,
                "error_cb": self._refusals,
            }
        )

    def __enter__(self) -> Self:
        self._consumer.subscribe([self._topic], on_assign=self._assigned)
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._anew:
            for partition in partitions:
                partition.offset = OFFSET_BEGINNING
        consumer.assign(partitions)

    def batches(self, seconds: float | None) -> Iterator[list[tuple[str, int, dict[str, Any]]]]:
        """Sequence, revision and state of what came, batch by batch, for so long. Raises Wrong."""
        until = None if seconds is None else time.monotonic() + seconds
        while until is None or time.monotonic() < until:
            found = []
            for message in self._consumer.consume(500, timeout=0.5):
                error = message.error()
                if error is None:
                    found.append(_state_of(message))
                elif error.code() == KafkaError._PARTITION_EOF:
                    self._ends.add((message.topic(), message.partition()))
                elif not error.retriable() and error.code() not in _PASSING:
                    raise Wrong(f"{self._topic}: {error.str()}")
            if self._refusals.told:
                raise Wrong(f"{self._topic}: {self._refusals.told[0]}")
            yield [one for one in found if one is not None]

    def commit(self) -> None:
        """The position, after what was read is kept: what is read twice changes nothing."""
        try:
            self._consumer.commit(asynchronous=False)
        except KafkaException as error:  # nothing new, or the group moved on: whoever reads next begins earlier
            if error.args[0].code() not in (KafkaError._NO_OFFSET, *_MOVED):
                raise Wrong(f"{self._topic}: {error.args[0].str()}") from error

    def is_current(self) -> bool:
        assigned = {(one.topic, one.partition) for one in self._consumer.assignment()}
        return bool(assigned) and assigned <= self._ends


_PASSING = {KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT}
_MOVED = (KafkaError.ILLEGAL_GENERATION, KafkaError.UNKNOWN_MEMBER_ID, KafkaError.REBALANCE_IN_PROGRESS)


def _state_of(message: Message) -> tuple[str, int, dict[str, Any]] | None:
    """Order and state of one event of the deployment; nothing for what is none."""
    headers = {name: _bytes(value) for name, value in dict(message.headers() or []).items()}
    try:
        event = from_kafka_event(KafkaMessage(headers, message.key(), _bytes(message.value())))
        data = event.get_data()
        if not isinstance(data, dict):
            raise TypeError("no object")
        return str(event.get_extension("sequence")), int(event.get_extension("revision")), dict(data["state"])
    except (CloudEventValidationError, ValueError, TypeError, KeyError) as error:
        print(f"{message.topic()} {message.partition()}/{message.offset()} was not read: {type(error).__name__}")
        return None


def _bytes(part: str | bytes | None) -> bytes:
    return part.encode() if isinstance(part, str) else part or b""
