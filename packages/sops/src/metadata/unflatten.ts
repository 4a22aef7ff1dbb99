import { SopsError } from '../sops-error.ts';
import { type Branch, isComment, type Node } from '../tree.ts';

/** What separates names and numbers in the keys of formats that do not nest. */
const SEPARATOR = /__(map|list)_/;
/** SOPS's own metadata has five. */
const MAX_STEPS = 20;

interface Nested {
  value?: Node;
  readonly fields: Map<string, Nested>;
  readonly items: Map<number, Nested>;
}

const empty = (): Nested => ({ fields: new Map(), items: new Map() });

/** Nests the metadata of a format that does not: `age__list_0__map_enc` is `age[0].enc`. Throws `SopsError`. */
export function unflatten({ items }: Branch): Branch {
  const root = empty();
  for (const item of items) {
    if (isComment(item)) continue;
    const at = stepsOf(item.key).reduce(descend, root);
    if (at.value !== undefined) throw broken();
    at.value = item.value;
  }
  const nested = assembled(root);
  if (nested.kind !== 'branch') throw broken();
  return nested;
}

const broken = () => new SopsError('malformed', 'its metadata cannot be put together');

function stepsOf(key: string): readonly (string | number)[] {
  const [first = '', ...rest] = key.split(SEPARATOR, 2 * MAX_STEPS + 1);
  if (rest.length >= 2 * MAX_STEPS) throw broken();
  const steps: (string | number)[] = [first];
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at + 1] ?? '';
    const index = /^\d{1,9}$/.test(name) ? Number(name) : 0;
    steps.push(rest[at] === 'list' ? index : name);
  }
  return steps;
}

function descend(nested: Nested, step: string | number): Nested {
  const children: Map<string | number, Nested> = typeof step === 'number' ? (nested.items as Map<string | number, Nested>) : nested.fields;
  const next = children.get(step) ?? empty();
  children.set(step, next);
  return next;
}

function assembled({ value, fields, items }: Nested): Node {
  if ([value !== undefined, fields.size > 0, items.size > 0].filter(Boolean).length > 1) throw broken();
  if (value !== undefined) return value;
  if (items.size === 0) return { kind: 'branch', items: [...fields].map(([key, inner]) => ({ key, value: assembled(inner) })) };
  return {
    kind: 'list',
    items: Array.from({ length: items.size }, (_, index) => {
      const inner = items.get(index);
      if (inner === undefined) throw broken();
      return assembled(inner);
    }),
  };
}
