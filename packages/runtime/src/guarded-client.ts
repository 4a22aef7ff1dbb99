import type { Clock } from '@gotk/apimachinery';
import { ApiError, type KubeClient } from '@gotk/kube';
import { LeaseLost } from './leader-election.ts';

export interface Guard {
  /** False once another process may have taken over. */
  readonly mayWrite: () => boolean;
  readonly clock: Clock;
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
 * each write asks the clock first, and throws `LeaseLost`.
 */
export function guardedClient(inner: KubeClient, { mayWrite, clock }: Guard): GuardedClient {
  let heardAtMs = Number.NEGATIVE_INFINITY;

  const heard = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer;
      heardAtMs = clock.monotonic();
      return value;
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) heardAtMs = clock.monotonic();
      throw error;
    }
  };
  const write = <T>(send: () => Promise<T>): Promise<T> =>
    mayWrite() ? heard(send()) : Promise.reject(new LeaseLost('the lease has expired: another process may be writing'));

  const guard = (client: KubeClient): KubeClient => ({
    mapper: client.mapper,
    get: (resource, key, options) => heard(client.get(resource, key, options)),
    list: (resource, options) => heard(client.list(resource, options)),
    watch: (resource, options) => client.watch(resource, options),
    create: (resource, object, options) => write(() => client.create(resource, object, options)),
    replace: (resource, object, options) => write(() => client.replace(resource, object, options)),
    apply: (resource, object, options) => write(() => client.apply(resource, object, options)),
    patch: (resource, target, options) => write(() => client.patch(resource, target, options)),
    delete: (resource, key, options) => write(() => client.delete(resource, key, options)),
    impersonate: (identity) => guard(client.impersonate(identity)),
    close: () => client.close(),
  });

  return {
    silentForMs: () => clock.monotonic() - heardAtMs,
    client: guard(inner),
  };
}
