// Posts events to a receiver whose certificate is signed by nobody: so many handshakes, twice. One line of JSON: the heap after each half and the sockets open.
import { type Clock, systemClock } from '@gotk/apimachinery';
import { httpEventSink } from '../../packages/runtime/src/events/event-sink.ts';

const [url = '', attempts = '0'] = process.argv.slice(2);
const hasty: Clock = { ...systemClock, sleep: () => Promise.resolve() };
const ATTEMPTS_EACH = 5;
let failures = 0;
const log = {
  debug: () => undefined,
  info: () => undefined,
  error: () => {
    failures += ATTEMPTS_EACH;
  },
  with: () => log,
};
const sink = httpEventSink({ url, clock: hasty, log });
const names = { message: 'm', reason: 'r', reportingController: 'c', reportingInstance: 'i' };

const heldBytes: number[] = [];
const sockets: number[] = [];
for (const half of ['warm-up', 'first', 'second']) {
  const events = Number(attempts) / ATTEMPTS_EACH;
  for (let index = 0; index < events; index++) {
    sink.post({ involvedObject: {}, severity: 'info', timestamp: '2026-01-02T03:04:05Z', metadata: {}, ...names });
    if (index % 500 === 499) await sink.flush();
  }
  await sink.flush();
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.gc?.();
  }
  if (half === 'warm-up') failures = 0;
  else {
    heldBytes.push(process.memoryUsage().heapUsed + process.memoryUsage().external);
    sockets.push(process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP') || name.startsWith('TLS')).length);
  }
}
console.log(JSON.stringify({ heldBytes, sockets, failures }));
