import { pointerTokens } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { copyOf, isMap, type Json, type JsonMap, setField } from '../resource/resource.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** What the copies of one patch may add in all: each may double the object. */
const MAX_COPIED_NODES = 100_000;
/** Of values within each other: a few copies and moves could nest without end what is then walked by recursion. */
const MAX_DEPTH = 1000;

/**
 * Applies JSON 6902 operations to a copy, with the liberties of the library that kustomize uses (evanphx/json-patch 4): a negative index counts from the
 * end, `replace` may add a field, what is missing counts as null for `copy`, `test` and as a value, and what stands before the first slash of a pointer
 * does not count. Integers beyond 2^53 are rounded to the next number of 64 bits. Throws `BuildError` naming operation and path.
 */
export function applyJsonPatch(target: JsonMap, operations: readonly unknown[], at: string): JsonMap {
  const budget = { left: MAX_COPIED_NODES };
  const root = operations.reduce<JsonMap>((document, operation, index) => {
    const where = `${at}: operation ${index + 1}`;
    if (!isOperation(operation)) throw new BuildError(`${where}: needs op and path`);
    return apply(document, operation, { at: `${where} (${operation.op} ${operation.path})`, budget });
  }, copyOf(target));
  return rounded(root);
}

const isOperation = (value: unknown): value is Operation =>
  isMap(value) &&
  typeof value.op === 'string' &&
  typeof value.path === 'string' &&
  (value.from === undefined || typeof value.from === 'string');

interface Place {
  readonly at: string;
  readonly budget: { left: number };
}

/** Changes the document, or replaces it. */
function apply(document: JsonMap, operation: Operation, place: Place): JsonMap {
  const { op, path, value = null } = operation;
  const { at } = place;
  if (op === 'replace' && path === '') {
    if (!isMap(value)) throw new BuildError(`${at}: only an object can take the place of the object`);
    return copyOf(value);
  }
  if (op === 'test') {
    const found = path === '' ? document : get(locate(document, path, at), at);
    if (!isSame(found ?? null, value)) throw new BuildError(`${at}: the value is another one`);
    return document;
  }
  change(document, operation, place);
  return document;
}

function change(document: JsonMap, { op, path, from = '', value = null }: Operation, { at, budget }: Place): void {
  const end = locate(document, path, at);
  switch (op) {
    case 'add':
      add(end, copyOf(value), at);
      return;
    case 'replace':
      replace(end, copyOf(value), at);
      return;
    case 'remove':
      take(end, at);
      return;
    case 'move': {
      const moved = take(locate(document, from, at), at);
      nodesIn(moved, at);
      // What was moved away may have been on the way to where it goes.
      add(locate(document, path, at), moved, at);
      return;
    }
    case 'copy': {
      const copied = get(locate(document, from, at), at) ?? null;
      budget.left -= nodesIn(copied, at);
      if (budget.left < 0) throw new BuildError(`${at}: the patch copies too much`);
      add(end, copyOf(copied), at);
      return;
    }
    default:
      throw new BuildError(`${at}: unknown operation`);
  }
}

function nodesIn(value: Json, at: string, depth = 0): number {
  if (depth > MAX_DEPTH) throw new BuildError(`${at}: more than ${MAX_DEPTH} values within each other`);
  const parts = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  return parts.reduce<number>((sum, part) => sum + nodesIn(part, at, depth + 1), 1);
}

/** A list with null in it is the same as none: the library does not come back from there. */
function isSame(one: Json, other: Json): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => item !== null && isSame(item, other[index] ?? null));
  if (!isMap(one) || !isMap(other)) return one === other;
  const fields = Object.keys(one);
  return (
    fields.length === Object.keys(other).length &&
    fields.every((field) => Object.hasOwn(other, field) && isSame(one[field] ?? null, other[field] ?? null))
  );
}

/** In place: the library reads its own result with numbers of 64 bits. */
function rounded(map: JsonMap): JsonMap;
function rounded(value: Json): Json;
function rounded(value: Json): Json {
  if (typeof value === 'bigint') return BigInt(String(Number(value)));
  if (Array.isArray(value)) for (const [index, item] of value.entries()) value[index] = rounded(item);
  else if (isMap(value))
    for (const [field, item] of Object.entries(value))
      if (typeof item === 'object' || typeof item === 'bigint') setField(value, field, rounded(item));
  return value;
}

/** The container that a pointer ends in, and the last token. */
interface End {
  readonly parent: JsonMap | Json[];
  readonly token: string;
}

function locate(root: JsonMap, pointer: string, at: string): End {
  const tokens = [...pointerTokens(pointer)];
  const token = tokens.pop();
  if (token === undefined) throw new BuildError(`${at}: '${pointer}' does not point into the object`);
  if (tokens.length > MAX_DEPTH) throw new BuildError(`${at}: more than ${MAX_DEPTH} values within each other`);
  let parent: JsonMap | Json[] = root;
  for (const step of tokens) {
    const next: Json | undefined = get({ parent, token: step }, at);
    if (!Array.isArray(next) && !isMap(next)) throw new BuildError(`${at}: there is no object or list at '${step}' on the way`);
    parent = next;
  }
  return { parent, token };
}

/** `length`: of the list that the index is for. */
function indexOf(token: string, length: number, at: string): number {
  if (!/^[-+]?\d+$/.test(token)) throw new BuildError(`${at}: '${token}' is not a list index`);
  const index = Number(token);
  const counted = index < 0 ? length + index : index;
  if (counted < 0 || counted >= length) throw new BuildError(`${at}: the list has no index ${token}`);
  return counted;
}

function get({ parent, token }: End, at: string): Json | undefined {
  if (Array.isArray(parent)) return parent[indexOf(token, parent.length, at)];
  return Object.hasOwn(parent, token) ? parent[token] : undefined;
}

function add({ parent, token }: End, value: Json, at: string): void {
  if (!Array.isArray(parent)) setField(parent, token, value);
  // As an index of the list that is to be: -1 is behind the last item.
  else parent.splice(token === '-' ? parent.length : indexOf(token, parent.length + 1, at), 0, value);
}

function replace({ parent, token }: End, value: Json, at: string): void {
  if (!Array.isArray(parent)) setField(parent, token, value);
  else parent[indexOf(token, parent.length, at)] = value;
}

function take(end: End, at: string): Json {
  const value = get(end, at);
  if (value === undefined) throw new BuildError(`${at}: there is nothing at this path`);
  const { parent, token } = end;
  if (Array.isArray(parent)) parent.splice(indexOf(token, parent.length, at), 1);
  else delete parent[token];
  return value;
}
