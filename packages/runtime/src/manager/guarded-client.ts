import type { Clock } from '@gotk/apimachinery';
import { ApiError, type KubeClient, type RequestOptions, traitsOf } from '@gotk/kube';
import { LeaseLost } from '../election/leader-election.ts';
import type { Outage } from './outage.ts';

export interface Guard {
  /** False once another process may have taken over. */
  readonly mayWrite: () => boolean;
  readonly clock: Clock;
  /** Learns from every answer. */
  readonly outage?: Outage;
}

export interface GuardedClient {
  readonly client: KubeClient;
  /** Milliseconds since the API server last answered anything, a refusal included. */
  silentForMs(): number;
}

/**
 * A client that writes nothing while another process may be the leader, and that knows when the server last answered.
 *
 * A process that was frozen goes on where it stood: in the middle of a run, with a lease that expired long ago. No timer of its own is early enough; so
 * each write asks the clock first, and once more when it is about to leave, having waited for the rate ceiling, a connection or
 * another attempt; and throws `LeaseLost`.
 */
export function guardedClient(inner: KubeClient, { mayWrite, clock, outage }: Guard): GuardedClient {
  let heardAtMs = Number.NEGATIVE_INFINITY;

  const heard = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer;
      heardAtMs = clock.monotonic();
      outage?.answered();
      return value;
    } catch (error) {
      outage?.failed(error);
      if (error instanceof ApiError && error.status < 500) heardAtMs = clock.monotonic();
      throw error;
    }
  };
  const assertMayWrite = () => {
    if (!mayWrite()) throw new LeaseLost('the lease has expired: another process may be writing');
  };
  /** Asks now, for whoever need not wait in vain, and again when the request is about to leave. */
  const write = async <O extends RequestOptions, T>(options: O, send: (options: O) => Promise<T>): Promise<T> => {
    assertMayWrite();
    const beforeSend = () => {
      assertMayWrite();
      options.beforeSend?.();
    };
    return heard(send({ ...options, beforeSend }));
  };

  const guard = (client: KubeClient): KubeClient => ({
    ...traitsOf(client),
    get: (resource, key, options) => heard(client.get(resource, key, options)),
    list: (resource, options) => heard(client.list(resource, options)),
    watch: (resource, options) => client.watch(resource, options),
    create: (resource, object, options) => write(options, (asked) => client.create(resource, object, asked)),
    replace: (resource, object, options) => write(options, (asked) => client.replace(resource, object, asked)),
    apply: (resource, object, options) => write(options, (asked) => client.apply(resource, object, asked)),
    patch: (resource, target, options) => write(options, (asked) => client.patch(resource, target, asked)),
    delete: (resource, key, options) => write(options, (asked) => client.delete(resource, key, asked)),
    impersonate: (identity) => guard(client.impersonate(identity)),
    close: () => client.close(),
  });

  return {
    silentForMs: () => clock.monotonic() - heardAtMs,
    client: guard(inner),
  };
}
