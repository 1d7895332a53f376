{{/* The plain settings of one process, as YAML {XIANGLI_…: text}. Takes root, service, role. */}}
{{- define "xiangli.settings" -}}
{{- $values := .root.Values -}}
{{- $kafka := $values.kafka -}}
{{- $serves := has .role (list "api" "worker") -}}
{{- $bus := has .role (list "worker" "migrate") -}}
XIANGLI_LOG_LEVEL: {{ $values.logLevel | quote }}
XIANGLI_KAFKA_BOOTSTRAP: {{ $kafka.bootstrap | quote }}
XIANGLI_OIDC_ISSUER: {{ $values.oidc.issuer | quote }}
XIANGLI_STATEMENT_TIMEOUT_MS: {{ int64 $values.database.statementTimeoutMs | quote }}
XIANGLI_LOCK_TIMEOUT_MS: {{ int64 $values.database.lockTimeoutMs | quote }}
{{- if ne .role "maintain" }}
XIANGLI_TOPIC_PREFIX: {{ $kafka.topicPrefix | quote }}
XIANGLI_GROUP_PREFIX: {{ $kafka.groupPrefix | quote }}
{{- end }}
{{- if $serves }}
XIANGLI_HOST: {{ $values.listen.host | quote }}
XIANGLI_INTERNAL_PORT: {{ int64 $values.listen.internalPort | quote }}
XIANGLI_DATABASE_POOL: {{ int64 (index .service .role).databasePool | quote }}
XIANGLI_SHUTDOWN_GRACE: {{ $values.shutdownGrace | toString | quote }}
XIANGLI_FILES: {{ $values.files.place | quote }}
XIANGLI_FILES_ENDPOINT: {{ $values.files.endpoint | quote }}
XIANGLI_FILES_REGION: {{ $values.files.region | quote }}
XIANGLI_MAX_FILE_BYTES: {{ int64 $values.files.maxBytes | quote }}
XIANGLI_TRACING_ENDPOINT: {{ $values.tracing.endpoint | quote }}
XIANGLI_TRACING_RATIO: {{ $values.tracing.ratio | toString | quote }}
{{- end }}
{{- if eq .role "api" }}
XIANGLI_PORT: {{ int64 $values.listen.port | quote }}
XIANGLI_OIDC_AUDIENCE: {{ $values.oidc.audience | quote }}
XIANGLI_OIDC_TOKEN_TYPES: {{ $values.oidc.tokenTypes | quote }}
XIANGLI_OIDC_STALE_LIMIT: {{ int64 $values.oidc.staleLimit | quote }}
XIANGLI_MAX_BODY_BYTES: {{ int64 $values.limits.maxBodyBytes | quote }}
XIANGLI_RATE_PER_MINUTE: {{ int64 $values.limits.ratePerMinute | quote }}
XIANGLI_REQUESTS_PER_CALLER: {{ int64 $values.limits.requestsPerCaller | quote }}
XIANGLI_MAX_CONNECTIONS: {{ int64 $values.limits.connections | quote }}
XIANGLI_CONNECTIONS_PER_ADDRESS: {{ int64 $values.limits.connectionsPerAddress | quote }}
XIANGLI_HEADER_TIMEOUT: {{ int64 $values.limits.headerTimeout | quote }}
XIANGLI_BODY_TIMEOUT: {{ int64 $values.limits.bodyTimeout | quote }}
XIANGLI_IDLE_TIMEOUT: {{ int64 $values.limits.idleTimeout | quote }}
XIANGLI_TRUSTED_PROXIES: {{ $values.trustedProxies | quote }}
XIANGLI_CORS_ORIGINS: {{ join "," $values.corsOrigins | quote }}
XIANGLI_WEAKENED_ETAGS: {{ $values.weakenedEtags | quote }}
XIANGLI_DEPARTMENTS: {{ include "xiangli.named" $values.departments | quote }}
{{- if eq .service.key "registry" }}
XIANGLI_TRANSFER_WORK_DAYS: {{ int64 $values.transfers.workDays | quote }}
XIANGLI_TRANSFER_AFTER_LIMIT: {{ $values.transfers.afterLimit | quote }}
XIANGLI_CORRECTION_STEPS: {{ include "xiangli.named" $values.corrections.steps | quote }}
XIANGLI_CORRECTION_WORK_DAYS: {{ int64 $values.corrections.workDays | quote }}
{{- $days := list }}
{{- range $group, $number := $values.freshness.days }}
{{- $days = append $days (printf "%s:%d" $group (int64 $number)) }}
{{- end }}
XIANGLI_FRESH_DAYS: {{ join "," $days | quote }}
{{- end }}
{{- if eq .service.key "servicesHall" }}
XIANGLI_ITEM_CATEGORIES: {{ include "xiangli.named" $values.itemCategories | quote }}
XIANGLI_PUBLIC_ADDRESS: {{ $values.publicAddress | quote }}
XIANGLI_AGENCY_FORWARD_DAYS: {{ $values.agencies.forwardDays | quote }}
XIANGLI_RECTIFICATION_DAYS: {{ int64 $values.rectificationDays | quote }}
{{- end }}
{{- end }}
{{- if $bus }}
XIANGLI_BROKER_PROFILE: {{ $kafka.brokerProfile | quote }}
XIANGLI_KAFKA_SECURITY: {{ $kafka.security | quote }}
{{- if hasPrefix "SASL" $kafka.security }}
XIANGLI_KAFKA_SASL_MECHANISM: {{ $kafka.saslMechanism | quote }}
XIANGLI_KAFKA_USERNAME: {{ .service.config.kafka.username | quote }}
{{- end }}
{{- if and (hasSuffix "SSL" $kafka.security) $kafka.ca.existingSecret }}
XIANGLI_KAFKA_CA_FILE: /etc/xiangli/kafka-ca/ca.crt
{{- end }}
{{- if $kafka.clientCertificate }}
XIANGLI_KAFKA_CERT_FILE: /etc/xiangli/kafka-user/tls.crt
XIANGLI_KAFKA_KEY_FILE: /etc/xiangli/kafka-user/tls.key
{{- end }}
{{- end }}
{{- if eq .role "worker" }}
XIANGLI_RELAY_SHARDS: {{ int64 $kafka.relayShards | quote }}
{{- end }}
{{- if eq .role "migrate" }}
XIANGLI_TOPIC_REPLICATION: {{ int64 $kafka.topicReplication | quote }}
{{- with $kafka.topicPartitions }}
XIANGLI_TOPIC_PARTITIONS: {{ int64 . | quote }}
{{- end }}
{{- with .service.config.database.serviceRole }}
XIANGLI_DATABASE_SERVICE_ROLE: {{ . | quote }}
{{- end }}
{{- end }}
{{- if and $serves (eq .service.key "grid") .service.config.inbound.existingSecret }}
XIANGLI_INBOUND_SOURCES: {{ join "," .service.config.inbound.sources | quote }}
XIANGLI_INBOUND_RATE_PER_MINUTE: {{ int64 .service.config.inbound.ratePerMinute | quote }}
XIANGLI_INBOUND_MAX_BYTES: {{ int64 .service.config.inbound.maxBytes | quote }}
{{- end }}
{{- if and $serves (eq .service.key "grid") }}
XIANGLI_INCIDENT_CHECK_PERCENT: {{ int64 .service.config.incidents.checkPercent | quote }}
XIANGLI_INCIDENT_VERIFY_HOURS: {{ int64 .service.config.incidents.verifyHours | quote }}
XIANGLI_INCIDENT_NEAR_METRES: {{ int64 .service.config.incidents.nearMetres | quote }}
XIANGLI_INCIDENT_NEAR_DAYS: {{ int64 .service.config.incidents.nearDays | quote }}
XIANGLI_INCIDENT_ALARM_MINUTES: {{ int64 .service.config.incidents.alarmMinutes | quote }}
XIANGLI_PUBLIC_REPORT_CLIENT_PER_DAY: {{ int64 .service.config.publicReports.clientPerDay | quote }}
XIANGLI_PUBLIC_REPORT_VILLAGE_PER_HOUR: {{ int64 .service.config.publicReports.villagePerHour | quote }}
{{- end }}
{{- if and $serves (eq .service.key "registry") .service.config.inbound.existingSecret }}
{{- $lists := list }}
{{- range .service.config.inbound.lists }}
{{- $lists = append $lists (printf "%s=%s:%s" .source .area (join "+" .kinds)) }}
{{- end }}
XIANGLI_INBOUND_LISTS: {{ join "," $lists | quote }}
XIANGLI_INBOUND_RATE_PER_MINUTE: {{ int64 .service.config.inbound.ratePerMinute | quote }}
XIANGLI_INBOUND_MAX_BYTES: {{ int64 .service.config.inbound.maxBytes | quote }}
{{- end }}
{{- if $values.database.host }}
{{- $address := printf "postgresql+asyncpg://%s:%d/%s" $values.database.host (int $values.database.port) .service.config.database.name }}
XIANGLI_DATABASE_URL: {{ $address | quote }}
{{- if not $serves }}
XIANGLI_MIGRATOR_DATABASE_URL: {{ $address | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Names by code as a setting holds them: code:name,… */}}
{{- define "xiangli.named" -}}
{{- $pairs := list -}}
{{- range $code, $name := . -}}
{{- $pairs = append $pairs (printf "%s:%s" $code $name) -}}
{{- end -}}
{{- join "," $pairs -}}
{{- end -}}

