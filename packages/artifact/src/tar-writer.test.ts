import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { END_OF_TAR, paddingOf, renderTarHeader } from './tar-writer.ts';

/** The names that the system's tar finds in a tar of empty files with these headers, as bytes in latin1. */
async function namesBySystemTar(headers: readonly Buffer[]): Promise<readonly string[]> {
  const running = promisify(execFile)('tar', ['-tf', '-', '--quoting-style=literal'], { encoding: 'latin1' });
  running.child.stdin?.end(Buffer.concat([...headers, END_OF_TAR]));
  return (await running).stdout.split('\n').slice(0, -1);
}

const headerOf = (name: string, nameBytes?: Buffer) => renderTarHeader({ name, nameBytes, mode: 0o600, size: 0 });

describe('the header of an entry', () => {
  test.each([
    ['short', 'a', 512],
    ['of 100 bytes', 'x'.repeat(100), 512],
    ['of a directory, short', 'a/', 512],
    ['long, with a slash where it can be divided', `${'d'.repeat(150)}/${'f'.repeat(100)}`, 512],
    ['divided at its first possible slash', `${'a/'.repeat(60)}f`, 512],
    ['long, without a slash', 'x'.repeat(101), 3 * 512],
    ['long, with a slash too far behind', `${'d'.repeat(156)}/f${'g'.repeat(99)}`, 3 * 512],
    ['beyond ASCII', 'größe/日本語', 3 * 512],
    ['so long that its length has one digit more with itself', 'x'.repeat(990), 4 * 512],
  ])('has a name %s, as any tar reads it', async (_, name, bytes) => {
    const header = headerOf(name);

    expect(header.length).toBe(bytes);
    expect(await namesBySystemTar([header])).toEqual([Buffer.from(name).toString('latin1')]);
  });

  test('has a name that is no UTF-8 byte for byte', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x2f, 0xe4, 0x62]);

    expect(await namesBySystemTar([headerOf('a\ufffd/\ufffdb', bytes)])).toEqual([bytes.toString('latin1')]);
  });

  test('has a name of any length that tar can say', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `${'ab/'.repeat(index % 40)}${'n'.repeat(1 + index)}`);

    expect(await namesBySystemTar(names.map((name) => headerOf(name)))).toEqual(names);
  });
});

test('a tar is that of tar-stream byte for byte, whatever the names: artifacts made with it keep their digests', async () => {
  const names = fc.array(
    fc.array(fc.string({ unit: fc.constantFrom('a', 'Z', '.', ' ', 'ü', '語', 'x'.repeat(30)), minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 8,
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(names, fc.boolean(), async (paths, executable) => {
      const entries = paths.flatMap((parts) => [
        { name: `${parts.join('/')}/`, mode: 0o750, content: '' },
        { name: `${parts.join('/')}-file`, mode: executable ? 0o700 : 0o600, content: parts.join('') },
      ]);
      const ours = entries.map(({ name, mode, content }) => {
        const size = Buffer.byteLength(content);
        return Buffer.concat([renderTarHeader({ name, mode, size }), Buffer.from(content), Buffer.alloc(paddingOf(size))]);
      });

      const theirs = pack();
      for (const { name, mode, content } of entries) {
        const type = name.endsWith('/') ? 'directory' : 'file';
        theirs.entry(
          { name, mode, type, uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0), size: Buffer.byteLength(content) },
          Buffer.from(content),
        );
      }
      theirs.finalize();

      const chunks: Buffer[] = [];
      for await (const chunk of theirs as AsyncIterable<Buffer>) chunks.push(chunk);
      expect(Buffer.concat([...ours, END_OF_TAR]).equals(Buffer.concat(chunks))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('contents are filled up to whole blocks', () => {
  expect([0, 1, 511, 512, 513, 1024].map(paddingOf)).toEqual([0, 511, 1, 0, 511, 0]);
});
