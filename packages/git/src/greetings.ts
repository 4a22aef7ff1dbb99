import { createHash } from 'node:crypto';
import { latest } from '@gotk/apimachinery';
import type { Greeting } from './protocol/greeting.ts';
import type { HttpRemote } from './transport/http.ts';

/** What a server said of itself, and where it was found. */
export interface Remembered {
  readonly greeting: Greeting;
  /** Where requests go: the repository may have moved. */
  readonly place: string;
}

/**
 * What servers said of themselves before: who knows it can ask at once, so that an unchanged repository costs one request. Share one among
 * all connections of a process. Only servers of protocol version 2 over HTTP are remembered: all others greet anew with every connection
 * anyway.
 */
export interface Greetings {
  get(remote: HttpRemote): Remembered | undefined;
  set(remote: HttpRemote, remembered: Remembered): void;
  delete(remote: HttpRemote): void;
}

const CAPACITY = 10_000;

export function createGreetings(): Greetings {
  const known = latest<string, Remembered>(CAPACITY);
  return {
    get: (remote) => known.get(keyOf(remote)),
    set: (remote, remembered) => known.set(keyOf(remote), remembered),
    delete: (remote) => known.delete(keyOf(remote)),
  };
}

/** With the login: where one is led, another may not be. */
const keyOf = ({ url, access }: HttpRemote): string =>
  createHash('sha256')
    .update(JSON.stringify([url.href, access]))
    .digest('base64');
