import { runMain } from '@gotk/runtime';
import { sourceController } from './program.ts';
import { workerEntry } from './worker-entry.ts';

process.exit(await runMain(sourceController(workerEntry), process));
