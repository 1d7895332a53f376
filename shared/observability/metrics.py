"""Every metric of the product, by name. Nothing else declares one; labels come from closed sets, never from persons.

What is restricted shares one label of an owner, or of operations: how often it happens would tell of people."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
SIZES = (1, 5, 10, 50, 100, 500, 1000, 5000)

# HTTP
HTTP_REQUESTS = Counter("xiangli_http_requests_total", "Answers by operation and status.", ["operation", "status"])
HTTP_SECONDS = Histogram("xiangli_http_request_seconds", "Time to answer.", ["operation"], buckets=FAST)
HTTP_IN_FLIGHT = Gauge("xiangli_http_requests_in_flight", "Requests being answered now.")
HTTP_REFUSED = Counter("xiangli_http_refused_total", "Refusals by stable error code.", ["code"])
HTTP_UNLISTED = Counter(
    "xiangli_http_refusals_unlisted_total",
    "Refusals that the operation's document does not list.",
    ["operation", "code"],
)
IDEMPOTENT_REPLAYS = Counter("xiangli_idempotent_replays_total", "Answers given again from a stored one.")
RATE_LIMITED = Counter("xiangli_rate_limited_total", "Requests refused by a token bucket.", ["operation"])
CONNECTIONS_ENDED = Counter(
    "xiangli_http_connections_ended_total",
    "Connections that we ended: headers, body, answer or next request did not come in time, crowded, refused.",
    ["reason"],
)

# identity
TOKENS_REFUSED = Counter("xiangli_tokens_refused_total", "Tokens refused, by reason.", ["reason"])
JWKS_FETCHES = Counter("xiangli_jwks_fetches_total", "Fetches of the issuer's keys, by result.", ["result"])
JWKS_AGE = Gauge("xiangli_jwks_age_seconds", "Age of the keys in use.")

# database
DATABASE_WAIT = Histogram("xiangli_database_wait_seconds", "Waiting for a connection of the pool.", buckets=FAST)
DATABASE_IN_USE = Gauge("xiangli_database_connections_in_use", "Connections of the pool in use.")
GROUP_COMMITS = Counter(
    "xiangli_database_group_commits_total", "Statements with the new rows of several requests.", ["result"]
)

# access log
ACCESS_ROWS = Counter("xiangli_access_log_rows_total", "Rows committed to the access log.")
ACCESS_BATCH_SECONDS = Histogram("xiangli_access_log_commit_seconds", "One group commit.", buckets=FAST)
ACCESS_FAILURES = Counter("xiangli_access_log_failures_total", "Group commits that failed: the answers were withheld.")

# outbox and relay
OUTBOX_ADDED = Counter("xiangli_outbox_added_total", "Facts added to the outbox.", ["noun"])
OUTBOX_OLDEST = Gauge("xiangli_outbox_oldest_unpublished_seconds", "Age of the oldest unpublished row.")
OUTBOX_BACKLOG = Gauge("xiangli_outbox_backlog_rows", "Unpublished rows (counted up to 100,000).")
RELAY_PUBLISHED = Counter("xiangli_relay_published_total", "Rows acknowledged by the broker.", ["noun"])
RELAY_FAILED = Counter("xiangli_relay_failed_total", "Rows whose send failed and will be sent again.", ["noun"])
RELAY_BATCH_SECONDS = Histogram("xiangli_relay_batch_seconds", "Select, send, mark of one batch.", buckets=SLOW)
RELAY_LEADER = Gauge("xiangli_relay_leader", "1 where this process relays the shard.", ["shard"])
RELAY_PACED = Gauge("xiangli_relay_paced", "1 while the relay waits for the slowest group.")
PRODUCER_REBUILDS = Counter("xiangli_producer_rebuilds_total", "Producers thrown away after a fatal error.")
BROKER_CHANGES = Counter("xiangli_broker_changes_total", "Times that another broker was found behind the address.")

# consumers
CONSUMED = Counter("xiangli_consumed_total", "Records by noun and outcome.", ["noun", "outcome"])
CONSUME_BATCH_SECONDS = Histogram("xiangli_consume_batch_seconds", "One batch, decode to commit.", buckets=SLOW)
CONSUME_BATCH_RECORDS = Histogram("xiangli_consume_batch_records", "Records of one batch.", buckets=SIZES)
CONSUMER_LAG = Gauge("xiangli_consumer_lag_records", "Records not yet consumed.", ["topic", "partition"])
CONSUMER_REBUILDS = Counter("xiangli_consumer_rebuilds_total", "Consumers thrown away and built anew.", ["reason"])
CONSUMER_RETRIES = Counter("xiangli_consumer_retries_total", "Batches tried again because a part was away.")
SEQUENCE_GAPS = Counter("xiangli_sequence_gaps_total", "Versions that were skipped on a topic.", ["noun"])
LATE_STATES = Counter(
    "xiangli_late_states_total", "Versions that had never come until their owner announced them again.", ["noun"]
)
SURPLUS_STATES = Gauge(
    "xiangli_surplus_states", "Versions that are held of a noun and that its owner does not know.", ["noun"]
)
LOGS_CUT = Counter(
    "xiangli_logs_cut_total", "Partitions of a topic that were cut below what this reader had read.", ["noun"]
)
NOUNS_INCOMPLETE = Gauge(
    "xiangli_nouns_incomplete", "Nouns of which everything was asked for again, and has not come yet."
)
DEAD_LETTERS = Counter("xiangli_dead_letters_total", "Records put aside, by noun and error code.", ["noun", "code"])
DEAD_LETTERS_OPEN = Gauge("xiangli_dead_letters_open", "Records put aside and not yet settled.")
PENDING = Gauge("xiangli_pending_records", "Records that wait for an aggregate not yet seen.", ["noun"])
INBOUND = Counter("xiangli_inbound_total", "Events from the county, by noun and answer.", ["noun", "answer"])
INBOUND_NOT_KEPT = Counter(
    "xiangli_inbound_not_kept_total", "Rejected records that were not kept, because too many of them came."
)
LIST_ROWS = Counter(
    "xiangli_list_rows_total",
    "Rows of departments' lists, by kind and result; `missing`: proposed to be ended.",
    ["kind", "result"],
)
EVENT_TO_EFFECT = Histogram(
    "xiangli_event_to_effect_seconds", "Event time to committed effect.", ["noun"], buckets=SLOW
)

# time, jobs
SCHEDULE_RUNS = Counter("xiangli_schedule_runs_total", "Runs of periodic duties, by result.", ["schedule", "result"])
SCHEDULE_SECONDS = Histogram("xiangli_schedule_seconds", "One run of a periodic duty.", ["schedule"], buckets=SLOW)
JOBS_FINISHED = Counter("xiangli_jobs_finished_total", "Jobs that reached an end.", ["kind", "status"])
JOBS_TAKEN_OVER = Counter(
    "xiangli_jobs_taken_over_total", "Jobs continued after another runner's lease ran out.", ["kind"]
)
JOBS_RUNNING = Gauge("xiangli_jobs_running", "Jobs that this process runs now.", ["kind"])

# keys
KEYS_RESEALED = Counter("xiangli_keys_resealed_rows_total", "Rows sealed anew under the active key.", ["table"])
KEYS_LEFT = Gauge(
    "xiangli_keys_left", "What lay under other keys than the active one when it was counted last.", ["ring"]
)


def exposition() -> tuple[bytes, str]:
    """The body and content type of `/metrics`."""
    return generate_latest(), CONTENT_TYPE_LATEST
