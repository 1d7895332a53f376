"""JSON Schema of the chart's values (`values.schema.json`). An unknown value is refused, so that a typo is noticed.

Descriptions come from the comments of values.yaml. Objects that Kubernetes defines (affinity terms, `valueFrom`) are
left to Kubernetes. helm matches patterns as RE2: no look-ahead.
"""

from collections.abc import Mapping

from deploy.helm.backup import BACKUPS
from deploy.helm.json_schema import BOOLEAN, FREE, Schema, mapping, needing, one_of, ref, several, text, whole
from deploy.helm.pods import NEEDED_NAME, PODS, RUNNING

PORT = whole(1, 65535)
PREFIX = text(r"^[-._a-zA-Z0-9]*$", maxLength=100)
FRESH = (
    *("identity", "contact", "places", "household", "residence", "insurance", "education", "employment", "political"),
    "family_planning",
)
"""Field groups of a person, and of circumstances."""

_KEYS = ("fieldKeys", "indexKeys", "cursorKey", "extractPrivateKey", "extractEncryptionKeys", "extractPublicKeys")
_SECRET = {"existingSecret": ref("secretName"), "key": ref("secretKey")}
_INBOUND = {**_SECRET, "ratePerMinute": whole(1), "maxBytes": whole(1024, 1_000_000)}
_SOURCES = several(text("^[!-+--~]{1,200}$"), uniqueItems=True)
_INCIDENTS = mapping(
    checkPercent=whole(0, 100),
    verifyHours=whole(1, 240),
    nearMetres=whole(1, 5_000),
    nearDays=whole(1, 90),
    alarmMinutes=whole(1, 1_440),
)
_PUBLIC_REPORTS = mapping(clientPerDay=whole(1, 1_000), villagePerHour=whole(1, 10_000))
_KINDS = several(text("^[a-z_]{1,64}$"), minItems=1, uniqueItems=True)
_AREA = text("^[0-9]{6}([0-9]{3}([0-9]{3})?)?$")
_LIST = needing(mapping(source=text("^[!-+--~]{1,200}$"), area=_AREA, kinds=_KINDS), "source", "area", "kinds")

_SERVICE: dict[str, Schema] = {
    "enabled": BOOLEAN,
    "database": mapping(
        name=text("^[a-z_][a-z0-9_]*$", maxLength=63),
        existingSecret=ref("secretName"),
        ownerSecret=ref("secretName"),
        serviceRole=text("^[A-Za-z_][-A-Za-z0-9_.]*$", maxLength=63),
    ),
    "kafka": mapping(username=NEEDED_NAME, existingSecret=ref("secretName")),
    "keys": mapping(existingSecret=ref("secretName")),
    "api": ref("api"),
    "worker": ref("worker"),
}

