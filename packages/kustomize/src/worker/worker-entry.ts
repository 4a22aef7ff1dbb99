/** What a thread starts: a module, or the text of a script. Bundlers put the text of the bundled worker in the place of the address. */
export type WorkerEntry = URL | { readonly source: string };

export const workerEntry: WorkerEntry = new URL('./worker.ts', import.meta.url);
