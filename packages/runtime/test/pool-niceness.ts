// In a process of its own: prints the niceness of all its threads while a pool's thread rests that has read a file.
import { systemClock } from '@gotk/apimachinery';
import { createWorkerPool } from '../src/workers/pool.ts';
import { niceness } from './niceness.ts';

await using pool = createWorkerPool({ entry: new URL('./task-worker.ts', import.meta.url), clock: systemClock, size: 1 });
await pool.run('readFile', undefined, { signal: new AbortController().signal, deadlineMs: 60_000, of: 'a/web' });
process.stdout.write(JSON.stringify(niceness()));
