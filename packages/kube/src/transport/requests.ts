import type { OutgoingHttpHeaders } from 'node:http';
import { type KubeObject, keyOf, type ObjectKey, type Resource, renderJson } from '@gotk/apimachinery';
import type {
  ApplyOptions,
  CreateOptions,
  DeleteOptions,
  ListOptions,
  Patch,
  PatchOptions,
  RequestOptions,
  Selectors,
  WatchOptions,
} from '../client.ts';
import type { Method } from './exchange.ts';
import { collectionPath, groupPath, groupVersionPath, objectPath } from './resource-path.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'apply' | 'patch' | 'delete' | 'discover';

/** A request as data: everything but where the server is and who asks. */
export interface ApiRequest {
  readonly verb: Verb;
  /** The plural; '' for discovery. */
  readonly resource: string;
  readonly method: Method;
  /** Path and query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Carrying it out twice has the same effect as once. */
  readonly repeatable: boolean;
  /** The server may hold something else afterwards. Once it has been sent, nobody but the server knows whether it does. */
  readonly writes: boolean;
  /**
   * `call`: under the rate ceiling, over a bounded number of connections. `watch`: under the ceiling, over a connection of its own.
   * `lease`: neither waits for the ceiling nor for a connection, because a leader that is busy must not lose its lease for it.
   */
  readonly lane: 'call' | 'watch' | 'lease';
  /** The headers of an impersonated user. */
  readonly identity?: OutgoingHttpHeaders;
  readonly signal: AbortSignal;
  readonly beforeSend?: () => void;
}

const JSON_TYPE = 'application/json';
const PATCH_TYPES = { merge: 'application/merge-patch+json', json: 'application/json-patch+json' } as const satisfies Record<
  Patch['type'],
  string
>;
// The fallback is for aggregated API servers that cannot answer so: their whole objects are cut down on arrival.
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

type AnyResource = Resource<KubeObject>;

export function getRequest(
  resource: AnyResource,
  key: ObjectKey,
  { signal, metadataOnly }: RequestOptions & Pick<Selectors, 'metadataOnly'>,
): ApiRequest {
  const path = objectPath(resource, key);
  return { ...about(resource, 'get'), method: 'GET', path, accept: metadataOnly ? METADATA : JSON_TYPE, repeatable: true, signal };
}

export function listRequest(resource: AnyResource, options: ListOptions): ApiRequest {
  const parameters = {
    ...selectors(options),
    limit: options.limit,
    continue: options.continue,
    resourceVersion: options.resourceVersion,
  };
  return {
    ...about(resource, 'list'),
    method: 'GET',
    path: collectionPath(resource, options.namespace) + query(parameters),
    accept: options.metadataOnly ? METADATA_LIST : JSON_TYPE,
    repeatable: true,
    signal: options.signal,
  };
}

export function watchRequest(resource: AnyResource, options: WatchOptions & { readonly timeoutSeconds: number }): ApiRequest {
  const { resourceVersion, timeoutSeconds } = options;
  const initial = options.initialEvents ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {};
  const from = resourceVersion === '' ? {} : { resourceVersion };
  const parameters = { ...selectors(options), watch: true, allowWatchBookmarks: true, ...from, ...initial, timeoutSeconds };
  return {
    ...about(resource, 'watch'),
    lane: 'watch',
    method: 'GET',
    path: collectionPath(resource, options.namespace) + query(parameters),
    accept: options.metadataOnly ? METADATA : JSON_TYPE,
    repeatable: true,
    signal: options.signal,
  };
}

export function createRequest(resource: AnyResource, object: KubeObject, options: CreateOptions): ApiRequest {
  const { subresource } = options;
  const path =
    subresource === undefined ? collectionPath(resource, object.metadata.namespace) : objectPath(resource, keyOf(object), subresource);
  return { ...about(resource, 'create'), method: 'POST', path, ...json(object), repeatable: false, ...sending(options) };
}

