import { InvalidLogin } from '../http-login.ts';

/** A Secret as the API server gives it. */
export interface LoginSecret {
  readonly metadata?: { readonly name?: string };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>> | null;
}

/** What a Secret holds, by key. */
export interface SecretKeys {
  /** Such as `Secret 'login'`: messages begin with it. */
  readonly shown: string;
  has(key: string): boolean;
  /** The text of the first of these keys that the Secret has; undefined when it has none. */
  text(...keys: readonly string[]): string | undefined;
  /** A login that cannot be used, and why. */
  invalid(why: string): InvalidLogin;
}

export function keysOf({ metadata, data }: LoginSecret): SecretKeys {
  const entries = new Map(Object.entries(data ?? {}));
  const shown = metadata?.name === undefined ? 'the Secret' : `Secret '${metadata.name}'`;
  return {
    shown,
    has: (key) => entries.has(key),
    text(...keys) {
      const key = keys.find((candidate) => entries.has(candidate));
      return key === undefined ? undefined : Buffer.from(entries.get(key) ?? '', 'base64').toString('utf8');
    },
    invalid: (why) => new InvalidLogin(`${shown} ${why}`),
  };
}
