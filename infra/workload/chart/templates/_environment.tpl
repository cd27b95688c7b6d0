{{/*
Environment of the container. The OTEL_ variables are those of the OpenTelemetry specification, which its SDKs read by
themselves: every trace and log line then says which stamp it came from, in one workspace for all of them.
*/}}
{{- define "workload.environment" -}}
- { name: PORT, value: {{ .Values.port | quote }} }
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- { name: OTEL_SERVICE_NAME, value: {{ .Release.Name }} }
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .Values.telemetry.endpoint | quote }} }
- { name: OTEL_EXPORTER_OTLP_PROTOCOL, value: http/protobuf }
- { name: OTEL_TRACES_SAMPLER, value: parentbased_traceidratio }
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ .Values.telemetry.sampleRatio | quote }} }
- name: OTEL_RESOURCE_ATTRIBUTES
  value: >-
    service.namespace={{ .Release.Namespace }},service.instance.id=$(POD_NAME),
    {{- with .Values.image.tag }}service.version={{ . }},{{ end -}}
    cloud.provider=azure,cloud.region={{ .Values.stamp.location }},deployment.stamp={{ .Values.stamp.name }}
{{- range $name, $value := .Values.environment }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
