/** A ConfigMap, as somebody would write it. */
export function configMap(name: string, data: Readonly<Record<string, string>>): string {
  const lines = Object.entries(data).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${lines.length === 0 ? '' : `data:\n${lines.join('')}`}`;
}

/** A Deployment of one replica that becomes ready, unless its image never does. */
export function deployment(name: string, image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers: [{ name: app, image: '${image}' }]
`;
}

/** A Job of one Pod that deletes itself so many seconds after its end. */
export function expiringJob(name: string, image: string, ttlSeconds = 0): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
spec:
  backoffLimit: 0
  ttlSecondsAfterFinished: ${ttlSeconds}
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: app, image: '${image}' }]
`;
}
