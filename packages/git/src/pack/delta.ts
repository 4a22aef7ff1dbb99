import { GitError } from '../git-error.ts';

/** Of the digits of a size: more would be beyond what a number can hold. */
const MAX_SCALE = 2 ** 46;

/** What a delta says of itself before its instructions. */
export interface DeltaHeader {
  readonly baseBytes: number;
  readonly resultBytes: number;
  /** Where the instructions begin. */
  readonly length: number;
}

/** Reads the header of a delta (gitformat-pack, "Deltified representation"). Throws `GitError`, also for sizes above the limit. */
export function readDeltaHeader(delta: Buffer, maxBytes: number): DeltaHeader {
  let at = 0;
  const size = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = delta[at];
      if (byte === undefined) throw damaged();
      at += 1;
      value += (byte & 0x7f) * scale;
      if (value > maxBytes) throw new GitError('too-large', `an object of the repository is larger than ${maxBytes} bytes`);
      if (scale > MAX_SCALE) throw damaged();
      if ((byte & 0x80) === 0) return value;
    }
  };
  return { baseBytes: size(), resultBytes: size(), length: at };
}

/** Applies a delta. The sizes are checked before anything is allocated. Throws `GitError`. */
export function applyDelta(base: Buffer, delta: Buffer, maxBytes: number): Buffer {
  const { baseBytes, resultBytes, length } = readDeltaHeader(delta, maxBytes);
  if (baseBytes !== base.length) throw damaged();
  let at = length;
  const next = (): number => {
    const byte = delta[at];
    if (byte === undefined) throw damaged();
    at += 1;
    return byte;
  };
  const result = Buffer.allocUnsafe(resultBytes);
  let written = 0;
  while (at < delta.length) {
    const code = next();
    if ((code & 0x80) !== 0) {
      let [from, bytes] = [0, 0];
      for (let bit = 0; bit < 4; bit++) if ((code & (1 << bit)) !== 0) from += next() * 2 ** (8 * bit);
      for (let bit = 0; bit < 3; bit++) if ((code & (0x10 << bit)) !== 0) bytes += next() * 2 ** (8 * bit);
      if (bytes === 0) bytes = 0x10000;
      if (from + bytes > base.length || written + bytes > result.length) throw damaged();
      base.copy(result, written, from, from + bytes);
      written += bytes;
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
