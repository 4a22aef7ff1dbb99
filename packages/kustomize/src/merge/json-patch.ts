import { deepEqual } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** What the copies of one patch may add in all: each may double the object. */
const MAX_COPIED_NODES = 100_000;

/**
 * Applies JSON 6902 operations to a copy, with the liberties of the library that kustomize uses: a negative index counts from the end, `replace` may add a
 * field, and what is missing counts as null for `copy`, `test` and as a value. Throws `BuildError` naming operation and path.
 */
export function applyJsonPatch(target: JsonMap, operations: readonly unknown[], at: string): JsonMap {
  const root = structuredClone(target);
  const budget = { left: MAX_COPIED_NODES };
  operations.forEach((operation, index) => {
    const where = `${at}: operation ${index + 1}`;
    if (!isOperation(operation)) throw new BuildError(`${where}: needs op and path`);
    const place = `${where} (${operation.op} ${operation.path})`;
    if (operation.op === 'copy') spend(get(locate(root, operation.from ?? '', place), place), budget, place);
    apply(root, operation, place);
  });
  return root;
}

function spend(value: Json | undefined, budget: { left: number }, at: string): void {
  budget.left -= 1;
  if (budget.left < 0) throw new BuildError(`${at}: the patch copies too much`);
  if (Array.isArray(value)) for (const item of value) spend(item, budget, at);
  else if (isMap(value)) for (const item of Object.values(value)) spend(item, budget, at);
}

const isOperation = (value: unknown): value is Operation =>
  isMap(value) &&
  typeof value.op === 'string' &&
  typeof value.path === 'string' &&
  (value.from === undefined || typeof value.from === 'string');

function apply(root: JsonMap, { op, path, from = '', value = null }: Operation, at: string): void {
  const end = locate(root, path, at);
  switch (op) {
    case 'add':
      add(end, structuredClone(value), at);
      return;
    case 'replace':
      replace(end, structuredClone(value), at);
      return;
    case 'remove':
      take(end, at);
      return;
    case 'move': {
      const moved = take(locate(root, from, at), at);
      // What was moved away may have been on the way to where it goes.
      add(locate(root, path, at), moved, at);
      return;
    }
    case 'copy':
      add(end, structuredClone(get(locate(root, from, at), at) ?? null), at);
      return;
    case 'test':
      if (!deepEqual(get(end, at) ?? null, value)) throw new BuildError(`${at}: the value is another one`);
      return;
    default:
      throw new BuildError(`${at}: unknown operation`);
  }
}

/** The container that a pointer ends in, and the last token. */
interface End {
  readonly parent: JsonMap | Json[];
  readonly token: string;
}

function locate(root: JsonMap, pointer: string, at: string): End {
  if (!pointer.startsWith('/')) throw new BuildError(`${at}: '${pointer}' is not a JSON pointer into the object`);
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const token = tokens.pop() ?? '';
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

// defineProperty, so that a key named __proto__ is data like any other.
function setField(parent: JsonMap, field: string, value: Json): void {
  Object.defineProperty(parent, field, { value, writable: true, enumerable: true, configurable: true });
}

function take(end: End, at: string): Json {
  const value = get(end, at);
  if (value === undefined) throw new BuildError(`${at}: there is nothing at this path`);
  const { parent, token } = end;
  if (Array.isArray(parent)) parent.splice(indexOf(token, parent.length, at), 1);
  else delete parent[token];
  return value;
}
