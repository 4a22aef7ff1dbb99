import type { GroupVersionKind } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { isMap, type Json, type JsonMap, renderObject } from '../resource/resource.ts';

/** The kinds that something is about; what is not given is any. */
export interface KindSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** Where kustomize changes something: a path, and the kinds that have it. */
export interface FieldSpec extends KindSelector {
  readonly path: readonly string[];
  readonly create?: boolean;
}

/**
 * A field spec of which the path is written as kustomize writes it, with `/` (and `\/` for a slash in a key). Lists on the way are gone through, whether or
 * not the path says `[]`; what it marks so is never created.
 */
export const fieldSpec = (path: string, kinds: Omit<FieldSpec, 'path'> = {}): FieldSpec => ({ path: splitPath(path), ...kinds });

export function splitPath(path: string): readonly string[] {
  const [first = '', ...rest] = path.split('/');
  const parts = first === '' && rest.length > 0 ? rest : [first, ...rest];
  const keys: string[] = [];
  for (const part of parts) {
    const last = keys.at(-1);
    if (last?.endsWith('\\') === true) keys[keys.length - 1] = `${last.slice(0, -1)}/${part}`;
    else keys.push(part);
  }
  return keys;
}

export const appliesTo = (spec: KindSelector, gvk: GroupVersionKind): boolean =>
  (spec.group === undefined || spec.group === '' || spec.group === gvk.group) &&
  (spec.version === undefined || spec.version === '' || spec.version === gvk.version) &&
  (spec.kind === undefined || spec.kind === '' || spec.kind === gvk.kind);

/** Fields within fields: more than any kind has. */
const MAX_PARTS = 100;

/** `trail`: the way to the holder; it is another one when the visit is over. */
type Visit = (holder: JsonMap, key: string, trail: readonly string[]) => void;

/**
 * Visits every place that a path leads to; `visit` may change `holder[key]`, which with `create` may not be there yet. Throws `BuildError` where the path goes on
 * and the object has neither a map nor a list.
 */
export function visitPath(root: JsonMap, spec: Pick<FieldSpec, 'path' | 'create'>, visit: Visit): void {
  const way = { path: spec.path, create: spec.create ?? false, visit, root, trail: [] };
  // What is called so is data where it stands, but nothing that a path leads to: setting it would set the prototype.
  if (spec.path.includes('__proto__')) throw failure(way, 'is not that of a field');
  if (spec.path.length > MAX_PARTS) throw failure({ ...way, path: spec.path.slice(0, 4) }, `goes on for more than ${MAX_PARTS} parts`);
  descend(root, 0, way);
}

interface Way {
  readonly path: readonly string[];
  readonly create: boolean;
  readonly visit: Visit;
  readonly root: JsonMap;
  readonly trail: string[];
}

function descend(node: Json | undefined, depth: number, way: Way): void {
  if (node === null || node === undefined) return;
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) follow(item, String(index), { depth, way });
    return;
  }
  if (!isMap(node)) throw failure(way, `is neither a list nor a map at '${way.path.slice(0, depth).join('/')}'`);
  const head = way.path[depth] ?? '';
  const isList = head.endsWith('[]');
  const key = isList ? head.slice(0, -2) : head;
  if (key === '') throw failure(way, 'has an empty part');
  const creates = way.create && !isList;
  const isThere = Object.hasOwn(node, key);
  if (depth === way.path.length - 1) {
    if (isThere || creates) way.visit(node, key, way.trail);
    return;
  }
  if (creates && (!isThere || node[key] === null)) node[key] = {};
  // To say that something is a list makes null an empty one.
  else if (isList && node[key] === null) node[key] = [];
  if (Object.hasOwn(node, key)) follow(node[key], key, { depth: depth + 1, way });
}

function follow(node: Json | undefined, key: string, { depth, way }: { readonly depth: number; readonly way: Way }): void {
  way.trail.push(key);
  descend(node, depth, way);
  way.trail.pop();
}

const failure = ({ path, root }: Way, what: string): BuildError =>
  new BuildError(`the path '${path.join('/')}' ${what}, in ${renderObject(root)}`);
