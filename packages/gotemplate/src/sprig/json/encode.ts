import { floatText } from '../../format/format-float.ts';
import { compareStrings } from '../../value/bytes.ts';
import { elementsOf, keyType } from '../../value/entries.ts';
import { FunctionError } from '../../value/function.ts';
import { type CallContext, type GoKey, type GoMap, type GoType, type GoValue, Struct, type StructField } from '../../value/model.ts';
import { isTrue } from '../../value/truth.ts';
import { isExported, isInteger, UINT8 } from '../../value/type.ts';
import { elementType, isNil, kindOf, nameOfType, rawOf, typeOf } from '../../value/value.ts';
import { jsonString } from './text.ts';

export interface JsonStyle {
  /** Whether what HTML would take for something else is escaped. */
  readonly html: boolean;
  /** Whether it is written in lines, indented by two spaces. */
  readonly pretty: boolean;
}

/** Go asks whether a value holds itself from here on, and names the type of what it finds first. */
const UNSUSPICIOUS_DEPTH = 1000;

/** A value as Go's `encoding/json` writes it: keys in the order of their bytes, bytes as base64. Throws `FunctionError` for what JSON has no form for. */
export function encodeJson(value: GoValue, style: JsonStyle, context: CallContext): string {
  return new Encoder(style, context).value(value, 0);
}

class Encoder {
  readonly #style: JsonStyle;
  readonly #context: CallContext;
  /** What is being written, from the outside in, and the names of its types. */
  readonly #within = new Map<unknown, string>();

  constructor(style: JsonStyle, context: CallContext) {
    this.#style = style;
    this.#context = context;
  }

  value(value: GoValue, depth: number): string {
    this.#context.spend(2);
    const type = typeOf(value);
    if (type === undefined) return 'null';
    if (type.json !== undefined) return isNil(value) ? 'null' : this.#string(type.json(value));
    const raw = rawOf(value);
    switch (type.kind) {
      case 'string':
        return this.#string(String(raw));
      case 'map':
        return this.#nested(value, () => this.#map(value, depth));
      case 'slice':
        return this.#list(value, depth);
      case 'ptr':
        return isNil(value) ? 'null' : this.#nested(value, () => this.value(raw as GoValue, depth));
      case 'struct':
        return raw instanceof Struct ? this.#struct(raw, depth) : 'null';
      case 'float32':
      case 'float64':
        return this.#number(Number(raw), type.kind === 'float32' ? 32 : 64);
      case 'func':
      case 'interface':
      case 'value':
        throw unsupported(type);
      default:
        return String(raw);
    }
  }

  #string(text: string): string {
    // What is long may be six times as long.
    if (text.length > 100_000) this.#context.make(text.length * 6);
    const quoted = jsonString(text, this.#style);
    this.#context.make(quoted.length);
    return quoted;
  }

  #number(value: number, bits: 32 | 64): string {
    if (!Number.isFinite(value)) throw new FunctionError(`json: unsupported value: ${floatText(value, { verb: 'g' })}`);
    const size = Math.abs(value);
    const scientific = size !== 0 && (size < (bits === 32 ? Math.fround(1e-6) : 1e-6) || size >= (bits === 32 ? Math.fround(1e21) : 1e21));
    return floatText(value, { verb: scientific ? 'e' : 'f', bits }).replace(/e([-+])0(?=\d$)/, 'e$1');
  }

  #list(value: GoValue, depth: number): string {
    const raw = rawOf(value);
    if (raw === null) return 'null';
    if (raw instanceof Uint8Array && elementType(value).name === UINT8.name) {
      this.#context.make(raw.length * 2);
      return `"${Buffer.from(raw).toString('base64')}"`;
    }
    return this.#nested(value, () => {
      const elements = elementsOf(value).map((element) => this.value(element, depth + 1));
      return this.#enclosed(elements, { open: '[', close: ']', depth });
    });
  }

  #map(value: GoValue, depth: number): string {
    const type = typeOf(value);
    const { kind } = keyType(value);
    if (type !== undefined && kind !== 'string' && !isInteger(kind)) throw unsupported(type);
    const map = rawOf(value);
    if (!(map instanceof Map)) return 'null';
    this.#context.spend(map.size);
    const members = sortedByText(map).map(([key, element]) => this.#member(key, element, depth));
    return this.#enclosed(members, { open: '{', close: '}', depth });
  }

  #struct({ type, fields }: Struct, depth: number): string {
    const members = type.fields.flatMap((field) => {
      const { name, json } = field;
      const value = fields.get(name);
      return isLeftOut(field, value) ? [] : [this.#member(json ? json.name : name, value, depth)];
    });
    return this.#enclosed(members, { open: '{', close: '}', depth });
  }

  #member(name: string, value: GoValue, depth: number): string {
    return `${this.#string(name)}:${this.#style.pretty ? ' ' : ''}${this.value(value, depth + 1)}`;
  }

  #enclosed(
    parts: readonly string[],
    { open, close, depth }: { readonly open: string; readonly close: string; readonly depth: number },
  ): string {
    if (parts.length === 0) return open + close;
    if (!this.#style.pretty) {
      this.#context.make(parts.length + 2);
      return open + parts.join(',') + close;
    }
    const indent = '  '.repeat(depth + 1);
    this.#context.make(parts.length * (indent.length + 2));
    return `${open}\n${indent}${parts.join(`,\n${indent}`)}\n${'  '.repeat(depth)}${close}`;
  }

  #cycle(content: unknown): FunctionError {
    const start = [...this.#within.keys()].indexOf(content);
    const cycle = [...this.#within.values()].slice(start);
    const name = cycle[(UNSUSPICIOUS_DEPTH - start) % cycle.length];
    return new FunctionError(`json: unsupported value: encountered a cycle via ${name}`);
  }

  #nested(value: GoValue, write: () => string): string {
    const content = rawOf(value);
    if (this.#within.has(content)) throw this.#cycle(content);
    this.#within.set(content, nameOfType(value));
    const text = write();
    this.#within.delete(content);
    return text;
  }
}

const unsupported = ({ name }: GoType): FunctionError => new FunctionError(`json: unsupported type: ${name}`);

function sortedByText(map: GoMap): readonly (readonly [string, GoValue])[] {
  return [...map].map(([key, value]: [GoKey, GoValue]) => [String(key), value] as const).sort(([a], [b]) => compareStrings(a, b));
}

function isLeftOut({ name, json }: StructField, value: GoValue): boolean {
  if (json === undefined) return !isExported(name);
  return json === false || (json.omitEmpty === true && kindOf(value) !== 'struct' && !isTrue(value));
}
