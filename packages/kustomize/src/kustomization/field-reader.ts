import { BuildError } from '../build-error.ts';
import { isMap, type JsonMap } from '../resource/resource.ts';

/** Reads fields by name and type, and remembers which were asked for. Names are told apart as kustomize does: without regard to case. */
export class FieldReader {
  readonly #fields = new Map<string, { readonly written: string; readonly value: unknown }>();
  readonly #at: string;
  readonly #known = new Set<string>();

  constructor(fields: JsonMap, at: string) {
    this.#at = at;
    for (const [written, value] of Object.entries(fields)) this.#fields.set(written.toLowerCase(), { written, value });
  }

  #take(name: string): unknown {
    const key = name.toLowerCase();
    this.#known.add(key);
    return this.#fields.get(key)?.value ?? undefined;
  }

  string(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'string') return value;
    throw new BuildError(`${this.#at}: ${name} must be a string`);
  }

  boolean(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw new BuildError(`${this.#at}: ${name} must be true or false`);
  }

  strings(name: string): readonly string[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw new BuildError(`${this.#at}: ${name} must be a list of strings`);
  }

  maps(name: string): readonly JsonMap[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every(isMap)) return value;
    throw new BuildError(`${this.#at}: ${name} must be a list of objects`);
  }

  map(name: string): JsonMap | undefined {
    const value = this.#take(name);
    if (value === undefined || isMap(value)) return value;
    throw new BuildError(`${this.#at}: ${name} must be an object`);
  }

  stringMap(name: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.map(name) ?? {}).map(([key, value]) => {
      if (typeof value !== 'string') throw new BuildError(`${this.#at}: ${name}.${key} must be a string: quote it`);
      return [key, value] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Throws `BuildError` for fields that nobody asked for: `notYet` are those that kustomize knows. */
  refuseTheRest(notYet: readonly string[] = []): void {
    const known = new Set(notYet.map((name) => name.toLowerCase()));
    for (const [key, { written, value }] of this.#fields) {
      if (this.#known.has(key) || (known.has(key) && asksForNothing(value))) continue;
      throw new BuildError(`${this.#at}: ${known.has(key) ? `field '${written}' is not supported yet` : `unknown field '${written}'`}`);
    }
  }
}

const asksForNothing = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.length === 0) || (isMap(value) && Object.keys(value).length === 0);
