import { Refused, type SignedObject } from './outcome.ts';

/** What a commit or a tag says about itself, and what of it was signed. */
export interface SignedContent {
  /** The bytes that the signature is over, never written anew: cut out of the object. */
  readonly payload: Buffer;
  /** In armour; undefined when the object is not signed. */
  readonly signature: string | undefined;
  /** Of a tag: what it is put on, and the name it vouches for. */
  readonly tagged: { readonly type: string; readonly id: string; readonly name: string } | undefined;
}

/** A header with the lines that continue it, and where it stands in the object. */
interface Header {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const MAX_OBJECT_BYTES = 1024 * 1024;
const MAX_SIGNATURE_BYTES = 64 * 1024;
const ID = /^[0-9a-f]{40}$/;
/** As git-fsck has it: a name and an address in angle brackets, seconds without leading zeros, an offset. */
const IDENTITY = /^[^<>\n]* <[^<>\n]*> (?:0|[1-9]\d{0,17}) [+-]\d{4}$/;
const SIGNATURE_LINE = /^-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SIGNED MESSAGE|SSH SIGNATURE)-----/gm;

const ORDER = {
  commit: [
    { name: 'tree', value: ID, count: [1, 1] },
    { name: 'parent', value: ID, count: [0, Number.POSITIVE_INFINITY] },
    { name: 'author', value: IDENTITY, count: [1, 1] },
    { name: 'committer', value: IDENTITY, count: [1, 1] },
  ],
  tag: [
    { name: 'object', value: ID, count: [1, 1] },
    { name: 'type', value: /^(?:commit|tree|blob|tag)$/, count: [1, 1] },
    { name: 'tag', value: /^[^\n]+$/, count: [1, 1] },
    // Tags of Git's first months have none.
    { name: 'tagger', value: IDENTITY, count: [0, 1] },
  ],
} as const;

/** Headers that have one place only: of two, some programs read the first, and others the last. */
const PLACED: ReadonlySet<string> = new Set([...ORDER.commit, ...ORDER.tag].map(({ name }) => name));
const ONCE: ReadonlySet<string> = new Set(['gpgsig', 'gpgsig-sha256', 'encoding']);

/**
 * Takes a commit or a tag apart as Git does, from the bytes. Where two programs could read two things, throws `Refused`: the headers have
 * to be those of Git, in its order, each as often as Git writes it, without carriage returns, and nothing holds a NUL (CVE-2026-45022).
 */
export function signedContentOf({ type, content }: SignedObject): SignedContent {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length > MAX_OBJECT_BYTES) throw new Refused(`the ${type} is larger than ${MAX_OBJECT_BYTES} bytes`);
  if (bytes.includes(0)) throw new Refused(`the ${type} holds a NUL`);
  // One character a byte: positions stay positions.
  const text = bytes.toString('latin1');
  const blank = text.indexOf('\n\n');
  const headerEnd = blank < 0 ? text.length : blank + 1;
  const headers = headersOf(text.slice(0, headerEnd), type);
  checkOrder(headers, type);
  if (type === 'commit') {
    const signature = headers.find(({ name }) => name === 'gpgsig')?.value;
    return { payload: without(bytes, headers), signature: limited(signature), tagged: undefined };
  }
  if (headers.some(({ name }) => name === 'gpgsig')) throw new Refused('the tag has a header gpgsig, which is for commits');
  const [at, ...more] = [...text.slice(headerEnd).matchAll(SIGNATURE_LINE)].map(({ index }) => headerEnd + index);
  if (more.length > 0) throw new Refused('the tag has more than one signature');
  const the = (wanted: string) => headers.find(({ name }) => name === wanted)?.value ?? '';
  return {
    payload: without(bytes.subarray(0, at), headers),
    signature: limited(at === undefined ? undefined : text.slice(at)),
    tagged: { type: the('type'), id: the('object'), name: Buffer.from(the('tag'), 'latin1').toString() },
  };
}

function headersOf(text: string, type: string): readonly Header[] {
  if (!text.endsWith('\n')) throw new Refused(`the headers of the ${type} have no end`);
  if (text.includes('\r')) throw new Refused(`the headers of the ${type} hold a carriage return`);
  const headers: Header[] = [];
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    // The lines behind it that start with a space are part of it.
    while (text[end + 1] === ' ') end = text.indexOf('\n', end + 1);
    const space = text.indexOf(' ', start);
    if (space <= start || !/^[!-~]+$/.test(text.slice(start, Math.min(space, end)))) throw new Refused(`the ${type} has a damaged header`);
    headers.push({ name: text.slice(start, space), value: text.slice(space + 1, end).replaceAll('\n ', '\n'), start, end: end + 1 });
    start = end + 1;
  }
  return headers;
}

function checkOrder(headers: readonly Header[], type: SignedObject['type']): void {
  let at = 0;
  for (const { name, value, count } of ORDER[type]) {
    const first = at;
    while (headers[at]?.name === name && at - first < count[1]) {
      if (!value.test(headers[at]?.value ?? '')) throw new Refused(`the ${type} has a damaged header ${name}`);
      at += 1;
    }
    if (at - first < count[0]) throw new Refused(`the ${type} has no header ${name} in its place`);
  }
  const seen = new Set<string>();
  for (const { name } of headers.slice(at)) {
    // Git takes every header that starts like a signature out of what was signed.
    if (name.startsWith('gpgsig') && !ONCE.has(name)) throw new Refused(`the ${type} has a header that only looks like a signature`);
    if (PLACED.has(name) || (ONCE.has(name) && seen.has(name))) throw new Refused(`the ${type} has a header ${name} out of place`);
    seen.add(name);
  }
}

/** The object without its signatures by header: that for the other hash function was not there yet when this one was made. */
function without(bytes: Buffer, headers: readonly Header[]): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { name, start, end } of headers) {
    if (!name.startsWith('gpgsig')) continue;
    pieces.push(bytes.subarray(from, start));
    from = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

function limited(signature: string | undefined): string | undefined {
  if (signature === undefined || signature.trim() === '') return undefined;
  if (signature.length > MAX_SIGNATURE_BYTES) throw new Refused(`the signature is larger than ${MAX_SIGNATURE_BYTES} bytes`);
  return signature;
}
