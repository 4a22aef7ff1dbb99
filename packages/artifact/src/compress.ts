import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

/**
 * Level 1 takes a sixth of the time of level 6 for files of YAML, and makes a quarter more bytes; over the time from a commit to its
 * objects, nothing else weighs as much. Another level would give every artifact another digest.
 */
const COMPRESSED = { level: 1, chunkSize: 128 * 1024 } as const;
const STORED = { ...COMPRESSED, level: 0 } as const;

/**
 * Gzip of batches, whose bytes depend on theirs alone. What no compressor makes smaller, such as pictures and archives, is stored as it is,
 * which takes a tenth of the time; each run of either kind is a member of its own (RFC 1952, 2.2).
 */
export async function* compress(batches: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const { level, run } of runsOf(batches)) {
    // The callback is for errors that reading throws as well.
    yield* pipeline(Readable.from(run, { highWaterMark: 2 }), createGzip(level), () => undefined);
  }
}

interface Run {
  readonly level: typeof COMPRESSED | typeof STORED;
  /** To be read to its end before the next. */
  readonly run: Iterable<Buffer>;
}

function* runsOf(batches: Iterable<Buffer>): Generator<Run> {
  const iterator = batches[Symbol.iterator]();
  const take = () => {
    const { done, value } = iterator.next();
    return done === true ? undefined : { batch: value, level: isNoise(value) ? STORED : COMPRESSED };
  };
  let next = take();
  function* run(level: Run['level']): Generator<Buffer> {
    while (next?.level === level) {
      const { batch } = next;
      next = take();
      yield batch;
    }
  }
  while (next !== undefined) yield { level: next.level, run: run(next.level) };
}

const SLICES = 8;
const SLICE_BYTES = 512;
const SAMPLE_BYTES = SLICES * SLICE_BYTES;
/**
 * Of the squares of how often each byte occurs in the sample. Where all are as likely it is 69,600, give or take 400; what is far below repeats itself, and here
 * two hundredths could be saved.
 */
const NOISE = { least: 67_000, most: 74_000 } as const;

/** Whether all bytes occur alike, in samples from all over it. Whole numbers: every machine comes to the same. */
function isNoise(batch: Buffer): boolean {
  if (batch.length < 2 * SAMPLE_BYTES) return false;
  const counts = new Uint16Array(256);
  const stride = Math.floor((batch.length - SLICE_BYTES) / (SLICES - 1));
  for (let slice = 0; slice < SLICES; slice++) {
    const start = slice * stride;
    for (let at = start; at < start + SLICE_BYTES; at++) counts[batch[at] ?? 0] = (counts[batch[at] ?? 0] ?? 0) + 1;
  }
  const squares = counts.reduce((sum, count) => sum + count * count, 0);
  return squares > NOISE.least && squares < NOISE.most;
}
