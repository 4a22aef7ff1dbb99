/** What the demo commits: an application of three objects, as a user would write it. */
export function appFiles({ image, greeting }: { image: string; greeting?: string }): Record<string, string> {
  return {
    'app/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo
spec:
  replicas: 2
  selector:
    matchLabels: { app: podinfo }
  template:
    metadata:
      labels: { app: podinfo }
    spec:
      containers:
        - name: podinfo
          image: ${image}
          ports: [{ containerPort: 9898 }]
`,
    'app/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: podinfo
spec:
  selector: { app: podinfo }
  ports: [{ port: 80, targetPort: 9898 }]
`,
    ...(greeting === undefined
      ? {}
      : {
          'app/greeting.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: greeting
data:
  text: ${greeting}
`,
        }),
  };
}

export function source(namespace: string, url: string) {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'demo', namespace },
    spec: { interval: '1m', url, ref: { branch: 'main' } },
  };
}

export function kustomization(namespace: string) {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'demo', namespace },
    spec: {
      interval: '10m',
      path: './app',
      prune: true,
      wait: true,
      timeout: '2m',
      targetNamespace: namespace,
      sourceRef: { kind: 'GitRepository', name: 'demo' },
    },
  };
}
