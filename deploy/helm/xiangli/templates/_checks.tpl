{{/* Everything that must be given and is not, in one refusal: one sentence each, naming the value. */}}
{{- define "xiangli.check" -}}
{{- $wrong := list -}}
{{- $values := .Values -}}
{{- if not $values.kafka.bootstrap -}}
{{- $wrong = append $wrong "kafka.bootstrap is missing: host:port of the Kafka brokers" -}}
{{- end -}}
{{- if not $values.oidc.issuer -}}
{{- $wrong = append $wrong "oidc.issuer is missing: the address of the issuer of tokens" -}}
{{- end -}}
{{- if eq $values.image.tag "latest" -}}
{{- $wrong = append $wrong "image.tag must not be latest: name the version, or image.digest" -}}
{{- end -}}
{{- $tls := hasSuffix "SSL" $values.kafka.security -}}
{{- $user := or (hasPrefix "SASL" $values.kafka.security) $values.kafka.clientCertificate -}}
{{- if and $values.kafka.clientCertificate (not $tls) -}}
{{- $wrong = append $wrong (printf "kafka.clientCertificate needs kafka.security SSL or SASL_SSL, not %s" $values.kafka.security) -}}
{{- end -}}
{{- if and $values.kafka.ca.existingSecret (not $tls) -}}
{{- $wrong = append $wrong (printf "kafka.ca.existingSecret is given and kafka.security is %s: nothing would be verified" $values.kafka.security) -}}
{{- end -}}
{{- if and (has $values.database.tls.mode (list "verify-ca" "verify-full")) (not $values.database.tls.ca.existingSecret) -}}
{{- $wrong = append $wrong (printf "database.tls.ca.existingSecret is missing: database.tls.mode %s needs an authority" $values.database.tls.mode) -}}
{{- end -}}
{{- if not (or $values.positions.existingSecret $values.keys.existingSecret) -}}
{{- $wrong = append $wrong "positions.existingSecret is missing, and so is keys.existingSecret: the Secret with the keys that all services share" -}}
{{- end -}}
{{- if and $values.backup.enabled (not $values.backup.cluster) -}}
{{- $wrong = append $wrong "backup.cluster is missing: name of the Cluster of CloudNativePG that holds the databases" -}}
{{- end -}}
{{- if and $values.backup.enabled (not $values.backup.plugin) -}}
{{- $wrong = append $wrong "backup.plugin is missing: plugin of the Cluster that keeps the backups" -}}
{{- end -}}
{{- $partitions := int (default 16 $values.kafka.topicPartitions) -}}
{{- $owner := or (ne $values.migrations.mode "none") $values.maintain.enabled -}}
{{- $services := (include "xiangli.services" . | fromYaml).list -}}
{{- if not $services -}}
{{- $wrong = append $wrong "services: at least one service must be enabled" -}}
{{- end -}}
{{- range $service := $services -}}
{{- $at := printf "services.%s" $service.key -}}
{{- $config := $service.config -}}
{{- if not $config.database.existingSecret -}}
{{- $wrong = append $wrong (printf "%s.database.existingSecret is missing: the Secret of the service's database role" $at) -}}
{{- end -}}
{{- if and $owner (not $config.database.ownerSecret) -}}
{{- $wrong = append $wrong (printf "%s.database.ownerSecret is missing: the Secret of the database's owner, for migrate and maintain" $at) -}}
{{- end -}}
{{- if not (or $config.keys.existingSecret $values.keys.existingSecret) -}}
{{- $wrong = append $wrong (printf "%s.keys.existingSecret is missing, and so is keys.existingSecret: the Secret with the service's keys" $at) -}}
{{- end -}}
{{- if and $user (not $config.kafka.existingSecret) -}}
{{- $wrong = append $wrong (printf "%s.kafka.existingSecret is missing: the Secret of the service's Kafka user (kafka.security is %s)" $at $values.kafka.security) -}}
{{- end -}}
{{- if and $service.worker.keda.enabled (gt (int $service.worker.keda.maxReplicas) $partitions) -}}
{{- $wrong = append $wrong (printf "%s.worker.keda.maxReplicas is %d and topics have %d partitions: more workers would have nothing to read" $at (int $service.worker.keda.maxReplicas) $partitions) -}}
{{- end -}}
{{- if and $service.worker.keda.enabled (gt (int $service.worker.keda.minReplicas) (int $service.worker.keda.maxReplicas)) -}}
{{- $wrong = append $wrong (printf "%s.worker.keda.minReplicas is above maxReplicas" $at) -}}
{{- end -}}
{{- if gt (int $service.worker.replicas) $partitions -}}
{{- $wrong = append $wrong (printf "%s.worker.replicas is %d and topics have %d partitions: more workers would have nothing to read" $at (int $service.worker.replicas) $partitions) -}}
{{- end -}}
{{- if and $service.api.autoscaling.enabled (gt (int $service.api.autoscaling.minReplicas) (int $service.api.autoscaling.maxReplicas)) -}}
{{- $wrong = append $wrong (printf "%s.api.autoscaling.minReplicas is above maxReplicas" $at) -}}
{{- end -}}
{{- if and (eq $service.key "registry") $config.inbound.lists (not $config.inbound.existingSecret) -}}
{{- $wrong = append $wrong "services.registry.inbound.existingSecret is missing: departments may deliver lists, and there is no key to read them with" -}}
{{- end -}}
{{- if and (eq $service.key "grid") $config.inbound.sources (not $config.inbound.existingSecret) -}}
{{- $wrong = append $wrong "services.grid.inbound.existingSecret is missing: sources may send, and there is no key to read them with" -}}
{{- end -}}
{{- end -}}
{{- range $part := list "api" "worker" "jobs" -}}
{{- $wrong = concat $wrong (include "xiangli.foreign" (dict "at" $part "env" (index $values $part).extraEnv) | fromJsonArray) -}}
{{- end -}}
{{- range $service := $services -}}
{{- range $part := list "api" "worker" -}}
{{- $env := (index $values.services $service.key $part).extraEnv -}}
{{- $wrong = concat $wrong (include "xiangli.foreign" (dict "at" (printf "services.%s.%s" $service.key $part) "env" $env) | fromJsonArray) -}}
{{- end -}}
{{- end -}}
{{- if and $values.metrics.serviceMonitor.enabled $values.metrics.podMonitor.enabled -}}
{{- $wrong = append $wrong "metrics.serviceMonitor.enabled and metrics.podMonitor.enabled: one of both, or everything is counted twice" -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) -}}
{{- $wrong = append $wrong "ingress.hosts is missing: at least one host name" -}}
{{- end -}}
{{- if and $values.gateway.enabled (not $values.gateway.parentRefs) -}}
{{- $wrong = append $wrong "gateway.parentRefs is missing: the Gateway that the route belongs to" -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\n\nxiangli cannot be installed with these values:\n- %s\n" (join "\n- " $wrong)) -}}
{{- end -}}
{{- end -}}

{{/* Refusals of names in an extraEnv that are the chart's own, as a JSON list. Takes at, env. */}}
{{- define "xiangli.foreign" -}}
{{- $wrong := list -}}
{{- range .env -}}
{{- if or (hasPrefix "XIANGLI_" .name) (has .name (list "PGUSER" "PGPASSWORD" "PGSSLMODE" "PGSSLROOTCERT" "SSL_CERT_FILE")) -}}
{{- $wrong = append $wrong (printf "%s.extraEnv must not set %s: every setting has a value of its own (README.md lists them)" $.at .name) -}}
{{- end -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end -}}
