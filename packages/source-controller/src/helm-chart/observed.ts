import { Failed, Stalled, type StatusChange, Waiting } from '@gotk/runtime';

/** Puts what a run has seen into the status, however the run ends. */
export async function observing<T>(fields: StatusChange['fields'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failed || error instanceof Stalled || error instanceof Waiting)) throw error;
    const { reason, message, eventMetadata, change } = error;
    const all = { reason, message, cause: error.cause, eventMetadata, ...change, fields: { ...change.fields, ...fields } };
    if (error instanceof Stalled) throw new Stalled(all);
    if (error instanceof Waiting) throw new Waiting({ ...all, ...(error.againMs === undefined ? {} : { againMs: error.againMs }) });
    throw new Failed({ ...all, ...(error.retryMs === undefined ? {} : { retryMs: error.retryMs }) });
  }
}
