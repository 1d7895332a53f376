"""The value of the chart through which each setting is reached."""

from typing import Any

KAFKA_USER = {"registry": {"kafka": {"existingSecret": "user", "username": "somebody"}}}
WITH_KEY = {"clientCertificate": True, "secretKeys": {"certificate": "c.crt", "privateKey": "c.key"}}
INBOUND = {"existingSecret": "inbound", "key": "private", "sources": ["urn:a", "urn:b"]}
LISTS = [
    {"source": "urn:a", "area": "450481", "kinds": ["orphan", "disabled"]},
    {"source": "urn:b", "area": "450481100", "kinds": ["orphan"]},
]

REACHED: dict[str, tuple[dict[str, Any], Any]] = {
    "XIANGLI_HOST": ({"listen": {"host": "::"}}, "::"),
    "XIANGLI_PORT": ({"listen": {"port": 8443}}, "8443"),
    "XIANGLI_INTERNAL_PORT": ({"listen": {"internalPort": 9999}}, "9999"),
    "XIANGLI_DATABASE_URL": (
        {"database": {"host": "pg", "port": 6432}, "services": {"registry": {"database": {"name": "r"}}}},
        "postgresql+asyncpg://pg:6432/r",
    ),
    "XIANGLI_MIGRATOR_DATABASE_URL": ({"database": {"host": "pg"}}, "postgresql+asyncpg://pg:5432/registry"),
    "XIANGLI_DATABASE_SERVICE_ROLE": ({"services": {"registry": {"database": {"serviceRole": "r"}}}}, "r"),
    "XIANGLI_DATABASE_POOL": ({"api": {"databasePool": 17}}, "17"),
    "XIANGLI_STATEMENT_TIMEOUT_MS": ({"database": {"statementTimeoutMs": 12_345_678}}, "12345678"),
    "XIANGLI_LOCK_TIMEOUT_MS": ({"database": {"lockTimeoutMs": 77}}, "77"),
    "XIANGLI_TRACING_ENDPOINT": ({"tracing": {"endpoint": "https://collector:4318"}}, "https://collector:4318"),
    "XIANGLI_TRACING_RATIO": ({"tracing": {"ratio": 0.5}}, "0.5"),
    "XIANGLI_KAFKA_BOOTSTRAP": ({"kafka": {"bootstrap": "k:1,l:2"}}, "k:1,l:2"),
    "XIANGLI_BROKER_PROFILE": ({"kafka": {"brokerProfile": "embedded"}}, "embedded"),
    "XIANGLI_TOPIC_PREFIX": ({"kafka": {"topicPrefix": "a."}}, "a."),
    "XIANGLI_GROUP_PREFIX": ({"kafka": {"groupPrefix": "b."}}, "b."),
    "XIANGLI_TOPIC_PARTITIONS": ({"kafka": {"topicPartitions": 24}}, "24"),
    "XIANGLI_TOPIC_REPLICATION": ({"kafka": {"topicReplication": 5}}, "5"),
    "XIANGLI_RELAY_SHARDS": ({"kafka": {"relayShards": 4}}, "4"),
    "XIANGLI_KAFKA_SECURITY": ({"kafka": {"security": "SSL"}}, "SSL"),
    "XIANGLI_KAFKA_SASL_MECHANISM": ({"kafka": {"saslMechanism": "PLAIN"}}, "PLAIN"),
    "XIANGLI_KAFKA_USERNAME": ({"services": KAFKA_USER}, "somebody"),
    "XIANGLI_KAFKA_PASSWORD": ({"services": KAFKA_USER}, ("user", "password")),
    "XIANGLI_KAFKA_CA_FILE": ({"kafka": {"ca": {"existingSecret": "x"}}}, "/etc/xiangli/kafka-ca/ca.crt"),
    "XIANGLI_KAFKA_CERT_FILE": ({"kafka": WITH_KEY}, "/etc/xiangli/kafka-user/tls.crt"),
    "XIANGLI_KAFKA_KEY_FILE": ({"kafka": WITH_KEY}, "/etc/xiangli/kafka-user/tls.key"),
    "XIANGLI_KAFKA_KEY_PASSWORD": (
        {"kafka": WITH_KEY | {"secretKeys": {"privateKeyPassword": "pw"}}, "services": KAFKA_USER},
        ("user", "pw"),
    ),
    "XIANGLI_OIDC_ISSUER": ({"oidc": {"issuer": "https://i"}}, "https://i"),
    "XIANGLI_OIDC_AUDIENCE": ({"oidc": {"audience": "county"}}, "county"),
    "XIANGLI_OIDC_TOKEN_TYPES": ({"oidc": {"tokenTypes": "at+jwt"}}, "at+jwt"),
    "XIANGLI_OIDC_STALE_LIMIT": ({"oidc": {"staleLimit": 5}}, "5"),
    "XIANGLI_FIELD_KEYS": ({"keys": {"fieldKeys": "f"}}, ("registry-keys", "f")),
    "XIANGLI_INDEX_KEYS": ({"keys": {"indexKeys": "i"}}, ("registry-keys", "i")),
    "XIANGLI_CURSOR_KEY": ({"services": {"registry": {"keys": {"existingSecret": "own"}}}}, ("own", "cursor-key")),
    "XIANGLI_POSITION_KEYS": ({"positions": {"existingSecret": "ours", "key": "p"}}, ("ours", "p")),
    "XIANGLI_EXTRACT_PRIVATE_KEY": ({"keys": {"extractPrivateKey": "e"}}, ("registry-keys", "e")),
    "XIANGLI_EXTRACT_ENCRYPTION_KEYS": ({"keys": {"extractEncryptionKeys": "x"}}, ("registry-keys", "x")),
    "XIANGLI_EXTRACT_PUBLIC_KEYS": ({"keys": {"extractPublicKeys": "p"}}, ("services-hall-keys", "p")),
    "XIANGLI_MAX_BODY_BYTES": ({"limits": {"maxBodyBytes": 2_000_000}}, "2000000"),
    "XIANGLI_RATE_PER_MINUTE": ({"limits": {"ratePerMinute": 7}}, "7"),
    "XIANGLI_REQUESTS_PER_CALLER": ({"limits": {"requestsPerCaller": 9}}, "9"),
    "XIANGLI_MAX_CONNECTIONS": ({"limits": {"connections": 1_000_000}}, "1000000"),
    "XIANGLI_CONNECTIONS_PER_ADDRESS": ({"limits": {"connectionsPerAddress": 5}}, "5"),
    "XIANGLI_HEADER_TIMEOUT": ({"limits": {"headerTimeout": 3}}, "3"),
    "XIANGLI_BODY_TIMEOUT": ({"limits": {"bodyTimeout": 4}}, "4"),
    "XIANGLI_IDLE_TIMEOUT": ({"limits": {"idleTimeout": 600}}, "600"),
    "XIANGLI_SHUTDOWN_GRACE": ({"shutdownGrace": 12.5}, "12.5"),
    "XIANGLI_LOG_LEVEL": ({"logLevel": "WARNING"}, "WARNING"),
    "XIANGLI_TRUSTED_PROXIES": ({"trustedProxies": "10.1.0.0/16,10.2.0.1"}, "10.1.0.0/16,10.2.0.1"),
    "XIANGLI_CORS_ORIGINS": (
        {"corsOrigins": ["https://a.example", "https://b.example:8443"]},
        "https://a.example,https://b.example:8443",
    ),
    "XIANGLI_WEAKENED_ETAGS": ({"weakenedEtags": True}, "true"),
    "XIANGLI_DEPARTMENTS": (
        {"departments": {"river_chief": "河长办", "water": "水务局"}},
        "river_chief:河长办,water:水务局",
    ),
    "XIANGLI_TRANSFER_WORK_DAYS": ({"transfers": {"workDays": 9}}, "9"),
    "XIANGLI_TRANSFER_AFTER_LIMIT": ({"transfers": {"afterLimit": "confirm"}}, "confirm"),
    "XIANGLI_CORRECTION_STEPS": (
        {"corrections": {"steps": {"phone": "confirm"}}},
        ",".join(
            [
                *("birth_date:check+approve", "document:check+approve", "ethnic_group:approve"),
                *("name:check+approve", "phone:confirm", "sex:check+approve"),
            ]
        ),
    ),
    "XIANGLI_CORRECTION_WORK_DAYS": ({"corrections": {"workDays": 7}}, "7"),
    "XIANGLI_FRESH_DAYS": (
        {"freshness": {"days": {"contact": 90}}},
        ",".join(
            [
                *("contact:90", "education:365", "employment:180", "family_planning:365", "household:365"),
                *("identity:1095", "insurance:365", "places:180", "political:365", "residence:180"),
            ]
        ),
    ),
    "XIANGLI_ITEM_CATEGORIES": ({"itemCategories": {"tea": "茶叶"}}, "tea:茶叶"),
    "XIANGLI_AGENCY_FORWARD_DAYS": ({"agencies": {"forwardDays": 5}}, "5"),
    "XIANGLI_RECTIFICATION_DAYS": ({"rectificationDays": 15}, "15"),
    "XIANGLI_PUBLIC_ADDRESS": ({"publicAddress": "https://hall.example"}, "https://hall.example"),
    "XIANGLI_FILES": ({"files": {"place": "s3://county/files"}}, "s3://county/files"),
    "XIANGLI_FILES_ENDPOINT": ({"files": {"endpoint": "https://s3.example"}}, "https://s3.example"),
    "XIANGLI_FILES_REGION": ({"files": {"region": "cn-south-1"}}, "cn-south-1"),
    "XIANGLI_FILES_ACCESS_KEY": ({"files": {"existingSecret": "store"}}, ("store", "access-key")),
    "XIANGLI_FILES_SECRET_KEY": ({"files": {"existingSecret": "store"}}, ("store", "secret-key")),
    "XIANGLI_MAX_FILE_BYTES": ({"files": {"maxBytes": 1_000_000}}, "1000000"),
    "XIANGLI_INBOUND_PRIVATE_KEYS": ({"services": {"grid": {"inbound": INBOUND}}}, ("inbound", "private")),
    "XIANGLI_INBOUND_SOURCES": ({"services": {"grid": {"inbound": INBOUND}}}, "urn:a,urn:b"),
    "XIANGLI_INBOUND_LISTS": (
        {"services": {"registry": {"inbound": {"existingSecret": "lists", "lists": LISTS}}}},
        "urn:a=450481:orphan+disabled,urn:b=450481100:orphan",
    ),
    "XIANGLI_INBOUND_RATE_PER_MINUTE": ({"services": {"grid": {"inbound": INBOUND | {"ratePerMinute": 9}}}}, "9"),
    "XIANGLI_INBOUND_MAX_BYTES": ({"services": {"grid": {"inbound": INBOUND | {"maxBytes": 999_999}}}}, "999999"),
    "XIANGLI_INCIDENT_CHECK_PERCENT": ({"services": {"grid": {"incidents": {"checkPercent": 5}}}}, "5"),
    "XIANGLI_INCIDENT_VERIFY_HOURS": ({"services": {"grid": {"incidents": {"verifyHours": 8}}}}, "8"),
    "XIANGLI_INCIDENT_NEAR_METRES": ({"services": {"grid": {"incidents": {"nearMetres": 50}}}}, "50"),
    "XIANGLI_INCIDENT_NEAR_DAYS": ({"services": {"grid": {"incidents": {"nearDays": 3}}}}, "3"),
    "XIANGLI_INCIDENT_ALARM_MINUTES": ({"services": {"grid": {"incidents": {"alarmMinutes": 15}}}}, "15"),
    "XIANGLI_PUBLIC_REPORT_CLIENT_PER_DAY": ({"services": {"grid": {"publicReports": {"clientPerDay": 5}}}}, "5"),
    "XIANGLI_PUBLIC_REPORT_VILLAGE_PER_HOUR": ({"services": {"grid": {"publicReports": {"villagePerHour": 9}}}}, "9"),
}
"""Each setting: values that set it, and what a process is then told."""
