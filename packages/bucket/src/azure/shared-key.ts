import { createHmac } from 'node:crypto';

/**
 * The Authorization header of a GET by the account's key ("Authorize with Shared Key", version 2009-09-19 and later): over the verb, eleven
 * headers that a GET does not have, the `x-ms-` headers and the resource.
 */
export function sharedKeyAuthorization({
  account,
  key,
  target,
  headers,
}: {
  readonly account: string;
  /** In base64. */
  readonly key: string;
  readonly target: URL;
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}): string {
  const own = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-ms-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  const query = [...target.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const resource = [`/${account}${target.pathname}`, ...query.map(([name, value]) => `${name}:${value}`)].join('\n');
  const text = `GET${'\n'.repeat(12)}${own.join('')}${resource}`;
  return `SharedKey ${account}:${createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')}`;
}
