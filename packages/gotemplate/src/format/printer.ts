import { TemplateError } from '../template-error.ts';
import { fromBytes } from '../value/bytes.ts';
import { elementsOf, sortedEntries } from '../value/entries.ts';
import type { GoValue, Struct } from '../value/model.ts';
import { BYTES, isUnsigned } from '../value/type.ts';
import { elementType, isNil, kindOf, nameOfType, rawOf, typeOf } from '../value/value.ts';
import { type Flags, NO_FLAGS, padded } from './flags.ts';
import { formatFloat } from './format-float.ts';
import { formatInteger } from './format-integer.ts';
import { formatHex, formatQuoted, formatText } from './format-text.ts';

/** Told what is about to be made, in UTF-16 units, before it is made; throws if that is too much. */
export type Meter = (length: number) => void;

const MAX_DEPTH = 500;
/** Go prints addresses; ours are all the same, so that what is printed does not change from run to run. */
const ADDRESS = 0xc000012345n;

const FLOAT_VERBS: Readonly<Record<string, { readonly verb: 'e' | 'E' | 'f' | 'g' | 'G' | 'b' | 'x' | 'X'; readonly precision?: number }>> =
  {
    v: { verb: 'g' },
    g: { verb: 'g' },
    G: { verb: 'G' },
    b: { verb: 'b' },
    x: { verb: 'x' },
    X: { verb: 'X' },
    f: { verb: 'f', precision: 6 },
    F: { verb: 'f', precision: 6 },
    e: { verb: 'e', precision: 6 },
    E: { verb: 'E', precision: 6 },
  };

interface Place {
  readonly verb: string;
  readonly depth: number;
}

/** Writes values by verbs and flags, as Go's fmt does. */
export class Printer {
  flags: Flags = NO_FLAGS;
  readonly #meter: Meter;
  /** While a wrong verb is complained about, values are shown as they are, not as they describe themselves. */
  #complaining = false;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** One argument, by one verb. */
  argument(value: GoValue, verb: string): string {
    if (value === undefined || value === null)
      return verb === 'T' || verb === 'v' ? padded('<nil>', this.flags) : this.#wrongVerb(value, verb);
    if (verb === 'T') return formatText(nameOfType(value), this.flags);
    return verb === 'p' ? this.#pointer(value, verb) : this.#value(value, { verb, depth: 0 });
  }

  /** An argument with its type, as mistakes show it. */
  withType(value: GoValue): string {
    return value === undefined || value === null ? '<nil>' : `${nameOfType(value)}=${this.argument(value, 'v')}`;
  }

