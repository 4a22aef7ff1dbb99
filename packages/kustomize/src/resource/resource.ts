import { type GroupVersionKind, gvkOf, isRecord } from '@gotk/apimachinery';
import type { YamlNode } from '@gotk/apimachinery/yaml';
import type { Origin } from '../provenance/origin.ts';
import { BUILTIN_SCOPES, type Scopes } from './cluster-scoped.ts';
import type { Twins } from './twins.ts';

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
  /** The file that it was read from, or that asked for it to be generated. */
  readonly file: string;
  /** What the build that it is in knows of kinds: a kustomization that is read later may say more. */
  scopes: Scopes;
  /** Whether a hash of its content goes behind its name in the end. */
  isHashed: boolean;
  /** The variables that take their value from it. */
  readonly vars: Set<string>;
  /** Places that share a value. */
  twins: readonly Twins[];
  /** Where it came from and what changed it; kept only for builds that want to know. */
  origin: Origin | undefined;
  readonly transformations: Origin[];
  /** The object as it is written in its manifest; what was generated has none. */
  readonly written: (() => YamlNode | undefined) | undefined;
  /** Whether fields without a value may still be in it: a patch drops them, or makes them nulls like others. */
  mayHaveBlanks: boolean;
}

interface Making {
  readonly written?: BuildResource['written'];
  readonly scopes?: Scopes;
}

/** A resource that has no history yet. */
export const newResource = (object: JsonMap, file: string, { written, scopes = BUILTIN_SCOPES }: Making = {}): BuildResource => ({
  object,
  past: [],
  prefixes: [],
  suffixes: [],
  file,
  scopes,
  isHashed: false,
  vars: new Set(),
  twins: [],
  origin: undefined,
  transformations: [],
  written,
  mayHaveBlanks: written !== undefined,
});

export const metadataOf = (object: JsonMap): JsonMap => {
  const { metadata } = object;
  if (isMap(metadata)) return metadata;
  const made: JsonMap = {};
  object.metadata = made;
  return made;
};

export const isMap = (value: unknown): value is JsonMap => isRecord(value);

/** Sets a field, whatever it is called: a key named `__proto__` is data like any other. */
export function setField(map: JsonMap, field: string, value: Json): void {
  if (field === '__proto__') Object.defineProperty(map, field, { value, writable: true, enumerable: true, configurable: true });
  else map[field] = value;
}

/** A copy that shares nothing with the value, also where aliases had made parts of it one. */
export function copyOf<Value extends Json>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  return (isMap(value) ? copyOfMap(value) : value) as Value;
}

function copyOfMap(map: JsonMap): JsonMap {
  const copy: JsonMap = {};
  for (const key of Object.keys(map)) setField(copy, key, copyOf(map[key] ?? null));
  return copy;
}

export function gvkIn({ apiVersion, kind }: JsonMap): GroupVersionKind {
  return gvkOf({ apiVersion: typeof apiVersion === 'string' ? apiVersion : '', kind: String(kind) });
}

export function idOf({ object, scopes }: Pick<BuildResource, 'object' | 'scopes'>): ResourceId {
  const { name, namespace } = metadataOf(object);
  const gvk = gvkIn(object);
  const written = typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
  return { gvk, namespace: scopes.isClusterScoped(gvk) ? '' : written, name: String(name) };
}

/** Every id that a resource has had before, the oldest first. */
export function pastIds({ object, past }: BuildResource): readonly ResourceId[] {
  if (past.length === 0) return [];
  const gvk = gvkIn(object);
  return past.map(({ kind, namespace, name }) => ({ gvk: { ...gvk, kind }, namespace, name }));
}

/** Whether it has that name, or had it: rules out nearly all at little cost. */
export const isCalled = ({ object, past }: BuildResource, name: string): boolean =>
  String(metadataOf(object).name) === name || past.some((former) => former.name === name);

/** What the author of its manifest called it. */
export const originalId = (resource: BuildResource): ResourceId => pastIds(resource)[0] ?? idOf(resource);

/** Equal for equal ids. */
export const keyOf = ({ gvk, namespace, name }: ResourceId): string => [gvk.group, gvk.version, gvk.kind, namespace, name].join('\0');

export const renderId = ({ gvk, namespace, name }: ResourceId): string =>
  `${gvk.kind}/${namespace === '' || namespace === 'default' ? '' : `${namespace}/`}${name}`;

/** An object by what is written in it, for messages. */
export const renderObject = (object: JsonMap): string => {
  const { name, namespace } = metadataOf(object);
  return renderId({ gvk: gvkIn(object), namespace: typeof namespace === 'string' ? namespace : '', name: String(name) });
};

/** Notes the id before a change that may give the resource another one. */
export function remember(resource: BuildResource): void {
  const { gvk, namespace, name } = idOf(resource);
  resource.past.push({ kind: gvk.kind, namespace, name });
  if (resource.twins.length > 0) resource.twins = withoutOwnAnnotations(resource.twins);
}

// kustomize notes names among the annotations, and to write any of these is to write all of them anew.
export const withoutOwnAnnotations = (all: readonly Twins[]): readonly Twins[] =>
  all.map(({ paths, value }) => ({ value, paths: paths.filter(([first, second]) => first !== 'metadata' || second !== 'annotations') }));
