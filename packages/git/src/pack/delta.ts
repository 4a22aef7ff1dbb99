import { GitError } from '../git-error.ts';

/** Of the digits of a size: more would be beyond what a number can hold. */
const MAX_SCALE = 2 ** 46;

/** Applies a delta (gitformat-pack, "Deltified representation"). The size is checked before anything is allocated. */
export function applyDelta(base: Buffer, delta: Buffer, maxBytes: number): Buffer {
  let at = 0;
  const next = (): number => {
    const byte = delta[at];
    if (byte === undefined) throw damaged();
    at += 1;
    return byte;
  };
  const size = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = next();
      value += (byte & 0x7f) * scale;
      if (value > maxBytes) throw new GitError('too-large', `an object of the repository is larger than ${maxBytes} bytes`);
      if (scale > MAX_SCALE) throw damaged();
      if ((byte & 0x80) === 0) return value;
    }
  };
  if (size() !== base.length) throw damaged();
  const result = Buffer.allocUnsafe(size());
  let written = 0;
  while (at < delta.length) {
    const code = next();
    if ((code & 0x80) !== 0) {
      let [from, length] = [0, 0];
      for (let bit = 0; bit < 4; bit++) if ((code & (1 << bit)) !== 0) from += next() * 2 ** (8 * bit);
      for (let bit = 0; bit < 3; bit++) if ((code & (0x10 << bit)) !== 0) length += next() * 2 ** (8 * bit);
      if (length === 0) length = 0x10000;
      if (from + length > base.length || written + length > result.length) throw damaged();
      base.copy(result, written, from, from + length);
      written += length;
    } else {
      if (code === 0 || at + code > delta.length || written + code > result.length) throw damaged();
      delta.copy(result, written, at, at + code);
      at += code;
      written += code;
    }
  }
  if (written !== result.length) throw damaged();
  return result;
}

const damaged = (): GitError => new GitError('protocol', 'the pack holds a damaged delta');