  #value(value: GoValue, place: Place): string {
    if (place.depth > MAX_DEPTH) throw new TemplateError(`value is nested more than ${MAX_DEPTH} levels deep`, { kind: 'limit' });
    // Width and precision are for the parts of a value, and count before those are made.
    this.#meter(1 + (this.flags.width ?? 0) + (this.flags.precision ?? 0));
    const { verb } = place;
    const type = typeOf(value);
    if (type?.text !== undefined && !this.#complaining && !this.flags.sharpV && 'vsxXq'.includes(verb)) {
      return this.#string(type.text(value), { verb, value });
    }
    switch (kindOf(value)) {
      case undefined:
        return this.flags.sharpV ? 'interface {}(nil)' : '<nil>';
      case 'bool':
        return verb === 't' || verb === 'v' ? padded(String(rawOf(value)), this.flags) : this.#wrongVerb(value, verb);
      case 'string':
        return this.#string(rawOf(value) as string, { verb, value });
      case 'float32':
      case 'float64':
        return this.#float(value, verb);
      case 'map':
        return this.#map(value, place);
      case 'slice':
        return this.#slice(value, place);
      case 'struct':
        return this.#struct(value as Struct, place);
      case 'ptr':
        return place.depth > 0 || isNil(value) ? this.#pointer(value, verb) : `&${this.#value(rawOf(value) as GoValue, inner(place))}`;
      case 'func':
        return this.#pointer(value, verb);
      default:
        return this.#integer(value, verb);
    }
  }

  #integer(value: GoValue, verb: string): string {
    const asSource = verb === 'v' && this.flags.sharpV && isUnsigned(kindOf(value));
    const flags = asSource ? { ...this.flags, sharp: true } : this.flags;
    return formatInteger(rawOf(value) as bigint, asSource ? 'x' : verb, flags) ?? this.#wrongVerb(value, verb);
  }

  #float(value: GoValue, verb: string): string {
    const style = FLOAT_VERBS[verb];
    if (style === undefined) return this.#wrongVerb(value, verb);
    return formatFloat(rawOf(value) as number, { ...style, bits: kindOf(value) === 'float32' ? 32 : 64 }, this.flags);
  }

  #string(text: string, { verb, value }: { readonly verb: string; readonly value: GoValue }): string {
    // No verb makes more of a character than an escape.
    this.#meter(verb === 's' || verb === 'v' ? text.length : 6 * text.length);
    switch (verb) {
      case 'v':
        return this.flags.sharpV ? formatQuoted(text, this.flags) : formatText(text, this.flags);
      case 's':
        return formatText(text, this.flags);
      case 'q':
        return formatQuoted(text, this.flags);
      case 'x':
      case 'X':
        return formatHex(text, this.flags, verb === 'X');
      default:
        return this.#wrongVerb(value, verb);
    }
  }

  #map(value: GoValue, place: Place): string {
    const { sharpV } = this.flags;
    if (sharpV && isNil(value)) return `${nameOfType(value)}(nil)`;
    const parts = sortedEntries(value).map(([key, element]) => `${this.#value(key, inner(place))}:${this.#value(element, inner(place))}`);
    return sharpV ? `${nameOfType(value)}{${parts.join(', ')}}` : `map[${parts.join(' ')}]`;
  }

  #slice(value: GoValue, place: Place): string {
    const raw = rawOf(value);
    const { verb } = place;
    if (elementType(value).kind === 'uint8' && 'sqxX'.includes(verb)) return this.#bytes(raw, verb);
    const { sharpV } = this.flags;
    // Go writes its other name for bytes, where nothing is around them.
    const name = place.depth === 0 && nameOfType(value) === BYTES.name ? '[]byte' : nameOfType(value);
    if (sharpV && raw === null) return `${name}(nil)`;
    const parts = elementsOf(value).map((element) => this.#value(element, inner(place)));
    return sharpV ? `${name}{${parts.join(', ')}}` : `[${parts.join(' ')}]`;
  }

  #bytes(raw: unknown, verb: string): string {
    const bytes = raw instanceof Uint8Array ? raw : new Uint8Array();
    this.#meter(6 * bytes.length);
    if (verb === 's') return formatText(fromBytes(bytes), this.flags);
    return verb === 'q' ? formatQuoted(fromBytes(bytes), this.flags) : formatHex(bytes, this.flags, verb === 'X');
  }

  #struct({ type, fields }: Struct, place: Place): string {
    const { sharpV, plusV } = this.flags;
    const parts = type.fields.map(({ name }) => (sharpV || plusV ? `${name}:` : '') + this.#value(fields.get(name), inner(place)));
    return sharpV ? `${type.name}{${parts.join(', ')}}` : `{${parts.join(' ')}}`;
  }

  #pointer(value: GoValue, verb: string): string {
    const kind = kindOf(value);
    if (kind !== 'ptr' && kind !== 'map' && kind !== 'slice' && kind !== 'func') return this.#wrongVerb(value, verb);
    const address = isNil(value) ? 0n : ADDRESS;
    const { sharp, sharpV } = this.flags;
    if (verb === 'v' && sharpV) return `(${nameOfType(value)})(${address === 0n ? 'nil' : `0x${address.toString(16)}`})`;
    if (verb === 'v' && address === 0n) return padded('<nil>', this.flags);
    if (verb === 'v' || verb === 'p') return formatInteger(address, 'x', { ...this.flags, sharp: !sharp }) ?? '';
    return 'bodxX'.includes(verb) ? (formatInteger(address, verb, this.flags) ?? '') : this.#wrongVerb(value, verb);
  }

  #wrongVerb(value: GoValue, verb: string): string {
    this.#complaining = true;
    const text = `%!${verb}(${this.withType(value)})`;
    this.#complaining = false;
    return text;
  }
}

const inner = ({ verb, depth }: Place): Place => ({ verb, depth: depth + 1 });
