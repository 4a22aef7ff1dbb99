import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf, unpackedFiles } from '@gotk/artifact/files';
import { expect, test } from 'vitest';
import { type RawEntry, tarOf, testDirectory } from '../../../artifact/test/tar.ts';
import { archiveLayer, copyLayer } from './archive-layer.ts';

async function layerOf(...entries: readonly RawEntry[]) {
  const place = await testDirectory();
  const at = (name: string) => join(place.directory, name);
  await writeFile(at('layer'), gzipSync(tarOf(...entries)));
  const task = {
    layerFile: at('layer'),
    contentsFile: at('contents'),
    ignore: undefined,
    algorithm: 'sha256',
    output: at('archive'),
  } as const;
  const paths = async () => {
    using unpacked = await unpackedFiles(at('archive'), at('check'));
    return unpacked.files.map(({ path, executable }) => (executable ? `${path} (executable)` : path));
  };
  return { task, at, paths, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

test('the files of a layer become an archive: sorted, without what is to be ignored, and the same for the same files', async () => {
  await using layer = await layerOf({ name: 'b' }, { name: 'a', mode: 0o755 }, { name: 'logo.png' }, { name: '.gitignore' });
  const report = await archiveLayer(layer.task);
  expect(await layer.paths()).toEqual(['a (executable)', 'b']);
  expect(report).toEqual({ digest: await digestOf(layer.at('archive'), 'sha256'), size: (await readFile(layer.at('archive'))).length });

  await using other = await layerOf({ name: './a', mode: 0o700 }, { name: './b', mode: 0o600 });
  expect(await archiveLayer(other.task)).toEqual(report);
});

test('rules of the spec come after those of the layer', async () => {
  await using layer = await layerOf({ name: 'a.txt' }, { name: 'b.txt' }, { name: '.sourceignore', content: '*.txt' });
  await archiveLayer({ ...layer.task, ignore: '!b.txt\n.sourceignore' });
  expect(await layer.paths()).toEqual(['b.txt']);
});

test("what is wrong with the layer is told from what is wrong with its rules, which are the archive's", async () => {
  await using hostile = await layerOf({ name: '../a' });
  await expect(archiveLayer(hostile.task)).rejects.toMatchObject({ name: 'LayerUnusable', message: expect.stringContaining('"../a"') });
  await using ruled = await layerOf({ name: '.sourceignore', content: '#'.repeat(1_048_577) });
  await expect(archiveLayer(ruled.task)).rejects.toMatchObject({
    name: 'ArtifactError',
    message: expect.stringContaining("'.sourceignore' is larger"),
  });
  await using endless = await layerOf({ name: 'deep/.sourceignore', content: 'x\n'.repeat(10_001) });
  await expect(archiveLayer(endless.task)).rejects.toMatchObject({ name: 'ArtifactError', message: expect.stringContaining('rules') });
});

test("a trouble of the disk is not called the layer's", async () => {
  await using layer = await layerOf({ name: 'a' });
  await expect(archiveLayer({ ...layer.task, layerFile: layer.at('gone') })).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a layer that is copied keeps its bytes, whatever they are', async () => {
  await using layer = await layerOf();
  await writeFile(layer.at('layer'), 'no gzip');
  const { digest, size } = await copyLayer({ ...layer.task, algorithm: 'sha512' });
  expect({ digest, size }).toEqual({ digest: await digestOf(layer.at('layer'), 'sha512'), size: 7 });
});
