import { type KubeObject, keyOf, type ObjectKey, type Resource } from '@gotk/apimachinery';
import { ApiError, type KubeClient, traitsOf } from '@gotk/kube';
import type { Span } from './span.ts';

/** The same client, each of whose requests shows as a part of the span: `patch widgets`. Watches last longer than any span, and show in none. */
export function tracedClient(client: KubeClient, span: Span): KubeClient {
  if (span.traceparent === undefined) return client;

  const request = <T>(verb: string, about: About, send: () => Promise<T>): Promise<T> =>
    span.run(
      `${verb} ${about.resource.plural}`,
      async (part) => {
        try {
          return await send();
        } catch (error) {
          if (error instanceof ApiError) part.set({ 'http.response.status_code': error.status });
          throw error;
        }
      },
      {
        'k8s.api.group': about.resource.group,
        'k8s.api.resource': about.resource.plural,
        'k8s.namespace.name': about.key?.namespace,
        'k8s.object.name': about.key?.name,
      },
    );

  return {
    ...traitsOf(client),
    get: (resource, key, options) => request('get', { resource, key }, () => client.get(resource, key, options)),
    list: (resource, options) => request('list', { resource }, () => client.list(resource, options)),
    watch: (resource, options) => client.watch(resource, options),
    create: (resource, object, options) =>
      request('create', { resource, key: keyOf(object) }, () => client.create(resource, object, options)),
    replace: (resource, object, options) =>
      request('update', { resource, key: keyOf(object) }, () => client.replace(resource, object, options)),
    apply: (resource, object, options) => request('apply', { resource, key: keyOf(object) }, () => client.apply(resource, object, options)),
    patch: (resource, target, options) => request('patch', { resource, key: target.key }, () => client.patch(resource, target, options)),
    delete: (resource, key, options) => request('delete', { resource, key }, () => client.delete(resource, key, options)),
    impersonate: (identity) => tracedClient(client.impersonate(identity), span),
    close: () => client.close(),
  };
}

interface About {
  readonly resource: Resource<KubeObject>;
  readonly key?: ObjectKey;
}
