export interface TokenLogin {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  /** Namespace of requests that name none. */
  readonly namespace?: string;
}

/** A kubeconfig with one context, that of a user with a bearer token. (JSON is YAML.) */
export function renderKubeconfig({ server, ca, token, namespace = 'default' }: TokenLogin): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testkit',
    clusters: [{ name: 'testkit', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'testkit', user: { token } }],
    contexts: [{ name: 'testkit', context: { cluster: 'testkit', user: 'testkit', namespace } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
