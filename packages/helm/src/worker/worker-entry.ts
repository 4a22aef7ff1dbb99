import type { WorkerEntry } from '@gotk/apimachinery/worker';

/** Bundlers put the text of the bundled worker in the place of the address. */
export const workerEntry: WorkerEntry = new URL('./worker.ts', import.meta.url);
