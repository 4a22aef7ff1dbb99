import { deepEqual } from '@gotk/apimachinery';
import { BuildError } from './build-error.ts';
import { isMap, type Json, type JsonMap } from './resource.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** Applies JSON 6902 operations to a copy. Negative indices count from the end, as Go's library has it. Throws `BuildError` naming operation and path. */
export function applyJsonPatch(target: JsonMap, operations: readonly unknown[], at: string): JsonMap {
  const holder: { root: Json } = { root: structuredClone(target) };
  operations.forEach((operation, index) => {
    const where = `${at}: operation ${index + 1}`;
    if (!isOperation(operation)) throw new BuildError(`${where}: needs op and path`);
    apply(holder, operation, `${where} (${operation.op} ${operation.path})`);
  });
  if (!isMap(holder.root)) throw new BuildError(`${at}: the patch leaves no object behind`);
  return holder.root;
}

const isOperation = (value: unknown): value is Operation => isMap(value) && typeof value.op === 'string' && typeof value.path === 'string';

function apply(holder: { root: Json }, { op, path, from, value }: Operation, at: string): void {
  switch (op) {
    case 'add':
      put(holder, path, { value: required(value, at), at, mode: 'add' });
      return;
    case 'replace':
      put(holder, path, { value: required(value, at), at, mode: 'replace' });
      return;
    case 'remove':
      take(holder, path, at);
      return;
    case 'move':
      put(holder, path, { value: take(holder, from ?? '', at), at, mode: 'add' });
      return;
    case 'copy':
      put(holder, path, { value: structuredClone(get(holder, from ?? '', at)), at, mode: 'add' });
      return;
    case 'test':
      if (!deepEqual(get(holder, path, at), value)) throw new BuildError(`${at}: the value is another one`);
      return;
    default:
      throw new BuildError(`${at}: unknown operation`);
  }
}

function required(value: Json | undefined, at: string): Json {
  if (value === undefined) throw new BuildError(`${at}: needs a value`);
  return structuredClone(value);
}

/** The container that a pointer ends in, and the last token. */
function locate(holder: { root: Json }, pointer: string, at: string): { readonly parent: JsonMap | Json[]; readonly token: string } {
  if (!pointer.startsWith('/')) throw new BuildError(`${at}: '${pointer}' is not a JSON pointer`);
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const token = tokens.pop() ?? '';
  let parent: Json = holder.root;
  for (const step of tokens) {
    const next: Json | undefined = Array.isArray(parent)
      ? parent[indexOf(step, parent.length, at)]
      : isMap(parent) && Object.hasOwn(parent, step)
        ? parent[step]
        : undefined;
    if (next === undefined) throw new BuildError(`${at}: there is no '${step}' on the way`);
    parent = next;
  }
  if (!Array.isArray(parent) && !isMap(parent)) throw new BuildError(`${at}: the path leads through a plain value`);
  return { parent, token };
}

function indexOf(token: string, length: number, at: string): number {
  if (!/^-?\d+$/.test(token)) throw new BuildError(`${at}: '${token}' is not a list index`);
  const index = Number(token);
  return index < 0 ? length + index : index;
}

function get(holder: { root: Json }, pointer: string, at: string): Json {
  const { parent, token } = locate(holder, pointer, at);
  const value = Array.isArray(parent)
    ? parent[indexOf(token, parent.length, at)]
    : Object.hasOwn(parent, token)
      ? parent[token]
      : undefined;
  if (value === undefined) throw new BuildError(`${at}: there is nothing at this path`);
  return value;
}

function put(
  holder: { root: Json },
  pointer: string,
  { value, at, mode }: { readonly value: Json; readonly at: string; readonly mode: 'add' | 'replace' },
): void {
  if (pointer === '') {
    holder.root = value;
    return;
  }
  const { parent, token } = locate(holder, pointer, at);
  if (Array.isArray(parent)) {
    const index = token === '-' && mode === 'add' ? parent.length : indexOf(token, parent.length, at);
    if (index < 0 || index > parent.length - (mode === 'add' ? 0 : 1)) throw new BuildError(`${at}: the list has no such index`);
    parent.splice(index, mode === 'add' ? 0 : 1, value);
    return;
  }
  if (mode === 'replace' && !Object.hasOwn(parent, token)) throw new BuildError(`${at}: there is nothing at this path`);
  // defineProperty, so that a key named __proto__ is data like any other.
  Object.defineProperty(parent, token, { value, writable: true, enumerable: true, configurable: true });
}

function take(holder: { root: Json }, pointer: string, at: string): Json {
  const value = get(holder, pointer, at);
  const { parent, token } = locate(holder, pointer, at);
  if (Array.isArray(parent)) parent.splice(indexOf(token, parent.length, at), 1);
  else delete parent[token];
  return value;
}
