import type { Secret } from '../src/remote/secret-kubeconfig.ts';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export type Fields = Readonly<Record<string, unknown>>;

export interface KubeconfigParts {
  readonly cluster?: Fields;
  readonly user?: Fields;
  readonly [field: string]: unknown;
}

/** A kubeconfig with one context; JSON is YAML. */
export const kubeconfigText = ({ cluster = {}, user = {}, ...rest }: KubeconfigParts = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'dev',
    contexts: [{ name: 'dev', context: { cluster: 'away', user: 'jane' } }],
    clusters: [{ name: 'away', cluster: { server: 'https://example.dev:6443', ...cluster } }],
    users: [{ name: 'jane', user }],
    ...rest,
  });

/** A Secret `apps/prod` with these keys. */
export const kubeconfigSecret = (data: Readonly<Record<string, string>>, metadata: Readonly<Record<string, string>> = {}): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'apps', name: 'prod', uid: 'u1', resourceVersion: '1', ...metadata },
  data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
});
