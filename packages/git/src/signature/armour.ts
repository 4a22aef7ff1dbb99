import { Refused } from './outcome.ts';

/** What is between `-----BEGIN <label>-----` and its end. */
export interface Armour {
  readonly label: string;
  /** Lines between the first and the last one. */
  readonly lines: readonly string[];
}

const BASE64_LINE = /^[A-Za-z0-9+/]+={0,2}$/;
const CRC_INITIAL = 0xb704ce;
const CRC_POLYNOMIAL = 0x1864cfb;

/**
 * Every armoured block of a file, in order; what stands around them is left out, as every OpenPGP program does with the notes people keep
 * there.
 */
export function armoursOf(text: string): readonly Armour[] {
  const found: { label: string; lines: string[] }[] = [];
  let open: { label: string; lines: string[] } | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    const [, label] = /^-----BEGIN ([A-Z ]+)-----$/.exec(line) ?? [];
    if (label !== undefined) open = { label, lines: [] };
    else if (open === undefined) continue;
    else if (line === `-----END ${open.label}-----`) {
      found.push(open);
      open = undefined;
    } else open.lines.push(line);
  }
  if (open !== undefined) throw new Refused(`the armour of a ${open.label} has no end`);
  return found;
}

/**
 * A signature is all of its text: nothing before, nothing but empty lines after. Whoever reads a longer text may see something that nobody
 * signed.
 */
export function soleArmour(text: string, label: string): Armour {
  let length = text.length;
  while (text[length - 1] === ' ' || text[length - 1] === '\n') length -= 1;
  const body = text.slice(0, length);
  const begin = `-----BEGIN ${label}-----\n`;
  const end = `\n-----END ${label}-----`;
  if (!body.startsWith(begin) || !body.endsWith(end) || body.length < begin.length + end.length - 1) {
    throw new Refused('the signature is not one armoured block, and nothing else');
  }
  const lines = body.slice(begin.length, -end.length).split('\n');
  if (lines.some((line) => line.startsWith('-'))) throw new Refused('the signature is not one armoured block, and nothing else');
  return { label, lines };
}

/** Base64 in lines. Buffer skips what it does not know; here that is damage, and so is a text that another text stands for as well. */
export function bytesOf(lines: readonly string[]): Buffer {
  const text = lines.join('');
  const bytes = Buffer.from(text, 'base64');
  if (!lines.every((line) => BASE64_LINE.test(line)) || bytes.toString('base64') !== text) throw new Refused('the armour is damaged');
  return bytes;
}

/**
 * The bytes of an OpenPGP armour: after its headers and an empty line, base64, and a checksum which is not needed, but has to be right (RFC
 * 4880, 6.1).
 */
export function openpgpBytesOf({ lines }: Armour): Buffer {
  const empty = lines.findIndex((line) => line.trim() === '');
  if (empty < 0 || !lines.slice(0, empty).every((line) => /^[A-Za-z][A-Za-z-]*: /.test(line))) throw new Refused('the armour is damaged');
  const body = lines.slice(empty + 1);
  while (body.at(-1) === '') body.pop();
  const checksum = /^=[A-Za-z0-9+/]{4}$/.test(body.at(-1) ?? '') ? body.pop() : undefined;
  const bytes = bytesOf(body);
  if (checksum !== undefined && Buffer.from(checksum.slice(1), 'base64').readUIntBE(0, 3) !== crc24(bytes))
    throw new Refused('the armour is damaged');
  return bytes;
}

function crc24(bytes: Uint8Array): number {
  let crc = CRC_INITIAL;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= CRC_POLYNOMIAL;
    }
  }
  return crc & 0xffffff;
}
