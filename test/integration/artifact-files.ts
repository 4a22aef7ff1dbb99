import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '@gotk/api';
import { unpack } from '@gotk/artifact';

/** Fetches an artifact as any consumer would. Throws unless size and digest are as the status says. */
export async function fetchArtifact(artifact: Artifact | undefined): Promise<Buffer> {
  if (artifact === undefined) throw new Error('there is no artifact');
  const answer = await fetch(artifact.url);
  if (answer.status !== 200) throw new Error(`${artifact.url} answered ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (bytes.length !== artifact.size || digest !== artifact.digest) throw new Error(`${artifact.url} is not what the status says`);
  return bytes;
}

/** The files of an artifact with their contents, by path. */
export async function filesOf(artifact: Artifact | undefined): Promise<Readonly<Record<string, string>>> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-artifact-'));
  try {
    const archive = join(directory, 'archive.tar.gz');
    const tree = join(directory, 'tree');
    await writeFile(archive, await fetchArtifact(artifact));
    await mkdir(tree);
    await unpack(archive, tree);
    const entries = await readdir(tree, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const contents = await Promise.all(files.map(async (file) => [file.slice(tree.length + 1), await readFile(file, 'utf8')] as const));
    return Object.fromEntries(contents.sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
