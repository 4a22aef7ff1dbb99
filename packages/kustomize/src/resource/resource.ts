import { type GroupVersionKind, gvkOf, isRecord } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { isClusterScoped } from './cluster-scoped.ts';

/** Plain JSON that the build may change in place: every resource owns its tree. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonMap;
export interface JsonMap {
  [field: string]: Json;
}

/** What a resource is called, or was called at some stage of the build. */
export interface ResourceId {
  readonly gvk: GroupVersionKind;
  /** As far as equality goes: 'default' for namespaced kinds that name none, '' for those that have none. */
  readonly namespace: string;
  readonly name: string;
}

/** A name that a resource had. The group and version are always those of today. */
interface PastName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way through the build. */
export interface BuildResource {
  object: JsonMap;
  /** What it was called before each change that might have given it another name, the oldest first. */
  readonly past: PastName[];
  /** What was put around its name, innermost first: where two objects were once called the same, these tell them apart. */
  readonly prefixes: string[];
  readonly suffixes: string[];
  /** The file that it was read from. */
  readonly file: string;
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
  const { name, namespace } = metadataOf(object);
  const gvk = gvkOf({ apiVersion: typeof object.apiVersion === 'string' ? object.apiVersion : '', kind: String(object.kind) });
  const written = typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
  return { gvk, namespace: isClusterScoped(gvk) ? '' : written, name: String(name) };
}

/** Every id that a resource has had before, the oldest first. */
export function pastIds({ object, past }: BuildResource): readonly ResourceId[] {
  const { gvk } = idOf(object);
  return past.map(({ kind, namespace, name }) => ({ gvk: { ...gvk, kind }, namespace, name }));
}

/** What the author of its manifest called it. */
export const originalId = (resource: BuildResource): ResourceId => pastIds(resource)[0] ?? idOf(resource.object);

/** Equal for equal ids. */
export const keyOf = ({ gvk, namespace, name }: ResourceId): string => [gvk.group, gvk.version, gvk.kind, namespace, name].join('\0');

export const renderId = ({ gvk, namespace, name }: ResourceId): string =>
  `${gvk.kind}/${namespace === '' || namespace === 'default' ? '' : `${namespace}/`}${name}`;

/** Notes the id before a change that may give the resource another one. */
export function remember({ object, past }: BuildResource): void {
  const { gvk, namespace, name } = idOf(object);
  past.push({ kind: gvk.kind, namespace, name });
}

/** Throws `BuildError` when two resources have one id; `at` is the file that brings them together. */
export function refuseDuplicates(resources: readonly BuildResource[], at: string): void {
  const seen = new Map<string, BuildResource>();
  for (const resource of resources) {
    const id = idOf(resource.object);
    const other = seen.get(keyOf(id));
    if (other !== undefined) {
      const where = other.file === resource.file ? resource.file : `${other.file} and ${resource.file}`;
      throw new BuildError(`${at}: ${renderId(id)} is defined twice, in ${where}`);
    }
    seen.set(keyOf(id), resource);
  }
}
