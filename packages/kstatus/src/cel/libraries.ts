import type { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { formatString } from './format.ts';

/** A namespace such as `sets` is a constant of a type of its own, whose methods are the functions. */
class SetsLibrary {}
class Base64Library {}
class StringsLibrary {}

/**
 * What cel-go's extensions have and the library has not (https://pkg.go.dev/github.com/google/cel-go/ext): `strings` in version 0 to 3, `sets`, `encoders`; and
 * `matches` on an engine that takes linear time.
 */
export function registerLibraries(environment: Environment): void {
  environment
    .registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) => matches(text, pattern))
    .registerFunction('matches(string, string): bool', (text: string, pattern: string) => matches(text, pattern))
    .registerFunction('string.charAt(int): string', charAt)
    .registerFunction('string.replace(string, string): string', (text: string, old: string, to: string) => replace(text, old, { to }))
    .registerFunction('string.replace(string, string, int): string', (...[text, old, to, limit]: [string, string, string, bigint]) =>
      replace(text, old, { to, limit: Number(limit) }),
    )
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('string.format(list): string', formatString)
    .registerType('gotk.Strings', StringsLibrary)
    .registerConstant('strings', 'gotk.Strings', new StringsLibrary())
    .registerFunction('gotk.Strings.quote(string): string', (_: StringsLibrary, text: string) => JSON.stringify(text))
    .registerType('gotk.Sets', SetsLibrary)
    .registerConstant('sets', 'gotk.Sets', new SetsLibrary())
    .registerFunction('gotk.Sets.contains(list, list): bool', (_: SetsLibrary, all: unknown[], some: unknown[]) => includesAll(all, some))
    .registerFunction(
      'gotk.Sets.equivalent(list, list): bool',
      (_: SetsLibrary, a: unknown[], b: unknown[]) => includesAll(a, b) && includesAll(b, a),
    )
    .registerFunction('gotk.Sets.intersects(list, list): bool', (_: SetsLibrary, a: unknown[], b: unknown[]) => {
      const keys = keysOf(a);
      return b.some((item) => keys.has(keyOf(item)));
    })
    .registerType('gotk.Base64', Base64Library)
    .registerConstant('base64', 'gotk.Base64', new Base64Library())
    .registerFunction('gotk.Base64.encode(bytes): string', (_: Base64Library, bytes: Uint8Array) => Buffer.from(bytes).toString('base64'))
    .registerFunction('gotk.Base64.decode(string): bytes', (_: Base64Library, text: string) => decodeBase64(text));
}

const MAX_PATTERNS = 100;
const patterns = new Map<string, RE2JS>();

function matches(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = RE2JS.compile(pattern);
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(pattern, compiled);
  }
  return compiled.matcher(text).find();
}

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  const at = Number(index);
  if (at < 0 || at > characters.length) throw new RangeError(`index out of range: ${index}`);
  return characters[at] ?? '';
}

function replace(text: string, old: string, { to, limit = -1 }: { readonly to: string; readonly limit?: number }): string {
  if (limit < 0) return text.replaceAll(old, () => to);
  const parts = text.split(old);
  const cuts = Math.min(limit, parts.length - 1);
  return (
    parts
      .slice(0, cuts)
      .map((part) => part + to)
      .join('') + parts.slice(cuts).join(old)
  );
}

/** Equal values have equal keys; numbers are equal across types, as everywhere in CEL. */
function keyOf(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return `n${Number(value)}`;
  if (Array.isArray(value)) return `l[${value.map(keyOf).join(',')}]`;
  if (value instanceof Map)
    return `m{${[...value]
      .map(([key, item]) => `${keyOf(key)}:${keyOf(item)}`)
      .sort()
      .join(',')}}`;
  return `${typeof value}${JSON.stringify(value) ?? String(value)}`;
}

const keysOf = (list: readonly unknown[]): ReadonlySet<string> => new Set(list.map(keyOf));

function includesAll(all: readonly unknown[], some: readonly unknown[]): boolean {
  const keys = keysOf(all);
  return some.every((item) => keys.has(keyOf(item)));
}

function decodeBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('illegal base64 data');
  return new Uint8Array(Buffer.from(text, 'base64'));
}
