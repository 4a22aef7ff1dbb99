// A process of its own, so that its memory is that of one clone: fetches a commit and archives it, as the source-controller does.
//
//   node --max-semi-space-size=4 test/bench/git-clone-child.ts URL COMMIT DIRECTORY
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '@gotk/apimachinery';
import { connect, fetchPack } from '@gotk/git';
import { createWorkerPool } from '@gotk/runtime';

export interface CloneSample {
  readonly fetchSeconds: number;
  readonly archiveSeconds: number;
  /** The highest resident size of the process. */
  readonly peakMiB: number;
  readonly packMiB: number;
  readonly archiveMiB: number;
}

const MIB = 1024 * 1024;
const WORKER = new URL('../../packages/source-controller/src/worker.ts', import.meta.url);

const [url = '', commit = '', directory = ''] = process.argv.slice(2);
const packFile = join(directory, 'pack');
const output = join(directory, 'archive');
const signal = AbortSignal.timeout(600_000);

const workers = createWorkerPool({ entry: WORKER, clock: systemClock, maxOffHeapMiB: 640 });
const started = performance.now();
{
  await using connection = connect({ url: new URL(url), access: { login: { kind: 'anonymous' } } });
  await pipeline(Readable.from(fetchPack(connection, commit, { signal, maxBytes: 512 * MIB })), createWriteStream(packFile), { signal });
}
const fetched = performance.now();
await workers.run(
  'archive commit',
  { packFile, commit, ignore: '', algorithm: 'sha256', output },
  { signal, deadlineMs: 600_000, of: 'bench' },
);
const archived = performance.now();

const sample: CloneSample = {
  fetchSeconds: (fetched - started) / 1000,
  archiveSeconds: (archived - fetched) / 1000,
  peakMiB: process.resourceUsage().maxRSS / 1024,
  packMiB: (await stat(packFile)).size / MIB,
  archiveMiB: (await stat(output)).size / MIB,
};
process.send?.(sample);
await workers[Symbol.asyncDispose]();
process.disconnect?.();
