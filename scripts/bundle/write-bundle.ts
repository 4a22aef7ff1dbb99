import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OutputFile } from 'esbuild';

/** Where `main.js` finds its parts. */
export const PARTS = 'parts';

/**
 * Writes `main.js`, its parts, and one file with the legal comments of all of them; takes away the parts of an earlier bundle. Resolves with the size of
 * the code in bytes.
 */
export async function writeBundle(directory: string, files: readonly OutputFile[]): Promise<number> {
  const code = files.filter(({ path }) => path.endsWith('.mjs'));
  const parts = code.filter(({ path }) => basename(dirname(path)) === PARTS);
  const entry = code.filter((file) => !parts.includes(file));
  const legal = files.filter((file) => !code.includes(file)).map(({ text }) => text);

  await mkdir(join(directory, PARTS), { recursive: true });
  await Promise.all(parts.map(({ path, contents }) => writeFile(path, contents)));
  // After its parts: a controller that runs from here may start a thread at any time.
  await Promise.all(entry.map(({ contents }) => writeFile(join(directory, 'main.js'), contents)));
  await writeFile(join(directory, 'main.js.LEGAL.txt'), [...new Set(legal)].join('\n'));
  const names = new Set(parts.map(({ path }) => basename(path)));
  const earlier = (await readdir(join(directory, PARTS))).filter((name) => !names.has(name));
  await Promise.all(earlier.map((name) => rm(join(directory, PARTS, name), { recursive: true })));
  return code.reduce((sum, { contents }) => sum + contents.byteLength, 0);
}
