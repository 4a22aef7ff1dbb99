import { isRecord, type ManagedFieldsEntry } from '@gotk/apimachinery';
import { type FieldPath, type FieldSet, without } from './field-set.ts';
import { renderPath, type SetPath } from './render-path.ts';

/** A field that somebody else has written, removed or added. */
export interface TakenField {
  /** See `renderPath`. */
  readonly path: string;
  readonly how: 'changed' | 'removed' | 'added';
  /** Who, as far as managers tell. */
  readonly by: string | undefined;
  /** When, as the API server has it; undefined when it does not say. */
  readonly at: string | undefined;
}

export interface TakenOptions {
  readonly fieldManager: string;
  /** Fields that are nobody's business. */
  readonly ignored: readonly FieldPath[];
  /** Whether an entry may hold nothing that ours does not hold. */
  readonly isUnwelcome: (entry: ManagedFieldsEntry) => boolean;
}

/**
 * What others had taken of an object, by who managed what `before` it was put right and `after`. Of a part that went as a whole the part is named, and not each
 * field in it. Pure.
 */
export function takenFields(
  before: readonly ManagedFieldsEntry[],
  after: readonly ManagedFieldsEntry[],
  { fieldManager, ignored, isUnwelcome }: TakenOptions,
): readonly TakenField[] {
  const isOurs = ({ manager, operation, subresource = '' }: ManagedFieldsEntry): boolean =>
    manager === fieldManager && operation === 'Apply' && subresource === '';
  const fieldsOf = ({ fieldsV1 }: ManagedFieldsEntry): FieldSet => (isRecord(fieldsV1) ? without(fieldsV1, ignored) : {});
  const ours = (entries: readonly ManagedFieldsEntry[]): FieldSet => {
    const entry = entries.find(isOurs);
    return entry === undefined ? {} : fieldsOf(entry);
  };
  const others = before.filter((entry) => !isOurs(entry) && entry.subresource !== 'status');
  const latest = others.reduce<ManagedFieldsEntry | undefined>(
    (last, entry) => ((last?.time ?? '') > (entry.time ?? '') ? last : entry),
    undefined,
  );
  const lost = difference(ours(after), ours(before)).map((path): TakenField => {
    const holder = others.find((entry) => isIn(fieldsOf(entry), path));
    const by = holder ?? latest;
    return { path: renderPath(path), how: holder === undefined ? 'removed' : 'changed', by: by?.manager, at: by?.time };
  });
  const added = others
    .filter(isUnwelcome)
    .flatMap((entry) => difference(fieldsOf(entry), ours(after)).map((path) => ({ path, entry })))
    .map(({ path, entry }): TakenField => ({ path: renderPath(path), how: 'added', by: entry.manager, at: entry.time }));
  return [...lost, ...added];
}

const SELF = '.';

/** The topmost parts of a set of which the other has nothing; of one that holds a single thing, that thing. */
function difference(of: FieldSet, other: FieldSet, at: SetPath = []): readonly SetPath[] {
  return Object.entries(of).flatMap(([key, value]): readonly SetPath[] => {
    if (key === SELF || !isRecord(value)) return [];
    const [path, counterpart] = [[...at, key], Object.hasOwn(other, key) ? other[key] : undefined];
    return isRecord(counterpart) ? difference(value, counterpart, path) : [narrowed(value, path)];
  });
}

function narrowed(set: FieldSet, path: SetPath): SetPath {
  const [only, ...more] = Object.entries(set).filter(([key]) => key !== SELF);
  return only === undefined || more.length > 0 || !isRecord(only[1]) ? path : narrowed(only[1], [...path, only[0]]);
}

const isIn = (set: FieldSet, path: SetPath): boolean => {
  let at: unknown = set;
  for (const key of path) {
    if (!isRecord(at) || !Object.hasOwn(at, key)) return false;
    at = at[key];
  }
  return true;
};
