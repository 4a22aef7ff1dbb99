import { type Manager, type Secret, serviceAccountNamed } from '@gotk/runtime';
import { readSecret } from './secrets.ts';

export interface PullSecretReader {
  readonly manager: Pick<Manager, 'client' | 'readSecret'>;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** The image pull secrets of a ServiceAccount. Throws `InvalidLogin` for an account that is not there, or a Secret that it names and is not there. */
export async function pullSecretsOf(name: string, reader: PullSecretReader): Promise<readonly Secret[]> {
  const { manager, namespace, signal } = reader;
  const { imagePullSecrets = [] } = await serviceAccountNamed(name, { client: manager.client, namespace, signal });
  const secrets = await Promise.all(
    imagePullSecrets.map(({ name: secret = '' }) => readSecret(secret === '' ? undefined : { name: secret }, reader)),
  );
  return secrets.filter((secret) => secret !== undefined);
}
