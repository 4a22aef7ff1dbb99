import { createDecipheriv } from 'node:crypto';
import { isInt64 } from '../go-number.ts';
import { SopsError } from '../sops-error.ts';
import { comment, type Leaf } from '../tree.ts';

/** A value in its encrypted form: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]`. */
export interface SealedValue {
  /** The tag stands at its end. */
  readonly sealed: Buffer;
  readonly iv: Buffer;
  readonly type: string;
}

const MARKS = ['ENC[AES256_GCM,data:', ',iv:', ',tag:', ',type:', ']'] as const;
const TAG_BYTES = 16;
const MAX_IV_BYTES = 256;

/** Undefined for what is not in the form. */
export function parseSealed(text: string): SealedValue | undefined {
  if (!text.startsWith(MARKS[0])) return undefined;
  const parts: string[] = [];
  let start: number = MARKS[0].length;
  for (const mark of MARKS.slice(1)) {
    const end = text.indexOf(mark, start);
    if (end < 0) return undefined;
    parts.push(text.slice(start, end));
    start = end + mark.length;
  }
  const [data = '', iv = '', tag = '', type = ''] = parts;
  const [dataBytes, ivBytes, tagBytes] = [data, iv, tag].map(base64Bytes);
  if (data === '' || type === '' || dataBytes === undefined || ivBytes === undefined || tagBytes === undefined) return undefined;
  if (ivBytes.length === 0 || ivBytes.length > MAX_IV_BYTES) return undefined;
  return { sealed: Buffer.concat([dataBytes, tagBytes]), iv: ivBytes, type };
}

/** Undefined for what is not base64 with its padding. */
export function base64Bytes(text: string): Buffer | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

/**
 * The value that was encrypted under the key for this place. `place` is what it was bound to: the keys on the way to it. Throws `SopsError`,
 * which does not tell what is wrong with it: whoever asks may have made it.
 */
export function openSealed({ sealed, iv, type }: SealedValue, dataKey: Uint8Array, place: string): Leaf {
  return leafOf(opened({ sealed, iv }, dataKey, place), type);
}

function opened({ sealed, iv }: Omit<SealedValue, 'type'>, dataKey: Uint8Array, place: string): Buffer {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) throw new SopsError('tampered', 'its tag is too short');
  const decipher = createDecipheriv('aes-256-gcm', dataKey, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    throw new SopsError('tampered', 'it was not encrypted with this key for this place');
  }
  return plain;
}

function leafOf(bytes: Buffer, type: string): Leaf {
  if (type === 'str') return { kind: 'text', bytes };
  if (type === 'bytes') return { kind: 'bytes', bytes };
  const text = bytes.toString('utf8');
  const leaf = SCALARS[type]?.(text);
  if (leaf !== undefined) return leaf;
  throw Object.hasOwn(SCALARS, type)
    ? new SopsError('tampered', `it does not hold the ${type} that it says it is`)
    : new SopsError('malformed', `it is of no known type`);
}

const SCALARS: Readonly<Record<string, ((text: string) => Leaf | undefined) | undefined>> = Object.assign(Object.create(null), {
  int: (text: string) => intLeaf(text),
  float: (text: string) => floatLeaf(text),
  bool: (text: string) => boolLeaf(text),
  time: (text: string): Leaf | undefined =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[-+]\d\d:\d\d)$/.test(text) ? { kind: 'time', text } : undefined,
  comment: (text: string): Leaf => comment(text),
});

function intLeaf(text: string): Leaf | undefined {
  if (!/^[-+]?\d{1,30}$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return isInt64(value) ? { kind: 'int', value } : undefined;
}

function floatLeaf(text: string): Leaf | undefined {
  const special = { inf: Number.POSITIVE_INFINITY, '+inf': Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN };
  const named = Object.entries(special).find(([name]) => name === text.toLowerCase())?.[1];
  if (named !== undefined) return { kind: 'float', value: named };
  return /^[-+]?(?:\d{1,400}\.?\d{0,1100}|\.\d{1,1100})(?:[eE][-+]?\d{1,5})?$/.test(text)
    ? { kind: 'float', value: Number(text) }
    : undefined;
}

/** The words of Go's strconv. */
function boolLeaf(text: string): Leaf | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return { kind: 'bool', value: true };
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? { kind: 'bool', value: false } : undefined;
}
