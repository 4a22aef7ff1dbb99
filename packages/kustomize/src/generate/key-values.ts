import { BuildError } from '../build-error.ts';
import type { Loader } from '../tree/loader.ts';
import type { GeneratorRule } from './generator-rule.ts';

/** A key with its value as bytes: a file may hold anything. */
export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/**
 * What a generator is to hold: lines of env files, then literals, then files. Throws `BuildError` for what is written wrongly, a file that is not there, and a
 * key that is there twice.
 */
export function keyValuesOf(rule: GeneratorRule, loader: Loader): readonly KeyValue[] {
  const pairs = [
    ...rule.envs.flatMap((path, index) => linesOf(loader.load(path, `${rule.at}.envs[${index}]`))),
    ...rule.literals.map((text, index) => literalOf(text, `${rule.at}.literals[${index}]`)),
    ...rule.files.map((text, index) => fileOf(text, { loader, at: `${rule.at}.files[${index}]` })),
  ];
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (seen.has(key)) throw new BuildError(`${rule.at}: the key '${key}' is there twice`);
    seen.add(key);
  }
  return pairs;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function literalOf(text: string, at: string): KeyValue {
  const equals = text.indexOf('=');
  if (equals < 1) throw new BuildError(`${at}: '${text}' is not key=value`);
  return { key: text.slice(0, equals), value: bytesOf(unquoted(text.slice(equals + 1))) };
}

function unquoted(text: string): string {
  const [first, last] = [text.at(0), text.at(-1)];
  return text.length >= 2 && first === last && (first === '"' || first === "'") ? text.slice(1, -1) : text;
}

function fileOf(text: string, { loader, at }: { readonly loader: Loader; readonly at: string }): KeyValue {
  const parts = text.split('=');
  const [key = '', path] = parts.length === 1 ? [text.slice(text.lastIndexOf('/') + 1), text] : parts;
  if (parts.length > 2 || key === '' || path === undefined || path === '')
    throw new BuildError(`${at}: '${text}' is neither a path nor key=path`);
  return { key, value: loader.load(path, at).bytes };
}

/** `KEY=value` each; a line without `=` has an empty value, comments and blank lines none. */
function linesOf({ bytes, path }: { readonly bytes: Uint8Array; readonly path: string }): readonly KeyValue[] {
  let text: string;
  try {
    // A byte order mark at the beginning is left out.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new BuildError(`${path}: not valid UTF-8`, { cause: error });
  }
  return text.split('\n').flatMap((line) => {
    const content = line.replace(/\r$/, '').trimStart();
    if (content === '' || content.startsWith('#')) return [];
    const equals = content.indexOf('=');
    // kustomize has no place for a value without a key.
    if (equals === 0) return [];
    return equals < 0
      ? [{ key: content, value: new Uint8Array() }]
      : [{ key: content.slice(0, equals), value: bytesOf(content.slice(equals + 1)) }];
  });
}
