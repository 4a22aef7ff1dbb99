import { type CallContext, type GoMap, type GoValue, Struct } from '../../value/model.ts';
import { kindOf, nameOfType, rawOf } from '../../value/value.ts';

/**
 * Go's `reflect.DeepEqual`: equal in type and content. A nil is no empty list or map; what is the same list or map is equal even where it holds a NaN; functions never are.
 * What is compared while it is being compared, in a map that holds itself, counts as equal.
 */
export function deepEqual(a: GoValue, b: GoValue, context: Pick<CallContext, 'spend'>): boolean {
  context.spend(1 / 8);
  // No type has more than one plain form, and no plain form more than one type.
  if (isPlain(a) || isPlain(b)) return a === b;
  return new Comparison(context).equal(a, b);
}

const PLAIN: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean']);
const isPlain = (value: GoValue): boolean => PLAIN.has(typeof value);

class Comparison {
  readonly #context: Pick<CallContext, 'spend'>;
  readonly #comparing = new Map<GoMap, Set<GoMap>>();

  constructor(context: Pick<CallContext, 'spend'>) {
    this.#context = context;
  }

  equal(a: GoValue, b: GoValue): boolean {
    this.#context.spend(1 / 4);
    if (nameOfType(a) !== nameOfType(b)) return false;
    if (kindOf(a) === 'func') return false;
    return this.#sameContent(rawOf(a), rawOf(b));
  }

  #sameContent(a: ReturnType<typeof rawOf>, b: ReturnType<typeof rawOf>): boolean {
    if (a === b || a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null);
    if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
    if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((element, index) => this.equal(element, b[index]));
    if (a instanceof Map) return b instanceof Map && this.#sameMaps(a, b);
    if (a instanceof Struct) return b instanceof Struct && [...a.fields].every(([name, value]) => this.equal(value, b.fields.get(name)));
    return false;
  }

  #sameMaps(a: GoMap, b: GoMap): boolean {
    if (a.size !== b.size) return false;
    const others = this.#comparing.get(a) ?? new Set();
    if (others.has(b)) return true;
    this.#comparing.set(a, others.add(b));
    return [...a].every(([key, value]) => b.has(key) && this.equal(value, b.get(key)));
  }
}