DEFINITIONS: dict[str, Schema] = {
    "strings": {"type": "object", "additionalProperties": {"type": "string"}},
    "named": {
        "type": "object",
        "propertyNames": text("^[a-z][a-z0-9_]{0,39}$"),
        "additionalProperties": text("^[^:,]{1,30}$"),
    },
    "secretName": text(r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$", maxLength=253),
    "secretKey": text(r"^[-._a-zA-Z0-9]+$", maxLength=253),
    "hostName": text(r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", maxLength=253),
    "authority": mapping(existingSecret=ref("secretName"), key=ref("secretKey")),
    "amounts": mapping(cpu=ref("amount"), memory=ref("amount"), ephemeral__storage=ref("amount")),
    "amount": {
        "type": ["string", "number"],
        "pattern": r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
        "exclusiveMinimum": 0,
    },
    "resources": mapping(requests=ref("amounts"), limits=ref("amounts")),
    "affinity": mapping(nodeAffinity=FREE, podAffinity=FREE, podAntiAffinity=FREE),
    "tolerations": several(
        mapping(
            key=text(),
            operator=one_of("Exists", "Equal"),
            value=text(),
            effect=one_of("NoSchedule", "PreferNoSchedule", "NoExecute"),
            tolerationSeconds=whole(),
        )
    ),
    "extraEnv": several(needing(mapping(name=text("^[A-Za-z_][A-Za-z0-9_]*$"), value=text(), valueFrom=FREE), "name")),
    "peers": several(
        mapping(
            namespaceSelector=ref("selector"),
            podSelector=ref("selector"),
            ipBlock=needing(mapping(cidr=text(r"^[0-9a-fA-F.:]+/[0-9]+$"), except_=several(text())), "cidr"),
        )
        | {"minProperties": 1}
    ),
    "selector": mapping(
        matchLabels=ref("strings"),
        matchExpressions=several(
            needing(
                mapping(key=text(), operator=one_of("In", "NotIn", "Exists", "DoesNotExist"), values=several(text())),
                "key",
                "operator",
            )
        ),
    ),
    "target": mapping(to=ref("peers"), ports=several(PORT)),
    "monitor": mapping(enabled=BOOLEAN, labels=ref("strings"), interval=text("^[0-9]+(ms|s|m)$")),
    "api": mapping(
        **RUNNING,
        autoscaling=mapping(
            enabled=BOOLEAN, minReplicas=whole(1), maxReplicas=whole(1), targetCPUUtilizationPercentage=whole(1, 1000)
        ),
        preStopSleep=whole(0, 60),
    ),
    "worker": mapping(
        **RUNNING,
        keda=mapping(
            enabled=BOOLEAN,
            minReplicas=whole(1),
            maxReplicas=whole(1),
            lagThreshold=whole(1),
            pollingInterval=whole(1),
            cooldownPeriod=whole(),
        ),
    ),
    "service": mapping(**_SERVICE),
    "registry": mapping(**_SERVICE, inbound=mapping(**_INBOUND, lists=several(_LIST))),
    "grid": mapping(
        **_SERVICE,
        inbound=mapping(**_INBOUND, sources=_SOURCES),
        incidents=_INCIDENTS,
        publicReports=_PUBLIC_REPORTS,
    ),
}

VALUES = mapping(
    **{"global": FREE},
    nameOverride=text("^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", maxLength=40),
    fullnameOverride=text("^([a-z]([-a-z0-9]*[a-z0-9])?)?$", maxLength=28),
    commonLabels=ref("strings"),
    image=mapping(
        repository=text(r"^[^:@\s]+(:[0-9]+/[^:@\s]+)?$"),
        tag=text("^([A-Za-z0-9_][-A-Za-z0-9_.]*)?$", maxLength=128),
        digest=text("^(sha256:[0-9a-f]{64})?$"),
        pullPolicy=one_of("Always", "IfNotPresent", "Never"),
    ),
    imagePullSecrets=several(needing(mapping(name=ref("secretName")), "name")),
    logLevel=one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    shutdownGrace={"type": "number", "minimum": 2, "maximum": 300},
    listen=mapping(host=NEEDED_NAME, port=whole(1024, 65535), internalPort=whole(1024, 65535)),
    limits=mapping(
        maxBodyBytes=whole(1024),
        ratePerMinute=whole(1),
        requestsPerCaller=whole(1),
        connections=whole(1),
        connectionsPerAddress=whole(1),
        headerTimeout=whole(1),
        bodyTimeout=whole(1),
        idleTimeout=whole(1),
    ),
    corsOrigins=several(
        text(r"^(https://[A-Za-z0-9.-]+|http://(localhost|127[.]0[.]0[.]1))(:[0-9]{1,5})?$"), uniqueItems=True
    ),
    weakenedEtags=BOOLEAN,
    departments=ref("named"),
    itemCategories=ref("named"),
    publicAddress=text(r"^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?)?$"),
    agencies=mapping(forwardDays=whole(1, 30)),
    rectificationDays=whole(1, 60),
    transfers=mapping(workDays=whole(1, 60), afterLimit=one_of("lapse", "confirm")),
    corrections=mapping(workDays=whole(1, 60), steps=ref("named")),
    freshness=mapping(days=mapping(**{group: whole(1, 3660) for group in FRESH})),
    trustedProxies=text(r"^(\*|[0-9a-fA-F.:/]+(,[0-9a-fA-F.:/]+)*)?$"),
    files=mapping(
        place=text(r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?)?$"),
        endpoint=text(r"^(https?://[A-Za-z0-9.:-]+)?$"),
        region=NEEDED_NAME,
        existingSecret=ref("secretName"),
        accessKey=ref("secretKey"),
        secretKey=ref("secretKey"),
        maxBytes=whole(1024),
    ),
    database=mapping(
        host=text(r"^[-A-Za-z0-9.]*$"),
        port=PORT,
        tls=mapping(mode=one_of("disable", "prefer", "require", "verify-ca", "verify-full"), ca=ref("authority")),
        statementTimeoutMs=whole(100),
        lockTimeoutMs=whole(10),
        secretKeys=mapping(url=ref("secretKey"), username=ref("secretKey"), password=ref("secretKey")),
    ),
    kafka=mapping(
        bootstrap=text(r"^([-A-Za-z0-9._]+:[0-9]+(,[-A-Za-z0-9._]+:[0-9]+)*)?$"),
        security=one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
        saslMechanism=one_of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
        ca=ref("authority"),
        clientCertificate=BOOLEAN,
        secretKeys=mapping(
            password=ref("secretKey"),
            certificate=ref("secretKey"),
            privateKey=ref("secretKey"),
            privateKeyPassword=text("^[-._a-zA-Z0-9]*$"),
        ),
        brokerProfile=one_of("standard", "embedded"),
        topicPrefix=PREFIX,
        groupPrefix=PREFIX,
        topicPartitions={"type": ["integer", "null"], "minimum": 1, "maximum": 1000},
        topicReplication=whole(1, 9),
        relayShards=whole(1, 16),
    ),
    oidc=mapping(
        issuer=text(r"^(https?://[^\s]+)?$"),
        audience=NEEDED_NAME,
        tokenTypes=NEEDED_NAME,
        staleLimit=whole(),
        ca=ref("authority"),
    ),
    keys=mapping(existingSecret=ref("secretName"), **{name: ref("secretKey") for name in _KEYS}),
    positions=mapping(existingSecret=ref("secretName"), key=ref("secretKey")),
    migrations=mapping(
        mode=one_of("hook", "init", "none"),
        backoffLimit=whole(),
        activeDeadlineSeconds=whole(30),
        ttlSecondsAfterFinished=whole(),
    ),
    maintain=mapping(
        enabled=BOOLEAN,
        schedule=text(minLength=9),
        timeZone=NEEDED_NAME,
        successfulJobsHistoryLimit=whole(),
        failedJobsHistoryLimit=whole(),
    ),
    **BACKUPS,
    api=ref("api"),
    worker=ref("worker"),
    jobs=mapping(**PODS),
    services=mapping(
        registry=ref("registry"), servicesHall=ref("service"), grid=ref("grid"), indicators=ref("service")
    ),
    ingress=mapping(
        enabled=BOOLEAN,
        className=text(),
        annotations=ref("strings"),
        hosts=several(ref("hostName"), uniqueItems=True),
        tls=mapping(existingSecret=ref("secretName")),
    ),
    gateway=mapping(
        enabled=BOOLEAN,
        annotations=ref("strings"),
        parentRefs=several(
            needing(
                mapping(group=text(), kind=text(), name=NEEDED_NAME, namespace=text(), sectionName=text(), port=PORT),
                "name",
            )
        ),
        hostnames=several(ref("hostName"), uniqueItems=True),
    ),
    networkPolicy=mapping(
        enabled=BOOLEAN,
        ingressController=ref("peers"),
        monitoring=ref("peers"),
        dns=ref("target"),
        postgresql=ref("target"),
        kafka=ref("target"),
        oidc=ref("target"),
        files=ref("target"),
        tracing=ref("target"),
    ),
    serviceAccount=mapping(create=BOOLEAN, name=NEEDED_NAME, annotations=ref("strings")),
    metrics=mapping(
        serviceMonitor=ref("monitor"),
        podMonitor=ref("monitor"),
        scrapeAnnotations=BOOLEAN,
        dashboards=mapping(enabled=BOOLEAN, labels=ref("strings")),
        rules=mapping(enabled=BOOLEAN, labels=ref("strings"), runbooks=NEEDED_NAME),
    ),
    tracing=mapping(endpoint=text(r"^(https?://[^\s]+)?$"), ratio={"type": "number", "minimum": 0, "maximum": 1}),
)


def document(descriptions: Mapping[str, str]) -> Schema:
    """The whole schema. `descriptions`: of values by dotted path; those of shared objects stand at the reference."""
    head: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Values of the xiangli chart"}
    return head | _described(VALUES, "", descriptions) | {"$defs": DEFINITIONS}


def _described(schema: Schema, path: str, descriptions: Mapping[str, str]) -> Schema:
    described = schema | ({"description": descriptions[path]} if path in descriptions else {})
    if "properties" in schema:
        described["properties"] = {
            name: _described(child, f"{path}.{name}" if path else name, descriptions)
            for name, child in schema["properties"].items()
        }
    return described
