{{- define "xiangli.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The prefix of every resource: short enough that "-services-hall-maintain" and a Job's suffix still fit. */}}
{{- define "xiangli.fullname" -}}
{{- $name := include "xiangli.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 28 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 28 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 28 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "xiangli.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels of everything. */}}
{{- define "xiangli.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
app.kubernetes.io/part-of: {{ include "xiangli.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What selects every pod of this release. */}}
{{- define "xiangli.everything" -}}
app.kubernetes.io/part-of: {{ include "xiangli.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What selects the pods of one service and role; never changes. Takes root, service, role. */}}
{{- define "xiangli.selector" -}}
app.kubernetes.io/name: {{ .service.name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: {{ include "xiangli.name" .root }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "xiangli.labelsOf" -}}
app.kubernetes.io/name: {{ .service.name }}
app.kubernetes.io/component: {{ .role }}
{{ include "xiangli.labels" .root }}
{{- end -}}

{{/* Labels of pods: without the chart's version, which alone is no reason to start them anew. */}}
{{- define "xiangli.podLabels" -}}
{{ include "xiangli.selector" . }}
app.kubernetes.io/version: {{ default .root.Chart.AppVersion .root.Values.image.tag | trunc 63 | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "xiangli.nameOf" -}}
{{ include "xiangli.fullname" .root }}-{{ .service.name }}-{{ .role }}
{{- end -}}

{{/* Hooks run before the release's own accounts exist: they have one of theirs. Takes root, service, role. */}}
{{- define "xiangli.serviceAccount" -}}
{{- if not .root.Values.serviceAccount.create -}}
{{ .root.Values.serviceAccount.name }}
{{- else if eq .role "migrate" -}}
{{ include "xiangli.fullname" .root }}-migrate
{{- else -}}
{{ include "xiangli.fullname" .root }}-{{ .service.name }}
{{- end -}}
{{- end -}}
