import type { LoginSecret } from '../src/access/secret-keys.ts';

/** A Secret with these texts. */
export const secretOf = (data: Readonly<Record<string, string>>, { name = 'login', type = 'Opaque' } = {}): LoginSecret => ({
  metadata: { name },
  type,
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

/** A Docker configuration for these registries. */
export const dockerSecretOf = (auths: Readonly<Record<string, unknown>>, { name = 'pull' } = {}): LoginSecret =>
  secretOf({ '.dockerconfigjson': JSON.stringify({ auths }) }, { name, type: 'kubernetes.io/dockerconfigjson' });
