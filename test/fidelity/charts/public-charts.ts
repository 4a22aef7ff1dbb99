/** A repository on GitHub, and what of it is rendered. */
export interface ChartRepository {
  /** Its owner and name. */
  readonly repository: string;
  readonly commit: string;
  /** The charts that are compared, by the name of their values/<name>.yaml: where each lies, a directory or a `.tgz`. */
  readonly charts: Readonly<Record<string, string>>;
  /** Where the charts are that those here depend on and do not bring: a path, after the repository where it is another one. */
  readonly subcharts?: Readonly<Record<string, string>>;
  /** What no repository here has: taken out of what the charts say they depend on. All are off unless they are asked for. */
  readonly without?: readonly string[];
}

/** The most used charts, and those with the most in their templates. */
export const CHART_REPOSITORIES: readonly ChartRepository[] = [
  {
    repository: 'DataDog/helm-charts',
    commit: '79f7c74fd2525288125d943f48b810431dbc8857',
    charts: { datadog: 'charts/datadog' },
    subcharts: {
      'datadog-crds': 'charts/datadog-crds',
      'datadog-csi-driver': 'charts/datadog-csi-driver',
      'datadog-operator': 'charts/datadog-operator',
      'kube-state-metrics': 'prometheus-community/helm-charts charts/kube-state-metrics',
    },
  },
  { repository: 'DandyDeveloper/charts', commit: '6224454507be15acba7a619c33fa6148a06bcf85', charts: { 'redis-ha': 'charts/redis-ha' } },
  {
    repository: 'Kong/charts',
    commit: 'e76b80031abfb4909dd89a8a07e3a5ff9a206d94',
    charts: { kong: 'charts/kong' },
    subcharts: { postgresql: 'bitnami/charts bitnami/postgresql' },
  },
  {
    repository: 'NVIDIA/gpu-operator',
    commit: 'a22dbf671f2e26f9a1e342f8eea28e196235e110',
    charts: { 'gpu-operator': 'deployments/gpu-operator' },
  },
  {
    repository: 'SonarSource/helm-chart-sonarqube',
    commit: 'b6f9b63f7e74a44a893f07ac7eca5028e7ca0431',
    charts: { sonarqube: 'charts/sonarqube' },
  },
  {
    repository: 'VictoriaMetrics/helm-charts',
    commit: '5823471ac22e94c4eda66ac80878ccfb68272e06',
    charts: {
      'victoria-metrics-cluster': 'charts/victoria-metrics-cluster',
      'victoria-metrics-k8s-stack': 'charts/victoria-metrics-k8s-stack',
    },
    subcharts: {
      'victoria-metrics-common': 'charts/victoria-metrics-common',
      'victoria-metrics-operator': 'charts/victoria-metrics-operator',
      'kube-state-metrics': 'prometheus-community/helm-charts charts/kube-state-metrics',
      'prometheus-node-exporter': 'prometheus-community/helm-charts charts/prometheus-node-exporter',
      grafana: 'grafana-community/helm-charts charts/grafana',
    },
  },
  {
    repository: 'actions/actions-runner-controller',
    commit: '2ee6b3b8e8d2781c2f2bd4f0033fbb436465c5c1',
    charts: { 'gha-runner-scale-set': 'charts/gha-runner-scale-set' },
  },
  {
    repository: 'argoproj/argo-helm',
    commit: 'af0a9310bacbaa4636018dfe22c801a6d33a5c43',
    charts: { 'argo-cd': 'charts/argo-cd', 'argo-workflows': 'charts/argo-workflows' },
    subcharts: { 'redis-ha': 'DandyDeveloper/charts charts/redis-ha' },
  },
  {
    repository: 'aws/eks-charts',
    commit: '5239609242f3430be50fb0b714a24d3ef2b47983',
    charts: { 'aws-load-balancer-controller': 'stable/aws-load-balancer-controller' },
  },
  {
    repository: 'bitnami-labs/sealed-secrets',
    commit: '86671a8851be1e6c2dfef4e12e2d7c19ed24ac94',
    charts: { 'sealed-secrets': 'helm/sealed-secrets' },
  },
  {
    repository: 'bitnami/charts',
    commit: '5165628ae06697f8f68a670bef7739d93c4b7f44',
    charts: {
      airflow: 'bitnami/airflow',
      kafka: 'bitnami/kafka',
      keycloak: 'bitnami/keycloak',
      mongodb: 'bitnami/mongodb',
      mysql: 'bitnami/mysql',
      postgresql: 'bitnami/postgresql',
      rabbitmq: 'bitnami/rabbitmq',
      redis: 'bitnami/redis',
      thanos: 'bitnami/thanos',
      wordpress: 'bitnami/wordpress',
    },
    subcharts: {
      common: 'bitnami/common',
      etcd: 'bitnami/etcd',
      mariadb: 'bitnami/mariadb',
      memcached: 'bitnami/memcached',
      minio: 'bitnami/minio',
      postgresql: 'bitnami/postgresql',
      redis: 'bitnami/redis',
    },
  },
  {
    repository: 'bjw-s-labs/helm-charts',
    commit: 'dfaf83d12a36d53bf9cf422b99ba5d38d8e8ec24',
    charts: { 'app-template': 'charts/other/app-template' },
    subcharts: { common: 'charts/library/common' },
  },
  {
    repository: 'cert-manager/cert-manager',
    commit: '2d0d7f7f74241a9cbf79f0e2a7bb247238ee09fd',
    charts: { 'cert-manager': 'deploy/charts/cert-manager' },
  },
  {
    repository: 'cilium/charts',
    commit: '009b5e9582173785abfdedb3fda7a26d85ab7aca',
    charts: { cilium: 'cilium-1.19.6.tgz', tetragon: 'tetragon-1.7.0.tgz' },
  },
  {
    repository: 'crossplane/crossplane',
    commit: '2d040d2daf4e001799c4154a4a09b9e1f40d7fde',
    charts: { crossplane: 'cluster/charts/crossplane' },
  },
  { repository: 'dapr/dapr', commit: 'd8450742ce3260d93a2346f4398a1e60d019a45b', charts: { dapr: 'charts/dapr' } },
  {
    repository: 'elastic/cloud-on-k8s',
    commit: '7b93383d8ec1569ba99bdf9e59ad70a813fe99f8',
    charts: { 'eck-operator': 'deploy/eck-operator', 'eck-stack': 'deploy/eck-stack' },
  },
  { repository: 'elastic/helm-charts', commit: '2fd64d0af65f14df7aa01da591919460dabac4b3', charts: { elasticsearch: 'elasticsearch' } },
  {
    repository: 'external-secrets/external-secrets',
    commit: 'cc5bfbc2234ace9cb0caff4ea89c435cf517b27b',
    charts: { 'external-secrets': 'deploy/charts/external-secrets' },
    without: ['bitwarden-sdk-server'],
  },
  {
    repository: 'falcosecurity/charts',
    commit: '548458c6e66dfc8d74f302fc5779b6e888635b15',
    charts: { falco: 'charts/falco' },
    subcharts: {
      falcosidekick: 'charts/falcosidekick',
      'k8s-metacollector': 'charts/k8s-metacollector',
      'falco-talon': 'charts/falco-talon',
      'redis-ha': 'DandyDeveloper/charts charts/redis-ha',
    },
  },
  { repository: 'fluent/helm-charts', commit: '5b81bf7a5a5d9f7c3513810efdef47cdb4e28239', charts: { 'fluent-bit': 'charts/fluent-bit' } },
  { repository: 'fluxcd/flagger', commit: '15bd6ad555e6c935da55f0ab95977be74c149bd6', charts: { flagger: 'charts/flagger' } },
  { repository: 'goharbor/harbor-helm', commit: '70564d52f0ade16a481c6cd29efc8db863b487ce', charts: { harbor: '.' } },
  {
    repository: 'grafana-community/helm-charts',
    commit: '3386a1156177c6bcd7fdb1ad4c6b1dda094296e0',
    charts: { grafana: 'charts/grafana', loki: 'charts/loki', 'tempo-distributed': 'charts/tempo-distributed' },
    subcharts: { minio: 'minio/minio helm/minio', 'rollout-operator': 'grafana/helm-charts charts/rollout-operator' },
    without: ['grafana-agent-operator'],
  },
  { repository: 'grafana/helm-charts', commit: '7a0ab968961a165318ab95ff678908c3b9bc3240', charts: { promtail: 'charts/promtail' } },
  { repository: 'hashicorp/consul-k8s', commit: 'a507b1d1e3061996dbed00cde73bba2bf068379f', charts: { consul: 'charts/consul' } },
  { repository: 'hashicorp/vault-helm', commit: 'aa1c92e4adddbce9660e536dfe5222a88eda6d52', charts: { vault: '.' } },
  {
    repository: 'istio/istio',
    commit: '86c9f01fd735fb01d8192f5bcaf0d424afb7f14c',
    charts: {
      'istio-base': 'manifests/charts/base',
      istiod: 'manifests/charts/istio-control/istio-discovery',
      'istio-gateway': 'manifests/charts/gateway',
    },
  },
  { repository: 'jenkinsci/helm-charts', commit: '22055414e808938d0fc0585c4920d57661acce90', charts: { jenkins: 'charts/jenkins' } },
  {
    repository: 'jupyterhub/zero-to-jupyterhub-k8s',
    commit: '48ea50e34daddde55d76e30df6ecd47e4abd4d8e',
    charts: { jupyterhub: 'jupyterhub' },
  },
  { repository: 'kedacore/charts', commit: '1444d00d90d7668cf7f53f270777d039371d90d0', charts: { keda: 'keda' } },
  {
    repository: 'kubernetes-sigs/external-dns',
    commit: '2bf1bf8af2b70f23579f9147c1f7e9394f7f83d5',
    charts: { 'external-dns': 'charts/external-dns' },
  },
  {
    repository: 'kubernetes-sigs/metrics-server',
    commit: '5ed5d3a2cf940a8c7541cfbac19af822f4c97844',
    charts: { 'metrics-server': 'charts/metrics-server' },
  },
  {
    repository: 'kubernetes/autoscaler',
    commit: '55c37cd5eb550756c5ccc5a89e9068d77797e575',
    charts: { 'cluster-autoscaler': 'cluster-autoscaler/charts/cluster-autoscaler' },
  },
  {
    repository: 'kubernetes/ingress-nginx',
    commit: 'dbb11b92ddb77bee9c35e462479129354c84f939',
    charts: { 'ingress-nginx': 'charts/ingress-nginx' },
  },
  {
    repository: 'kyverno/kyverno',
    commit: '111e07bbecc66abfde36ab99969af22d7a961003',
    charts: { kyverno: 'charts/kyverno' },
    without: ['kyverno-api', 'openreports', 'reports-server'],
  },
  {
    repository: 'linkerd/linkerd2',
    commit: 'b24cd4059841f8cee2fb7a9c2ac23a693c583579',
    charts: { 'linkerd-control-plane': 'charts/linkerd-control-plane', 'linkerd-viz': 'viz/charts/linkerd-viz' },
    subcharts: { partials: 'charts/partials' },
  },
  { repository: 'longhorn/longhorn', commit: 'bb2f2223a6f7b5d97a98b7e765937fe48a1b96f7', charts: { longhorn: 'chart' } },
  { repository: 'metallb/metallb', commit: '7938d3f89b8bd808dae2e42d97d6ae7e18e9ed54', charts: { metallb: 'charts/metallb' } },
  { repository: 'minio/minio', commit: '7aac2a2c5b7c882e68c1ce017d8256be2feea27f', charts: { minio: 'helm/minio' } },
  { repository: 'nats-io/k8s', commit: '957650fba03e2e6ad8b5d54d66358f67a431157b', charts: { nats: 'helm/charts/nats' } },
  {
    repository: 'newrelic/helm-charts',
    commit: '587cc94b7868ab92abdb117d568e9b87b47f5046',
    charts: { 'newrelic-logging': 'charts/newrelic-logging' },
    subcharts: { 'common-library': 'library/common-library' },
  },
  {
    repository: 'nextcloud/helm',
    commit: 'c968d8be417b6740b006dae33c71e63c95c4f438',
    charts: { nextcloud: 'charts/nextcloud' },
    subcharts: {
      mariadb: 'bitnami/charts bitnami/mariadb',
      postgresql: 'bitnami/charts bitnami/postgresql',
      redis: 'bitnami/charts bitnami/redis',
    },
    without: ['collabora-online'],
  },
  {
    repository: 'oauth2-proxy/manifests',
    commit: 'fe328b0b3fca2ebce87590db52b6cad7f75a5997',
    charts: { 'oauth2-proxy': 'helm/oauth2-proxy' },
    subcharts: { 'redis-ha': 'DandyDeveloper/charts charts/redis-ha' },
  },
  {
    repository: 'open-policy-agent/gatekeeper',
    commit: 'dd8507eb97f5ca24dbee34c95d8e6ffa053cb8a0',
    charts: { gatekeeper: 'charts/gatekeeper' },
  },
  {
    repository: 'open-telemetry/opentelemetry-helm-charts',
    commit: 'dd5665c06f376c00a5e2147aa84b70c3d105ecfb',
    charts: {
      'opentelemetry-collector': 'charts/opentelemetry-collector',
      'opentelemetry-kube-stack': 'charts/opentelemetry-kube-stack',
      'opentelemetry-operator': 'charts/opentelemetry-operator',
    },
    subcharts: {
      'opentelemetry-operator': 'charts/opentelemetry-operator',
      'kube-state-metrics': 'prometheus-community/helm-charts charts/kube-state-metrics',
      'prometheus-node-exporter': 'prometheus-community/helm-charts charts/prometheus-node-exporter',
    },
  },
  {
    repository: 'prometheus-community/helm-charts',
    commit: 'cf408a290aec489277a94450bb3511432477a53a',
    charts: { 'kube-prometheus-stack': 'charts/kube-prometheus-stack', prometheus: 'charts/prometheus' },
    subcharts: {
      alertmanager: 'charts/alertmanager',
      grafana: 'grafana-community/helm-charts charts/grafana',
      'kube-state-metrics': 'charts/kube-state-metrics',
      'prometheus-node-exporter': 'charts/prometheus-node-exporter',
      'prometheus-pushgateway': 'charts/prometheus-pushgateway',
      'prometheus-windows-exporter': 'charts/prometheus-windows-exporter',
    },
  },
  {
    repository: 'projectcalico/calico',
    commit: '87c15906f20c4ca1fda55af92295e7678b0cc0b2',
    charts: { 'tigera-operator': 'charts/tigera-operator' },
  },
  {
    repository: 'rook/rook',
    commit: 'd0c3b9ce6d64ff0c47074437aab7314b7adf7f2c',
    charts: { 'rook-ceph': 'deploy/charts/rook-ceph', 'rook-ceph-cluster': 'deploy/charts/rook-ceph-cluster' },
    subcharts: { library: 'deploy/charts/library' },
    without: ['ceph-csi-operator'],
  },
  {
    repository: 'strimzi/strimzi-kafka-operator',
    commit: '8541da1e336bdcda9647aeacfbc2048e57580a52',
    charts: { 'strimzi-kafka-operator': 'packaging/helm-charts/helm3/strimzi-kafka-operator' },
  },
  { repository: 'temporalio/helm-charts', commit: 'e51b7344c9b2a04ee36b3ad52a13ffb688454fd7', charts: { temporal: 'charts/temporal' } },
  {
    repository: 'traefik/traefik-helm-chart',
    commit: 'a8a66d0098703627b2cf352c66b1725c196a734a',
    charts: { traefik: 'traefik' },
  },
  {
    repository: 'vmware-tanzu/helm-charts',
    commit: '73466ca986bbfe34dbd5c30bbf7d62d545d634a2',
    charts: { velero: 'charts/velero' },
  },
];