{{/* One variable out of a Secret. Takes name, secret, key. */}}
{{- define "xiangli.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{ end -}}

{{/* What a process takes out of Secrets, and what its libraries read (PostgreSQL's client, TLS). Takes root, service, role. */}}
{{- define "xiangli.secrets" -}}
{{- $values := .root.Values -}}
{{- $database := $values.database -}}
{{- $config := .service.config -}}
{{- $owns := has .role (list "migrate" "maintain") -}}
{{- $role := ternary $config.database.ownerSecret $config.database.existingSecret $owns -}}
{{- if $database.host }}
{{- include "xiangli.fromSecret" (dict "name" "PGUSER" "secret" $role "key" $database.secretKeys.username) }}
{{- include "xiangli.fromSecret" (dict "name" "PGPASSWORD" "secret" $role "key" $database.secretKeys.password) }}
{{- else }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_DATABASE_URL" "secret" $role "key" $database.secretKeys.url) }}
{{- if $owns }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_MIGRATOR_DATABASE_URL" "secret" $role "key" $database.secretKeys.url) }}
{{- end }}
{{- end }}
- name: PGSSLMODE
  value: {{ $database.tls.mode }}
{{ if $database.tls.ca.existingSecret -}}
- name: PGSSLROOTCERT
  value: /etc/xiangli/database-ca/ca.crt
{{ end -}}
{{- $keys := default $values.keys.existingSecret $config.keys.existingSecret -}}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_FIELD_KEYS" "secret" $keys "key" $values.keys.fieldKeys) }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_INDEX_KEYS" "secret" $keys "key" $values.keys.indexKeys) }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_CURSOR_KEY" "secret" $keys "key" $values.keys.cursorKey) }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_POSITION_KEYS" "secret" (default $values.keys.existingSecret $values.positions.existingSecret) "key" $values.positions.key) }}
{{- if eq .service.key "registry" }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_EXTRACT_PRIVATE_KEY" "secret" $keys "key" $values.keys.extractPrivateKey) }}
{{- end }}
{{- if has .service.key (list "registry" "servicesHall") }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_EXTRACT_ENCRYPTION_KEYS" "secret" $keys "key" $values.keys.extractEncryptionKeys) }}
{{- end }}
{{- if eq .service.key "servicesHall" }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_EXTRACT_PUBLIC_KEYS" "secret" $keys "key" $values.keys.extractPublicKeys) }}
{{- end }}
{{- if and (has .service.key (list "registry" "grid")) (not $owns) }}{{- if $config.inbound.existingSecret }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_INBOUND_PRIVATE_KEYS" "secret" $config.inbound.existingSecret "key" $config.inbound.key) }}
{{- end }}{{- end }}
{{- if and (has .role (list "api" "worker")) $values.files.existingSecret }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_FILES_ACCESS_KEY" "secret" $values.files.existingSecret "key" $values.files.accessKey) }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_FILES_SECRET_KEY" "secret" $values.files.existingSecret "key" $values.files.secretKey) }}
{{- end }}
{{- if has .role (list "worker" "migrate") }}
{{- if hasPrefix "SASL" $values.kafka.security }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_KAFKA_PASSWORD" "secret" $config.kafka.existingSecret "key" $values.kafka.secretKeys.password) }}
{{- end }}
{{- if and $values.kafka.clientCertificate $values.kafka.secretKeys.privateKeyPassword }}
{{- include "xiangli.fromSecret" (dict "name" "XIANGLI_KAFKA_KEY_PASSWORD" "secret" $config.kafka.existingSecret "key" $values.kafka.secretKeys.privateKeyPassword) }}
{{- end }}
{{- end }}
{{- if and (eq .role "api") $values.oidc.ca.existingSecret }}
- name: SSL_CERT_FILE
  value: /etc/xiangli/oidc-ca/ca.crt
{{ end }}
{{- end -}}

{{/* Whether the pods of a role speak with Kafka, where migrations may run in them. */}}
{{- define "xiangli.speaksKafka" -}}
{{- if or (has .role (list "worker" "migrate")) (and (eq .role "api") (eq .root.Values.migrations.mode "init")) -}}true{{- end -}}
{{- end -}}
