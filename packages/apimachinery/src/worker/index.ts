export { runInWorker, type WorkerEnd, type WorkerFailure, type WorkerLimits, type WorkerTask } from './run-in-worker.ts';
export { resourceLimits, startWorker, type WorkerEntry } from './start-worker.ts';
