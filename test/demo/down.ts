// `make down`: stops exactly what `make up` started.
import { rm } from 'node:fs/promises';
import { stopRecordedProcesses } from '@gotk/testkit';
import { STATE } from './state.ts';

const stopped = await stopRecordedProcesses(STATE);
for (const { name, pid, outcome } of stopped) console.log(`${outcome === 'stopped' ? 'stopped' : 'had ended'}  ${name} (${pid})`);
if (stopped.length === 0) console.log('nothing is up');
await rm(STATE, { recursive: true, force: true });
