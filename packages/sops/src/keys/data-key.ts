import { SopsError } from '../sops-error.ts';
import { inOrder, type KeyGroup, type KeyServices, type MasterKeyOf, type MasterKeyType, nameOf } from './master-key.ts';
import { combineParts } from './shamir.ts';

export interface KeyLock {
  readonly keyGroups: readonly KeyGroup[];
  /** How many of several groups are needed. */
  readonly shamirThreshold: number;
}

/** AES-256's. */
const KEY_BYTES = 32;

/**
 * The data key of a file: from the first master key that gives it, those without a network first; of several groups, combined from as many
 * parts as are needed. Throws `SopsError` that tells for each key why it was of no use, or the signal's reason.
 */
export async function recoverDataKey(
  { keyGroups, shamirThreshold }: KeyLock,
  services: KeyServices,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const failures: string[] = [];
  for (const group of keyGroups) {
    const part = await partOf(group, services, { signal, failures });
    if (part !== undefined) parts.push(part);
  }
  const needed = keyGroups.length > 1 ? Math.max(shamirThreshold, 2) : 1;
  if (parts.length < needed) {
    const missing = keyGroups.length > 1 ? ` (${parts.length} of ${needed} key groups)` : '';
    throw new SopsError('no-key', `failed to get the data key${missing}: ${summary(failures)}`);
  }
  const dataKey = keyGroups.length > 1 ? combineParts(parts) : parts[0];
  if (dataKey?.length !== KEY_BYTES) throw new SopsError('no-key', `the data key has not ${KEY_BYTES} bytes`);
  return dataKey;
}

interface Attempt {
  readonly signal: AbortSignal;
  readonly failures: string[];
}

async function partOf(group: KeyGroup, services: KeyServices, { signal, failures }: Attempt): Promise<Uint8Array | undefined> {
  for (const key of inOrder(group)) {
    signal.throwIfAborted();
    try {
      return await decryptWith(key, services, signal);
    } catch (error) {
      signal.throwIfAborted();
      failures.push(`${nameOf(key)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return undefined;
}

async function decryptWith<Type extends MasterKeyType>(
  key: MasterKeyOf<Type> & { readonly type: Type },
  services: KeyServices,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const service: KeyServices[Type] = services[key.type];
  if (service !== undefined) return await service(key, signal);
  throw new SopsError('no-key', key.type === 'hckms' ? 'Huawei Cloud KMS is not supported' : 'there are no credentials for it');
}

const MAX_FAILURES = 10;

function summary(failures: readonly string[]): string {
  const more = failures.length - MAX_FAILURES;
  return [...failures.slice(0, MAX_FAILURES), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
