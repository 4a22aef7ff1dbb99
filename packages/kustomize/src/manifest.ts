import { BuildError } from './build-error.ts';
import { type BuildResource, isMap, type Json, type JsonMap, metadataOf } from './resource.ts';
import { readYaml } from './yaml/read.ts';

/** The resources of a manifest. Lists are taken apart, behind everything else. Throws `BuildError` for what is no Kubernetes object. */
export function readManifest(bytes: Uint8Array, file: string): BuildResource[] {
  const documents = readYaml(bytes, file);
  const queue = documents.map((document, index) => ({ document, at: documents.length === 1 ? file : `${file}: document ${index + 1}` }));
  const resources: BuildResource[] = [];
  for (const { document, at } of queue) {
    const object = checkedObject(document, at);
    const items = itemsOf(object, at);
    if (items === undefined) resources.push(resourceOf(object, { file, at }));
    else queue.push(...items.map((item, index) => ({ document: item, at: `${at}: items[${index}]` })));
  }
  return resources;
}

function resourceOf(written: JsonMap, { file, at }: { readonly file: string; readonly at: string }): BuildResource {
  if (typeof written.apiVersion !== 'string' || written.apiVersion === '') throw new BuildError(`${at}: missing apiVersion`);
  const object = ownCopy(written);
  const metadata = metadataOf(object);
  if (typeof metadata.name !== 'string' || metadata.name === '') throw new BuildError(`${at}: metadata.name must be a string: quote it`);
  stringify(metadata, 'annotations');
  return { object, past: [], prefixes: [], suffixes: [], file };
}

/** Checks that a value may be an object, or a patch of one: kind and name. */
export function checkedObject(document: unknown, at: string): JsonMap {
  if (!isMap(document)) throw new BuildError(`${at}: not a Kubernetes object`);
  const { kind, metadata } = document;
  if (typeof kind !== 'string' || kind === '') throw new BuildError(`${at}: missing kind`);
  if (kind.endsWith('List')) return document;
  if (!isMap(metadata) || metadata.name === undefined || metadata.name === null || metadata.name === '')
    throw new BuildError(`${at}: missing metadata.name in ${kind}`);
  return document;
}

function itemsOf(object: JsonMap, at: string): readonly Json[] | undefined {
  if (!String(object.kind).endsWith('List') || !Object.hasOwn(object, 'items')) return undefined;
  const items = object.items ?? [];
  if (!Array.isArray(items)) throw new BuildError(`${at}: items must be a list`);
  return items;
}

// Annotations are text, whatever they look like.
function stringify(metadata: JsonMap, field: string): void {
  const values = metadata[field];
  if (!isMap(values)) return;
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
