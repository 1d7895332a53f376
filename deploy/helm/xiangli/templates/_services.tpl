{{/* The services that are installed, as YAML: {list: [{key, name, module, config, api, worker}]}. */}}
{{- define "xiangli.services" -}}
{{- $list := list -}}
{{- $names := dict "registry" "registry" "servicesHall" "services-hall" "grid" "grid" "indicators" "indicators" -}}
{{- range $key := list "registry" "servicesHall" "grid" "indicators" -}}
{{- $config := index $.Values.services $key -}}
{{- if $config.enabled -}}
{{- $name := get $names $key -}}
{{- $api := mergeOverwrite (deepCopy $.Values.api) (deepCopy (default dict $config.api)) -}}
{{- $worker := mergeOverwrite (deepCopy $.Values.worker) (deepCopy (default dict $config.worker)) -}}
{{- $list = append $list (dict "key" $key "name" $name "module" (printf "services.%s" (replace "-" "_" $name)) "config" $config "api" $api "worker" $worker) -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "list" $list) -}}
{{- end -}}

{{/* Seconds from SIGTERM to SIGKILL: the drain, the work in hand, then pools and clients are closed. Takes root, extra. */}}
{{- define "xiangli.grace" -}}
{{- add (int .extra) (ceil (mulf 1.1 .root.Values.shutdownGrace)) 10 -}}
{{- end -}}
