import { deepEqual, isRecord } from '@gotk/apimachinery';

/**
 * A set of fields as the API server writes it (`fieldsV1`): `f:` before the name of a field, `k:` before the keys of a list's element, `v:` before a value of a
 * set, and `.` for the thing itself beside what is in it. What has nothing in it is the thing itself.
 */
export type FieldSet = Readonly<Record<string, unknown>>;

/** One step on the way to a field: into a map, or to the element of a list that is like this one. */
export type FieldStep = { readonly field: string } | { readonly element: unknown };
export type FieldPath = readonly FieldStep[];

const SELF = '.';

/** Everything that is in either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, joined(childOf(a, key), childOf(b, key))]));
}

function joined(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet {
  if (a === undefined || b === undefined) return a ?? b ?? {};
  if (isLeaf(a) && isLeaf(b)) return {};
  return isLeaf(a) || isLeaf(b) ? { [SELF]: {}, ...a, ...b } : union(a, b);
}

/** The set less what is at these paths, and less what only led there. */
export const without = (set: FieldSet, paths: readonly FieldPath[]): FieldSet =>
  paths.reduce<FieldSet>((left, path) => less(left, path) ?? {}, set);

function less(set: FieldSet, [step, ...rest]: FieldPath): FieldSet | undefined {
  if (step === undefined) return undefined;
  const entries = Object.entries(set);
  const left = entries.flatMap(([key, value]) => {
    if (!isStep(step, key) || !isRecord(value)) return [[key, value] as const];
    // What holds a list as a whole holds no element of it.
    const child = rest.length > 0 && isLeaf(value) ? value : less(value, rest);
    return child === undefined ? [] : [[key, child] as const];
  });
  return left.length < entries.length && left.every(([key]) => key === SELF) ? undefined : Object.fromEntries(left);
}

/** Whether the set holds the field at the path, or something in it. */
export function has(set: FieldSet, [step, ...rest]: FieldPath): boolean {
  if (step === undefined) return true;
  return Object.entries(set).some(([key, value]) => isStep(step, key) && isRecord(value) && has(value, rest));
}

export const isLeaf = (set: FieldSet): boolean => Object.keys(set).length === 0;

function childOf(set: FieldSet, key: string): FieldSet | undefined {
  const child = Object.hasOwn(set, key) ? set[key] : undefined;
  return isRecord(child) ? child : undefined;
}

function isStep(step: FieldStep, key: string): boolean {
  if ('field' in step) return key === `f:${step.field}`;
  const { element } = step;
  if (key.startsWith('v:')) return deepEqual(parsed(key.slice(2)), element);
  const keys = key.startsWith('k:') ? parsed(key.slice(2)) : undefined;
  if (!isRecord(keys) || !isRecord(element)) return false;
  return Object.entries(keys).every(([name, value]) => Object.hasOwn(element, name) && deepEqual(element[name], value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
