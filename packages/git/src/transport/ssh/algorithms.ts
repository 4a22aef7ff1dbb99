/** Names of algorithms in the order of preference, in the place of the default ones (`--ssh-kex-algos`, `--ssh-hostkey-algos`). */
export interface SshAlgorithms {
  readonly keyExchange?: readonly string[];
  readonly hostKey?: readonly string[];
}

/** An algorithm that nobody here can do. */
export class UnknownAlgorithm extends Error {
  override readonly name = 'UnknownAlgorithm';
}

/** Without SHA-1, unless it is asked for. */
const KEY_EXCHANGE = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group15-sha512',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group17-sha512',
  'diffie-hellman-group18-sha512',
] as const;
const OLD_KEY_EXCHANGE = ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'] as const;

/** Signatures with SHA-1 come last, for servers that know no others: upstream offers them as well. */
const HOST_KEY = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const;

export type KeyExchange = (typeof KEY_EXCHANGE)[number] | (typeof OLD_KEY_EXCHANGE)[number];
export type HostKeyAlgorithm = (typeof HOST_KEY)[number];

export const SUPPORTED: { readonly keyExchange: readonly KeyExchange[]; readonly hostKey: readonly HostKeyAlgorithm[] } = {
  keyExchange: [...KEY_EXCHANGE, ...OLD_KEY_EXCHANGE],
  hostKey: HOST_KEY,
};

export interface OfferedAlgorithms {
  readonly keyExchange: readonly KeyExchange[];
  readonly hostKey: readonly HostKeyAlgorithm[];
}

/**
 * What to offer a server whose keys are of these types: signatures by the keys that are known come first. A server with several keys shows
 * one of those then, and one that has none of them shows what it has, which tells more than that there is nothing in common. Throws
 * `UnknownAlgorithm`.
 */
export function offeredAlgorithms({ keyExchange, hostKey }: SshAlgorithms, knownTypes: readonly string[] = []): OfferedAlgorithms {
  const signatures = named(hostKey, SUPPORTED.hostKey, 'host key algorithm') ?? HOST_KEY;
  const isKnown = (algorithm: HostKeyAlgorithm) => knownTypes.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return {
    keyExchange: named(keyExchange, SUPPORTED.keyExchange, 'key exchange algorithm') ?? KEY_EXCHANGE,
    hostKey: [...signatures.filter(isKnown), ...signatures.filter((algorithm) => !isKnown(algorithm))],
  };
}

function named<T extends string>(names: readonly string[] = [], supported: readonly T[], what: string): readonly T[] | undefined {
  const found = names.map((name) => {
    const one = supported.find((candidate) => candidate === name);
    if (one === undefined) throw new UnknownAlgorithm(`unknown SSH ${what} '${name}': there are ${supported.join(', ')}`);
    return one;
  });
  return found.length === 0 ? undefined : found;
}
