const COMPONENTS = 40;

const HELPERS = `{{- define "big.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}
{{- define "big.fullname" -}}
{{- printf "%s-%s" .root.Release.Name .component.name | trunc 63 | trimSuffix "-" -}}
{{- end }}
{{- define "big.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "big.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component.name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- define "big.image" -}}
{{- $tag := .component.image.tag | default .root.Chart.AppVersion | toString -}}
{{- printf "%s/%s:%s" .root.Values.global.registry .component.image.repository $tag -}}
{{- end }}
`;

const component = (
  name: string,
): string => `{{- $component := merge (dict "name" "${name}") (index .Values.components "${name}") .Values.defaults }}
{{- $scope := dict "root" . "component" $component }}
{{- if $component.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "big.fullname" $scope }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "big.labels" $scope | nindent 4 }}
spec:
  {{- if not $component.autoscaling.enabled }}
  replicas: {{ $component.replicas | int }}
  {{- end }}
  selector:
    matchLabels: {{- include "big.labels" $scope | fromYaml | toYaml | nindent 6 }}
  template:
    metadata:
      annotations:
        checksum/config: {{ toJson $component.config | sha256sum }}
      labels: {{- include "big.labels" $scope | nindent 8 }}
    spec:
      containers:
        - name: {{ $component.name }}
          image: {{ include "big.image" $scope }}
          env:
            {{- range $key, $value := $component.env }}
            - name: {{ $key | upper | replace "-" "_" }}
              value: {{ tpl (toString $value) $ | quote }}
            {{- end }}
          ports:
            {{- range $component.ports }}
            - name: {{ .name }}
              containerPort: {{ .port | int }}
            {{- end }}
          resources: {{- toYaml $component.resources | nindent 12 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "big.fullname" $scope }}
  labels: {{- include "big.labels" $scope | nindent 4 }}
spec:
  ports:
    {{- range $index, $port := $component.ports }}
    - name: {{ $port.name | default (printf "port-%d" $index) }}
      port: {{ add $port.port 0 }}
    {{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "big.fullname" $scope }}
data:
  config.yaml: |
    {{- toYaml $component.config | nindent 4 }}
  {{- range $path, $_ := .Files.Glob "files/*.txt" }}
  {{ base $path }}: {{ $.Files.Get $path | quote }}
  {{- end }}
{{- if semverCompare ">=1.21-0" .Capabilities.KubeVersion.GitVersion }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "big.fullname" $scope }}
spec:
  minAvailable: {{ ternary 1 0 (gt (int $component.replicas) 1) }}
{{- end }}
{{- end }}
`;

const values = (names: readonly string[]): string =>
  JSON.stringify({
    global: { registry: 'registry.example.com', labels: { team: 'platform', 'cost-center': '42' } },
    defaults: {
      enabled: true,
      replicas: 2,
      autoscaling: { enabled: false },
      image: { tag: '' },
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      ports: [
        { name: 'http', port: 8080 },
        { name: 'metrics', port: 9090 },
      ],
    },
    components: Object.fromEntries(
      names.map((name) => [
        name,
        {
          image: { repository: `apps/${name}` },
          env: Object.fromEntries(
            Array.from({ length: 12 }, (_, at) => [`setting-${at}`, at % 3 === 0 ? '{{ .Release.Name }}-value' : `value ${at}`]),
          ),
          config: {
            server: { listen: ':8080', timeouts: { read: '30s', write: '1m' } },
            routes: Array.from({ length: 15 }, (_, at) => ({ path: `/api/v1/${name}/${at}`, methods: ['GET', 'POST'], weight: at / 4 })),
          },
        },
      ]),
    ),
  });

/** The files of a chart as large as those of whole platforms: 40 components, 160 objects, and the functions that public charts use most. */
export function exampleChart(): Readonly<Record<string, string>> {
  const names = Array.from({ length: COMPONENTS }, (_, at) => `component-${at}`);
  return {
    'Chart.yaml': 'apiVersion: v2\nname: big\nversion: 1.2.3\nappVersion: "4.5.6"\n',
    'values.yaml': values(names),
    'files/motd.txt': 'Welcome.\n'.repeat(20),
    'templates/_helpers.tpl': HELPERS,
    ...Object.fromEntries(names.map((name) => [`templates/${name}.yaml`, component(name)])),
    'templates/NOTES.txt': '{{ .Chart.Name }} was installed as {{ .Release.Name }}.\n',
  };
}
