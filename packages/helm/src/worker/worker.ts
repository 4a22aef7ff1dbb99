import { parentPort, workerData } from 'node:worker_threads';
import { replyTo } from './render-reply.ts';

// The thread of one rendering: it knows its request, answers once, and is gone.
parentPort?.postMessage(replyTo(workerData));
