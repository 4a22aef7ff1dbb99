import { type Clock, type KubeObject, type Resource, renderJson, systemClock } from '@gotk/apimachinery';
import type { ApplyOptions, KubeClient, ListOptions, Patch, Selectors } from './client.ts';
import type { ClusterConnection } from './connection.ts';
import { discoveryMapper } from './discovery.ts';
import { tokenBucket } from './rate-ceiling.ts';
import { collectionPath, objectPath } from './resource-path.ts';
import { createTransport, type Method } from './transport.ts';
import { watchEvents } from './watch-stream.ts';

export interface KubeClientOptions {
  readonly connection: ClusterConnection;
  readonly userAgent: string;
  readonly clock?: Clock;
  /** Ceilings on the rate of requests, as `--kube-api-qps` and `--kube-api-burst`. */
  readonly qps?: number;
  readonly burst?: number;
  /** Called once for each request that was answered, or failed (code 0). */
  readonly onRequest?: (seen: { readonly method: Method; readonly code: number; readonly durationMs: number }) => void;
}

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const PATCH_TYPES = { merge: 'application/merge-patch+json', json: 'application/json-patch+json' } as const satisfies Record<
  Patch['type'],
  string
>;

/** The server closes a watch after a random time between these bounds: watches opened together do not end together. */
const WATCH_SECONDS = { from: 300, to: 600 } as const;

export function createKubeClient(options: KubeClientOptions): KubeClient {
  const clock = options.clock ?? systemClock;
  const transport = createTransport({
    connection: options.connection,
    clock,
    userAgent: options.userAgent,
    ceiling: tokenBucket({ clock, qps: options.qps ?? 50, burst: options.burst ?? 300 }),
    onRequest: options.onRequest ?? (() => undefined),
  });

  return {
    mapper: discoveryMapper(transport, clock),

    async get(resource, key, { signal, metadataOnly }) {
      const answer = await transport.call({ method: 'GET', path: objectPath(resource, key), ...accept(metadataOnly, METADATA), signal });
      return as(resource, answer.body);
    },

    async list(resource, listOptions) {
      const path = `${collectionPath(resource, listOptions.namespace)}${query(listParameters(listOptions))}`;
      const { body } = await transport.call({
        method: 'GET',
        path,
        ...accept(listOptions.metadataOnly, METADATA_LIST),
        signal: listOptions.signal,
      });
      const { items, metadata } = body as { items?: unknown[]; metadata: { resourceVersion?: string; continue?: string } };
      return {
        items: (items ?? []).map((item) => as(resource, item)),
        resourceVersion: metadata.resourceVersion ?? '',
        ...(metadata.continue ? { continue: metadata.continue } : {}),
      };
    },

    async *watch(resource, { resourceVersion, ...watchOptions }) {
      const parameters = {
        ...selectorParameters(watchOptions),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(WATCH_SECONDS.from + Math.floor(Math.random() * (WATCH_SECONDS.to - WATCH_SECONDS.from))),
      };
      const path = `${collectionPath(resource, watchOptions.namespace)}${query(parameters)}`;
      const chunks = await transport.stream({
        method: 'GET',
        path,
        ...accept(watchOptions.metadataOnly, METADATA),
        signal: watchOptions.signal,
      });
      for await (const event of watchEvents<KubeObject>(chunks))
        yield event.type === 'BOOKMARK' ? event : { type: event.type, object: as(resource, event.object) };
    },

    async create(resource, object, { signal }) {
      const path = collectionPath(resource, object.metadata.namespace);
      const answer = await transport.call({ method: 'POST', path, body: renderJson(object), signal });
      return as(resource, answer.body);
    },

    async replace(resource, object, { signal }) {
      const path = objectPath(resource, { namespace: object.metadata.namespace ?? '', name: object.metadata.name });
      const answer = await transport.call({ method: 'PUT', path, body: renderJson(object), signal });
      return as(resource, answer.body);
    },

    async apply(resource, object, applyOptions) {
      const path = objectPath(resource, { namespace: object.metadata.namespace ?? '', name: object.metadata.name });
      const answer = await transport.call({
        method: 'PATCH',
        path: `${path}${query(applyParameters(applyOptions))}`,
        contentType: 'application/apply-patch+yaml',
        ...accept(applyOptions.metadataOnly, METADATA),
        body: renderJson(object),
        signal: applyOptions.signal,
      });
      return { object: as(resource, answer.body), created: answer.status === 201 };
    },

    async patch(resource, { key, patch }, { signal, subresource, fieldManager }) {
      const answer = await transport.call({
        method: 'PATCH',
        path: `${objectPath(resource, key, subresource)}${query(fieldManager === undefined ? {} : { fieldManager })}`,
        contentType: PATCH_TYPES[patch.type],
        body: renderJson(patch.body),
        signal,
      });
      return as(resource, answer.body);
    },

    async delete(resource, key, { signal, uid, resourceVersion, propagation }) {
      const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions, propagationPolicy: propagation ?? 'Background' };
      await transport.call({ method: 'DELETE', path: objectPath(resource, key), body: renderJson(body), signal });
    },

    close: () => transport.close(),
  };
}

/** Items of a list, and metadata-only answers, do not carry the kind that was asked for. */
function as<T extends KubeObject>(resource: Resource<T>, body: unknown): T {
  const { group, version, kind } = resource;
  return { ...(body as T), apiVersion: group === '' ? version : `${group}/${version}`, kind };
}

const accept = (metadataOnly: boolean | undefined, type: string) => (metadataOnly === true ? { accept: type } : {});

function selectorParameters({ labelSelector, fieldSelector }: Selectors): Record<string, string> {
  return { ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }) };
}

function listParameters(options: ListOptions): Record<string, string> {
  return {
    ...selectorParameters(options),
    ...(options.limit === undefined ? {} : { limit: String(options.limit) }),
    ...(options.continue === undefined ? {} : { continue: options.continue }),
    ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
  };
}

function applyParameters({ fieldManager, force, dryRun }: ApplyOptions): Record<string, string> {
  // Strict: a misspelt field in Git is an error to show, not a field to drop in silence.
  return { fieldManager, force: String(force), fieldValidation: 'Strict', ...(dryRun === true ? { dryRun: 'All' } : {}) };
}

function query(parameters: Record<string, string>): string {
  const text = new URLSearchParams(parameters).toString();
  return text === '' ? '' : `?${text}`;
}
