import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stderr } from 'node:process';
import { CHARTS } from '../test/chart-cases.ts';

// What the real helm packages of the charts in test/chart-cases.ts, for fidelity.test.ts: node packages/helm/scripts/record-main.ts

interface Packaged {
  /** In the order of the archive. */
  readonly files?: readonly (readonly [name: string, text: string])[];
  readonly error?: string;
}

async function packaged(files: Readonly<Record<string, string>>): Promise<Packaged> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-helm-record-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, 'chart', path)), { recursive: true });
      await writeFile(join(directory, 'chart', path), text);
    }
    const result = spawnSync('helm', ['package', 'chart', '--destination', 'out'], { cwd: directory, encoding: 'utf8' });
    if (result.status !== 0) return { error: result.stderr.trim().replaceAll(`${directory}/`, '') };
    const [name = ''] = await readdir(join(directory, 'out'));
    const archive = join(directory, 'out', name);
    const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trimEnd().split('\n');
    return { files: names.map((file) => [file, execFileSync('tar', ['-xzOf', archive, '--no-wildcards', file], { encoding: 'utf8' })]) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const version = execFileSync('helm', ['version', '--short'], { encoding: 'utf8' }).trim();
const charts: Record<string, Packaged> = {};
for (const [name, files] of Object.entries(CHARTS)) charts[name] = await packaged(files);
await writeFile(join(import.meta.dirname, '../testdata/packaged.json'), `${JSON.stringify({ version, charts }, undefined, 2)}\n`);
stderr.write(`recorded ${Object.keys(charts).length} charts with helm ${version}\n`);
