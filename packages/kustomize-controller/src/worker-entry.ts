import type { WorkerEntry } from '@gotk/apimachinery/worker';

/** The bundler puts the text of the bundled worker in its place: a controller stays one file. */
export const workerEntry: WorkerEntry = new URL('./worker.ts', import.meta.url);
