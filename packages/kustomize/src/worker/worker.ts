import { parentPort, workerData } from 'node:worker_threads';
import { replyTo } from './build-reply.ts';

// The thread of one build: it knows its request, answers once, and is gone.
parentPort?.postMessage(replyTo(workerData));
