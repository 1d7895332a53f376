{{/* A container. Takes root, service, role (whose settings), verb, resources, extraEnv, and "inline" for processes that run before ConfigMaps exist. */}}
{{- define "xiangli.container" -}}
image: {{ include "xiangli.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: [python, -m, {{ .service.module }}, {{ default .role .verb }}]
{{- if not .inline }}
envFrom:
  - configMapRef:
      name: {{ include "xiangli.nameOf" . }}
{{- end }}
env:
  {{- if .inline }}
  {{- range $name, $value := include "xiangli.settings" . | fromYaml }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
  {{- end }}
  {{- include "xiangli.secrets" . | trim | nindent 2 }}
  {{- with .extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
resources:
  {{- toYaml .resources | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- $values := .root.Values }}
  {{- if $values.database.tls.ca.existingSecret }}
  - name: database-ca
    mountPath: /etc/xiangli/database-ca
    readOnly: true
  {{- end }}
  {{- if and (eq .role "api") $values.oidc.ca.existingSecret }}
  - name: oidc-ca
    mountPath: /etc/xiangli/oidc-ca
    readOnly: true
  {{- end }}
  {{- if has .role (list "worker" "migrate") }}
  {{- if and (hasSuffix "SSL" $values.kafka.security) $values.kafka.ca.existingSecret }}
  - name: kafka-ca
    mountPath: /etc/xiangli/kafka-ca
    readOnly: true
  {{- end }}
  {{- if $values.kafka.clientCertificate }}
  - name: kafka-user
    mountPath: /etc/xiangli/kafka-user
    readOnly: true
  {{- end }}
  {{- end }}
{{- end -}}

{{/* The volumes that the containers of a pod mount. Takes root, service, role. */}}
{{- define "xiangli.volumes" -}}
{{- $values := .root.Values -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if $values.database.tls.ca.existingSecret }}
{{ include "xiangli.secretVolume" (dict "name" "database-ca" "secret" $values.database.tls.ca.existingSecret "items" (dict $values.database.tls.ca.key "ca.crt")) }}
{{- end }}
{{- if and (eq .role "api") $values.oidc.ca.existingSecret }}
{{ include "xiangli.secretVolume" (dict "name" "oidc-ca" "secret" $values.oidc.ca.existingSecret "items" (dict $values.oidc.ca.key "ca.crt")) }}
{{- end }}
{{- if include "xiangli.speaksKafka" . }}
{{- if and (hasSuffix "SSL" $values.kafka.security) $values.kafka.ca.existingSecret }}
{{ include "xiangli.secretVolume" (dict "name" "kafka-ca" "secret" $values.kafka.ca.existingSecret "items" (dict $values.kafka.ca.key "ca.crt")) }}
{{- end }}
{{- if $values.kafka.clientCertificate }}
{{ include "xiangli.secretVolume" (dict "name" "kafka-user" "secret" .service.config.kafka.existingSecret "items" (dict $values.kafka.secretKeys.certificate "tls.crt" $values.kafka.secretKeys.privateKey "tls.key")) }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "xiangli.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    items:
      {{- range $key, $path := .items }}
      - key: {{ $key }}
        path: {{ $path }}
      {{- end }}
{{- end -}}

{{/* Labels and annotations of a pod. Takes root, service, role, pods (api, worker or jobs of the values). */}}
{{- define "xiangli.podMetadata" -}}
labels:
  {{- include "xiangli.podLabels" . | nindent 2 }}
  {{- with .pods.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := dict -}}
{{- if has .role (list "api" "worker") -}}
{{- $_ := set $annotations "checksum/config" (include "xiangli.settings" . | sha256sum) -}}
{{- if .root.Values.metrics.scrapeAnnotations -}}
{{- $_ := set $annotations "prometheus.io/scrape" "true" -}}
{{- $_ := set $annotations "prometheus.io/port" (toString (int .root.Values.listen.internalPort)) -}}
{{- $_ := set $annotations "prometheus.io/path" "/metrics" -}}
{{- end -}}
{{- end -}}
{{- with mergeOverwrite $annotations (deepCopy .pods.podAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What every pod has in common. Takes root, service, role, pods. */}}
{{- define "xiangli.pod" -}}
serviceAccountName: {{ include "xiangli.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .pods.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .pods.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pods.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pods.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if has .role (list "api" "worker") }}
{{- with .pods.topologySpread }}
topologySpreadConstraints:
  {{- range . }}
  - topologyKey: {{ .topologyKey }}
    maxSkew: {{ int .maxSkew }}
    whenUnsatisfiable: {{ .whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "xiangli.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end }}
volumes:
  {{- include "xiangli.volumes" . | nindent 2 }}
{{- end -}}

{{/* Health and metrics of api and worker. Takes root. */}}
{{- define "xiangli.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: internal}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /readyz, port: internal}
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /healthz, port: internal}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{/* The init container of `migrations.mode: init`. Takes root, service. */}}
{{- define "xiangli.migrateFirst" -}}
{{- if eq .root.Values.migrations.mode "init" }}
initContainers:
  - name: migrate
    {{- include "xiangli.container" (dict "root" .root "service" .service "role" "migrate" "inline" true "resources" .root.Values.jobs.resources "extraEnv" .root.Values.jobs.extraEnv) | nindent 4 }}
{{- end }}
{{- end -}}
