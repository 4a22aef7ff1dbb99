import { gzipSync } from 'node:zlib';
import { HelmError } from '@gotk/helm';
import { describe, expect, test } from 'vitest';
import { packTar, tarEntries } from './chart-tar.ts';

const MIB = 1024 * 1024;
const file = (name: string, text = 'x') => ({ name, data: new TextEncoder().encode(text) });
const read = (archive: Uint8Array, maxBytes = MIB) =>
  [...tarEntries(archive, maxBytes)].map(({ name, data }) => [name, Buffer.from(data).toString()]);

test('what is packed is read again: in its order, with names of any length and script', () => {
  const files = [
    file('app/Chart.yaml', 'name: app\n'),
    file('app/a.txt', ''),
    file(`app/${'n'.repeat(120)}/${'m'.repeat(120)}.txt`),
    file('app/ümlaut.txt', 'ö'.repeat(600)),
  ];
  expect(read(packTar(files))).toEqual(files.map(({ name, data }) => [name, Buffer.from(data).toString()]));
});

test('equal files are equal bytes', () => {
  expect(packTar([file('app/a')])).toEqual(packTar([file('app/a')]));
});

describe('an archive', () => {
  const tar = (blocks: readonly Buffer[]) => gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  const header = (name: string, type: string, size = '00000000000') => {
    const block = Buffer.alloc(512);
    block.write(name);
    block.write(`${size}\0`.slice(0, 12), 124, 'latin1');
    block.write('        ', 148);
    block.write(type, 156);
    block.write('ustar\x0000', 257);
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return block;
  };

  test('has nothing but its regular files: links, devices and directories are none, whatever size they claim', () => {
    const archive = tar([header('l', '2', '00000001000'), header('d', '5'), header('c', '3'), header('f', '0')]);
    expect(read(archive)).toEqual([['f', '']]);
  });

  test('may have contiguous files, and sizes in binary', () => {
    const size = Buffer.alloc(12).fill(0x80, 0, 1).fill(1, 11).toString('latin1');
    expect(read(tar([header('f', '7', size), Buffer.alloc(512, 'y')]))).toEqual([['f', 'y']]);
  });

  test.each([
    ['is no gzip file', Buffer.from('hello'), 'no sound gzip file'],
    ['ends within a file', tar([header('f', '0', '00000100000')]), 'it ends too early'],
    ['has a size that is no number', tar([header('f', '0', '0000000000z')]), 'a number that is none'],
    ['has a damaged header', tar([Buffer.from(header('f', '0')).fill('y', 0, 1)]), 'a wrong checksum'],
    [
      'has an extension that is endless',
      tar([header('x', 'x', '00001000000'), Buffer.alloc(0o1000000)]),
      'an extension header of 262144 bytes',
    ],
    ['has an extension that is none', tar([header('x', 'x', '00000000005'), Buffer.alloc(512, '9')]), 'a damaged pax header'],
    ['ends within a header', gzipSync(Buffer.concat([header('f', '0'), Buffer.alloc(100)])), 'it ends too early'],
  ])('that %s is refused', (_what, archive, message) => {
    expect(() => read(archive)).toThrow(HelmError);
    expect(() => read(archive)).toThrow(message);
  });

  test('that unpacks to more than is allowed is refused before it is unpacked', () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    expect(() => read(bomb, MIB)).toThrow('decompressed chart is larger than the maximum size 1048576');
  });
});
