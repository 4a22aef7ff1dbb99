import { ArtifactError } from './artifact-error.ts';
import { type EntryHeader, paddedSize, TAR_BLOCK, TarHeaders } from './tar-header.ts';
import { paddingOf } from './tar-writer.ts';

/** One entry of a tar, as its header has it. */
export interface TarEntry extends EntryHeader {
  /** The content, to be read before the next entry; what is not read is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * Reads a tar as it arrives (POSIX ustar and pax, GNU long names). Holds one block and one extension header at most, whatever the headers
 * claim. Throws `ArtifactError` for what is no tar.
 */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const source = byteSource(chunks);
  const headers = new TarHeaders(hostile);
  for (;;) {
    const block = await source.exactly(TAR_BLOCK);
    if (block === undefined) return;
    const step = headers.read(block);
    if (step.kind === 'end') return;
    if (step.kind === 'extension') {
      const body = await source.exactly(paddedSize(step.size));
      if (body === undefined) throw truncated();
      headers.extend(step.flag, body.subarray(0, step.size));
      continue;
    }
    const remaining = { bytes: step.entry.size };
    yield { ...step.entry, content: contentOf(source, remaining) };
    if ((await source.skip(remaining.bytes)) > 0) throw truncated();
    // Not every writer pads what comes last.
    if ((await source.skip(paddingOf(step.entry.size))) > 0) return;
  }
}

async function* contentOf(source: ByteSource, remaining: { bytes: number }): AsyncGenerator<Buffer> {
  while (remaining.bytes > 0) {
    const chunk = await source.upTo(remaining.bytes);
    if (chunk === undefined) throw truncated();
    remaining.bytes -= chunk.length;
    yield chunk;
  }
}

interface ByteSource {
  /** Exactly so many bytes; undefined when the input ends before the first. */
  exactly(count: number): Promise<Buffer | undefined>;
  /** At least one byte and at most so many; undefined at the end. */
  upTo(count: number): Promise<Buffer | undefined>;
  /** Passes over so many bytes; how many of them were not there. */
  skip(count: number): Promise<number>;
}

function byteSource(chunks: AsyncIterable<Buffer>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const upTo = async (count: number): Promise<Buffer | undefined> => {
    while (rest.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      rest = value;
    }
    const taken = rest.subarray(0, count);
    rest = rest.subarray(taken.length);
    return taken;
  };
  return {
    upTo,
    async exactly(count) {
      const parts: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        const part = await upTo(missing);
        if (part === undefined) {
          if (parts.length === 0) return undefined;
          throw truncated();
        }
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    async skip(count) {
      let left = count;
      while (left > 0) {
        const part = await upTo(left);
        if (part === undefined) break;
        left -= part.length;
      }
      return left;
    },
  };
}

const hostile = (what: string) => new ArtifactError('hostile', `the artifact is no sound tar archive: ${what}`);
const truncated = () => new ArtifactError('hostile', 'the artifact is no sound tar archive: it ends too early');
