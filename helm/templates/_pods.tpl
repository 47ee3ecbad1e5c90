{{/* What all pods have in common: the "restricted" Pod Security Standard, and no way to the Kubernetes API. */}}
{{- define "frontdesk.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 256Mi
{{- end -}}

{{- define "frontdesk.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (include "frontdesk.tag" .) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 10001
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{/* A variable from the Secret. Called with (list $ name), or with (list $ name true) for one that may be missing. */}}
{{- define "frontdesk.secret" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ (index . 0).Values.existingSecret }}
      key: {{ index . 1 }}
      {{- if gt (len .) 2 }}
      optional: true
      {{- end }}
{{- end -}}

{{/* The configuration of every process. The owner of the schema is not in it: only the migration knows that role. */}}
{{- define "frontdesk.environment" -}}
- name: FRONTDESK_BASE_URL
  value: {{ .Values.baseUrl | quote }}
{{ include "frontdesk.secret" (list . "DATABASE_URL") }}
{{ include "frontdesk.secret" (list . "FRONTDESK_MASTER_KEY") }}
{{ include "frontdesk.secret" (list . "REDIS_URL" true) }}
{{- with .Values.smtp }}
{{- if .host }}
- name: SMTP_HOST
  value: {{ .host | quote }}
- name: SMTP_PORT
  value: {{ .port | quote }}
- name: SMTP_TLS
  value: {{ .tls | quote }}
- name: SMTP_SENDER
  value: {{ .sender | quote }}
{{- with .username }}
- name: SMTP_USERNAME
  value: {{ . | quote }}
{{- end }}
{{ include "frontdesk.secret" (list $ "SMTP_PASSWORD" true) }}
{{- with .spf }}
- name: FRONTDESK_MAIL_SPF
  value: {{ join " " . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.trustedProxies }}
- name: FRONTDESK_TRUSTED_PROXIES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.plugins }}
- name: FRONTDESK_PLUGINS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
