import { decodeBase64 } from '../encoding/base64.ts';
import { unlessRefused } from '../unless-refused.ts';

/** Something of a kind, like `CERTIFICATE`, in lines of base64 between a line that begins it and one that ends it (RFC 7468). */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BEGIN = '-----BEGIN ';
const END = '\n-----END ';
const DASHES = '-----';

export function renderPem({ type, bytes }: PemBlock): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `${BEGIN}${type}${DASHES}\n${lines.map((line) => `${line}\n`).join('')}-----END ${type}${DASHES}\n`;
}

/** The first block in a text, whatever else there is; undefined if there is none. */
export function firstPem(text: string): PemBlock | undefined {
  let from = 0;
  for (;;) {
    const end = text.indexOf(END, from);
    if (end < 0) return undefined;
    // Of several lines that begin a block, the last one before an end does.
    const before = text.slice(from, end);
    const begin = before.lastIndexOf(BEGIN);
    const isAtLineStart = begin === 0 || (begin > 0 && before.charAt(begin - 1) === '\n');
    const block = isAtLineStart ? blockOf(before.slice(begin + BEGIN.length), text.slice(end + END.length)) : undefined;
    if (block !== undefined) return block;
    from = end + END.length;
  }
}

/** A block from behind `BEGIN` to before the end, if what comes behind `END` fits. */
function blockOf(inner: string, trailer: string): PemBlock | undefined {
  const [first = '', ...lines] = inner.split('\n');
  const begin = trimmedRight(first);
  if (!begin.endsWith(DASHES)) return undefined;
  const type = begin.slice(0, -DASHES.length);
  const close = trailer.slice(0, begin.length);
  const after = trailer.slice(begin.length, begin.length + 256).split('\n', 1)[0] ?? '';
  if (close !== begin || trimmedRight(after) !== '') return undefined;
  const headers = lines.findIndex((line) => !line.includes(':'));
  const body = headers < 0 ? '' : lines.slice(headers).join('\n');
  const bytes = unlessRefused(() => decodeBase64(body.replaceAll(/[ \t]+/g, '')));
  return bytes && { type, bytes };
}

function trimmedRight(line: string): string {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  let end = whole.length;
  while (end > 0 && (whole[end - 1] === ' ' || whole[end - 1] === '\t')) end -= 1;
  return whole.slice(0, end);
}
