import { createHash } from 'node:crypto';
import { renderGoJson } from '../resource/render-json.ts';
import { isMap, type JsonMap } from '../resource/resource.ts';

const DIGITS = 10;
/** Digits that could make a word, or look like another one. */
const REPLACED: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** The suffix that tells versions of a ConfigMap or Secret apart: ten letters and digits, the same as kustomize's (and kubectl's) for the same content. */
export function contentHash(object: JsonMap): string {
  const hex = createHash('sha256')
    .update(renderGoJson(contentOf(object), ''))
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
