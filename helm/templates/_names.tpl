{{- define "frontdesk.name" -}}
{{- if contains "frontdesk" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-frontdesk" (.Release.Name | trunc 40 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{/* What tells the pods of this release from all others. Called with (list $ "web"). */}}
{{- define "frontdesk.selector" -}}
app.kubernetes.io/name: frontdesk
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "frontdesk.labels" -}}
{{ include "frontdesk.selector" . }}
app.kubernetes.io/version: {{ include "frontdesk.tag" (index . 0) | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "frontdesk-%s" (index . 0).Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "frontdesk.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "frontdesk.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "frontdesk.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* The host of baseUrl, without its port. */}}
{{- define "frontdesk.host" -}}
{{- (urlParse .Values.baseUrl).hostname -}}
{{- end -}}
