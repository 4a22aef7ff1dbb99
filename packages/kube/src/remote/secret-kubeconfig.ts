import { type Clock, type KubeObject, keyOf, renderKey } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { chooseContext, connectionOf, MissingEntry } from '../kubeconfig/connection.ts';
import { type Kubeconfig, parseKubeconfig } from '../kubeconfig/format.ts';
import { refusalOf } from './tenant-kubeconfig.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnusableKubeconfig } from './unusable-kubeconfig.ts';

export interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

export interface SecretKubeconfig {
  readonly secret: Secret;
  /** The key that holds the kubeconfig; absent or empty: `value`, else `value.yaml`, as in fluxcd/pkg. */
  readonly key?: string | undefined;
}

/** A kubeconfig of one context takes some 10 KiB. What is parsed here is parsed on the thread that serves everybody. */
const MAX_BYTES = 256 * 1024;

/**
 * The connection that a Secret's kubeconfig describes, under the operator's policy for what tenants write. Throws `UnusableKubeconfig`, which names Secret,
 * key and field and quotes nothing of the content: whoever reads the message may not be allowed to read the Secret.
 */
export async function secretConnection({ secret, key }: SecretKubeconfig, policy: TenantPolicy, clock: Clock): Promise<ClusterConnection> {
  const name = `Secret '${renderKey(keyOf(secret))}'`;
  const data = secret.data ?? {};
  const found = (key ? [key] : ['value', 'value.yaml']).find((candidate) => Object.hasOwn(data, candidate));
  if (found === undefined) throw new UnusableKubeconfig(name, `it has no key '${key || 'value'}'`);

  const from = `${name}, key '${found}'`;
  const encoded = data[found];
  if (typeof encoded !== 'string' || encoded === '') throw new UnusableKubeconfig(from, 'it is empty');
  if (encoded.length > (MAX_BYTES * 4) / 3)
    throw new UnusableKubeconfig(from, `it is longer than ${MAX_BYTES / 1024} KiB: leave out the contexts that are not used`);
  const chosen = await attempt(from, () => chooseContext(parse(encoded)));
  const refusal = refusalOf(chosen, policy);
  if (refusal !== undefined) throw new UnusableKubeconfig(from, refusal);
  return await attempt(from, () => connectionOf(chosen, clock, policy.allowLocalAddresses === true ? 'anywhere' : 'remote'));
}

/** Paths in it would be relative to the directory; `refusalOf` leaves none. */
const parse = (encoded: string): Kubeconfig => parseKubeconfig(Buffer.from(encoded, 'base64').toString('utf8'), '/');

async function attempt<T>(from: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof MissingEntry)
      throw new UnusableKubeconfig(from, `its current context leads to an entry that is not among its ${error.list}`);
    throw new UnusableKubeconfig(from, error instanceof Error ? error.message : String(error));
  }
}