export function replaceRequest(resource: AnyResource, object: KubeObject, options: RequestOptions): ApiRequest {
  const path = objectPath(resource, keyOf(object));
  // With a resourceVersion the second of two equal requests is a conflict: whoever lost the answer to the first would take its own write for a stranger's.
  return { ...about(resource, 'update'), method: 'PUT', path, ...json(object), repeatable: false, ...sending(options) };
}

export function applyRequest(resource: AnyResource, object: KubeObject, options: ApplyOptions): ApiRequest {
  const { fieldManager, force, dryRun, fieldValidation = 'Warn' } = options;
  const parameters = { fieldManager, force, fieldValidation, dryRun: dryRun ? 'All' : undefined };
  return {
    ...about(resource, 'apply'),
    writes: dryRun !== true,
    method: 'PATCH',
    path: objectPath(resource, keyOf(object)) + query(parameters),
    accept: options.metadataOnly ? METADATA : JSON_TYPE,
    contentType: 'application/apply-patch+yaml',
    body: renderJson(object),
    repeatable: true,
    ...sending(options),
  };
}

export function patchRequest(
  resource: AnyResource,
  { key, patch }: { readonly key: ObjectKey; readonly patch: Patch },
  options: PatchOptions,
): ApiRequest {
  const { subresource, fieldManager } = options;
  return {
    ...about(resource, 'patch'),
    method: 'PATCH',
    path: objectPath(resource, key, subresource) + query({ fieldManager }),
    accept: JSON_TYPE,
    contentType: PATCH_TYPES[patch.type],
    body: renderJson(patch.body),
    // A JSON patch may append to a list: twice is not once.
    repeatable: patch.type === 'merge',
    ...sending(options),
  };
}

export function deleteRequest(resource: AnyResource, key: ObjectKey, options: DeleteOptions): ApiRequest {
  const { uid, resourceVersion, propagation = 'Background' } = options;
  const preconditions = { uid, resourceVersion };
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: propagation };
  // Without a uid the repetition could meet an object of the same name that somebody created in between.
  return {
    ...about(resource, 'delete'),
    method: 'DELETE',
    path: objectPath(resource, key),
    ...json(body),
    repeatable: uid !== undefined,
    ...sending(options),
  };
}

export function discoveryRequest(
  groupVersion: { readonly group: string; readonly version: string },
  { signal }: RequestOptions,
): ApiRequest {
  const path = groupVersionPath(groupVersion);
  return { verb: 'discover', resource: '', lane: 'call', writes: false, method: 'GET', path, accept: JSON_TYPE, repeatable: true, signal };
}

/** Of the versions of a group. */
export function groupDiscoveryRequest(group: string, { signal }: RequestOptions): ApiRequest {
  const path = groupPath(group);
  return { verb: 'discover', resource: '', lane: 'call', writes: false, method: 'GET', path, accept: JSON_TYPE, repeatable: true, signal };
}

const READS: ReadonlySet<Verb> = new Set(['get', 'list', 'watch', 'discover']);

function about({ group, plural }: AnyResource, verb: Verb): Pick<ApiRequest, 'verb' | 'resource' | 'lane' | 'writes'> {
  return { verb, resource: plural, lane: group === 'coordination.k8s.io' ? 'lease' : 'call', writes: !READS.has(verb) };
}

const sending = ({ signal, beforeSend }: RequestOptions): Pick<ApiRequest, 'signal' | 'beforeSend'> =>
  beforeSend === undefined ? { signal } : { signal, beforeSend };

const json = (body: unknown) => ({ accept: JSON_TYPE, contentType: JSON_TYPE, body: renderJson(body) });

const selectors = ({ labelSelector, fieldSelector }: Selectors) => ({ labelSelector, fieldSelector });

function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) set.set(name, String(value));
  return set.size === 0 ? '' : `?${set}`;
}
