import { runMain } from '@gotk/runtime';
import { kustomizeController } from './program.ts';
import { workerEntry } from './worker-entry.ts';

process.exit(await runMain(kustomizeController(workerEntry), process));
