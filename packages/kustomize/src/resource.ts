import { type GroupVersionKind, gvkOf, isRecord } from '@gotk/apimachinery';
import { BuildError } from './build-error.ts';

/** Plain JSON that the build may change in place: every resource owns its tree. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonMap;
export interface JsonMap {
  [field: string]: Json;
}

/** What a resource was called at some stage of the build: what others may refer to it by. */
export interface ResourceId {
  readonly gvk: GroupVersionKind;
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way through the build. */
export interface BuildResource {
  object: JsonMap;
  /** Every id it has had, the oldest first. */
  readonly pastIds: ResourceId[];
  /** The file that it was read from. */
  readonly file: string;
  /** The directories whose kustomizations it has passed through, innermost first. */
  readonly roots: string[];
}

export const metadataOf = (object: JsonMap): JsonMap => {
  const { metadata } = object;
  if (isMap(metadata)) return metadata;
  const made: JsonMap = {};
  object.metadata = made;
  return made;
};

export const isMap = (value: unknown): value is JsonMap => isRecord(value);

export function idOf(object: JsonMap): ResourceId {
  const metadata = metadataOf(object);
  return {
    gvk: gvkOf({ apiVersion: String(object.apiVersion), kind: String(object.kind) }),
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : '',
    name: String(metadata.name),
  };
}

export const renderId = ({ gvk, namespace, name }: ResourceId): string => `${gvk.kind}/${namespace === '' ? '' : `${namespace}/`}${name}`;

/** Notes the id before a change that may give the resource another one. */
export function remember(resource: BuildResource): void {
  const id = idOf(resource.object);
  const last = resource.pastIds.at(-1);
  if (last === undefined || renderId(last) !== renderId(id) || last.gvk.group !== id.gvk.group) resource.pastIds.push(id);
}

/** Makes resources of the documents of a file. Lists are taken apart. Throws `BuildError` for what is no Kubernetes object. */
export function resourcesOf(documents: readonly unknown[], file: string): BuildResource[] {
  return documents.flatMap((document, index) => {
    const at = documents.length === 1 ? file : `${file}: document ${index + 1}`;
    if (!isMap(document)) throw new BuildError(`${at}: not a Kubernetes object`);
    if (typeof document.kind === 'string' && document.kind.endsWith('List') && Array.isArray(document.items))
      return resourcesOf(document.items, at);
    for (const field of ['apiVersion', 'kind'] as const) {
      if (typeof document[field] !== 'string' || document[field] === '') throw new BuildError(`${at}: missing ${field}`);
    }
    const { metadata } = document;
    if (!isMap(metadata) || typeof metadata.name !== 'string' || metadata.name === '')
      throw new BuildError(`${at}: missing metadata.name in ${String(document.kind)}`);
    const object = ownCopy(document);
    stringify(metadataOf(object), 'labels');
    stringify(metadataOf(object), 'annotations');
    return [{ object, pastIds: [idOf(object)], file, roots: [] }];
  });
}

// Written without quotes, `true` and `8080` are no strings; nothing else can be meant here.
function stringify(metadata: JsonMap, field: string): void {
  const values = metadata[field];
  if (isMap(values))
    metadata[field] = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, isPlain(value) ? String(value) : value]));
}

const isPlain = (value: Json): boolean => typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint';

// Aliases make parts of a document one and the same value, which structuredClone would keep: a resource must own what it may change.
function ownCopy(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, copyOf(value)]));
}

function copyOf(value: Json): Json {
  if (Array.isArray(value)) return value.map(copyOf);
  return isMap(value) ? ownCopy(value) : value;
}
