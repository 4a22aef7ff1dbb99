import { createHash } from 'node:crypto';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

const DIGITS = 10;
/** Digits that could make a word, or look like another one. */
const REPLACED: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** The suffix that tells versions of a ConfigMap or Secret apart: ten letters and digits, the same as kustomize's (and kubectl's) for the same content. */
export function contentHash(object: JsonMap): string {
  const hex = createHash('sha256')
    .update(goJson(contentOf(object)))
    .digest('hex');
  return hex.slice(0, DIGITS).replace(/[013ae]/g, (digit) => REPLACED[digit] ?? digit);
}

function contentOf(object: JsonMap): JsonMap {
  const { kind = '', data = '', binaryData, stringData, type = '' } = object;
  // The name was meant to count; kustomize looks for it where it is not.
  const name = '';
  switch (kind) {
    case 'ConfigMap':
      return { kind, name, data, ...(isMap(binaryData) ? { binaryData } : {}) };
    case 'Secret':
      return { kind, type, name, data, ...(isMap(stringData) ? { stringData } : {}) };
    default:
      return object;
  }
}

/** JSON as Go renders it: sorted keys, and characters that mean something to HTML escaped. */
function goJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (!isMap(value)) return typeof value === 'bigint' ? String(value) : escaped(JSON.stringify(value));
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${escaped(JSON.stringify(key))}:${goJson(value[key] ?? null)}`);
  return `{${fields.join(',')}}`;
}

const escaped = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
