{{/* Ports of "host:port,host:port" as a JSON list, without repetition. Takes text, default. */}}
{{- define "xiangli.portsOf" -}}
{{- $ports := list -}}
{{- range splitList "," .text -}}
{{- $port := regexFind "[0-9]+$" (trim .) -}}
{{- if regexMatch ":[0-9]+$" (trim .) -}}{{- $ports = append $ports (int $port) -}}{{- end -}}
{{- end -}}
{{- toJson (uniq (default (list .default) $ports)) -}}
{{- end -}}

{{/* One egress rule. Takes target ({to, ports}), ports (where it names none, a JSON list), protocols. */}}
{{- define "xiangli.egress" -}}
{{- $ports := .target.ports -}}
{{- if not $ports -}}{{- $ports = fromJsonArray .ports -}}{{- end -}}
{{- $protocols := default (list "TCP") .protocols -}}
- ports:
    {{- range $port := $ports }}
    {{- range $protocols }}
    - {port: {{ int $port }}, protocol: {{ . }}}
    {{- end }}
    {{- end }}
  {{- with .target.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{ end -}}

{{- define "xiangli.egressOf" -}}
{{- $network := .root.Values.networkPolicy -}}
{{- $values := .root.Values -}}
{{- range .needs -}}
{{- if eq . "dns" -}}
{{- include "xiangli.egress" (dict "target" $network.dns "ports" "[53]" "protocols" (list "UDP" "TCP")) -}}
{{- else if eq . "postgresql" -}}
{{- include "xiangli.egress" (dict "target" $network.postgresql "ports" (toJson (list (int $values.database.port)))) -}}
{{- else if eq . "kafka" -}}
{{- include "xiangli.egress" (dict "target" $network.kafka "ports" (include "xiangli.portsOf" (dict "text" $values.kafka.bootstrap "default" 9092))) -}}
{{- else if eq . "oidc" -}}
{{- $url := urlParse $values.oidc.issuer -}}
{{- $scheme := ternary 80 443 (eq $url.scheme "http") -}}
{{- include "xiangli.egress" (dict "target" $network.oidc "ports" (include "xiangli.portsOf" (dict "text" $url.host "default" $scheme))) -}}
{{- else if and (eq . "files") $values.files.place -}}
{{- $url := urlParse (default "https://s3" $values.files.endpoint) -}}
{{- $scheme := ternary 80 443 (eq $url.scheme "http") -}}
{{- include "xiangli.egress" (dict "target" $network.files "ports" (include "xiangli.portsOf" (dict "text" $url.host "default" $scheme))) -}}
{{- else if and (eq . "tracing") $values.tracing.endpoint -}}
{{- $url := urlParse $values.tracing.endpoint -}}
{{- $scheme := ternary 80 443 (eq $url.scheme "http") -}}
{{- include "xiangli.egress" (dict "target" $network.tracing "ports" (include "xiangli.portsOf" (dict "text" $url.host "default" $scheme))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "xiangli.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "xiangli.fullname" .root }}-{{ .role }}
  labels:
    app.kubernetes.io/component: {{ .role }}
    {{- include "xiangli.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  podSelector:
    matchLabels:
      {{- include "xiangli.everything" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
  policyTypes: [Ingress, Egress]
{{- end -}}
