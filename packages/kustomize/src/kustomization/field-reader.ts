import { BuildError } from '../build-error.ts';
import { isMap, type JsonMap } from '../resource/resource.ts';

/**
 * `lenient` is how kustomize reads what plugins are configured with: numbers, true and false are text where text is wanted, and what nobody asked for is ignored.
 */
export type Reading = 'strict' | 'lenient';

/** Reads fields by name and type, and remembers which were asked for. Names are told apart as kustomize does: without regard to case. */
export class FieldReader {
  readonly #fields = new Map<string, { readonly written: string; readonly value: unknown }>();
  readonly #at: string;
  readonly #known = new Set<string>();
  readonly reading: Reading;

  constructor(fields: JsonMap, at: string, reading: Reading = 'strict') {
    this.#at = at;
    this.reading = reading;
    for (const [written, value] of Object.entries(fields)) this.#fields.set(written.toLowerCase(), { written, value });
  }

  #take(name: string): unknown {
    const key = name.toLowerCase();
    this.#known.add(key);
    return this.#fields.get(key)?.value ?? undefined;
  }

  #text(value: unknown): unknown {
    const isScalar = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
    return this.reading === 'lenient' && isScalar ? String(value) : value;
  }

  string(name: string): string | undefined {
    const value = this.#text(this.#take(name));
    if (value === undefined || typeof value === 'string') return value;
    throw new BuildError(`${this.#at}: ${name} must be a string`);
  }

  boolean(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw new BuildError(`${this.#at}: ${name} must be true or false`);
  }

  /** A whole number; 0 when it is not there. */
  integer(name: string): number | bigint {
    const value = this.#take(name) ?? 0;
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
    throw new BuildError(`${this.#at}: ${name} must be a whole number`);
  }

  strings(name: string): readonly string[] {
    const value = this.#take(name) ?? [];
    const items = Array.isArray(value) ? value.map((item) => this.#text(item)) : undefined;
    if (items?.every((item) => typeof item === 'string')) return items;
    throw new BuildError(`${this.#at}: ${name} must be a list of strings`);
  }

  maps(name: string): readonly JsonMap[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every(isMap)) return value;
    throw new BuildError(`${this.#at}: ${name} must be a list of objects`);
  }

  /** Each object of a list, read by `read`, which is told where it stands. */
  list<Rule>(name: string, read: (rule: JsonMap, at: string, reading: Reading) => Rule): readonly Rule[] {
    return this.maps(name).map((rule, index) => read(rule, `${this.#at}: ${name}[${index}]`, this.reading));
  }

  map(name: string): JsonMap | undefined {
    const value = this.#take(name);
    if (value === undefined || isMap(value)) return value;
    throw new BuildError(`${this.#at}: ${name} must be an object`);
  }

  stringMap(name: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.map(name) ?? {}).flatMap(([key, written]) => {
      const value = this.#text(written);
      if (value === null) return [[key, ''] as const];
      if (typeof value !== 'string') throw new BuildError(`${this.#at}: ${name}.${key} must be a string: quote it`);
      return [[key, value] as const];
    });
    return Object.fromEntries(entries);
  }

  /** Throws `BuildError` for fields that nobody asked for. */
  refuseTheRest(): void {
    if (this.reading === 'lenient') return;
    for (const [key, { written }] of this.#fields)
      if (!this.#known.has(key)) throw new BuildError(`${this.#at}: unknown field '${written}'`);
  }
}
