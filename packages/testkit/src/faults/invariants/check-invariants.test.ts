import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { describe, expect, test } from 'vitest';
import { parseApiRequest } from '../api-request.ts';
import { readAuditLog } from '../audit-log.ts';
import type { RequestRecord } from '../request-trace.ts';
import { checkInvariants, type Expectations, type Records } from './check-invariants.ts';
import { watchLoop, watchUnhandled } from './process-health.ts';

const web = '/api/v1/namespaces/a/configmaps/web';

function record(method: string, target: string, parts: Partial<RequestRecord> = {}): RequestRecord {
  const request = parseApiRequest(method, target, method === 'PATCH' ? { 'content-type': 'application/apply-patch+yaml' } : {});
  return { ...request, atMs: 0, durationMs: 1, status: 200, forwarded: true, requestBytes: 0, responseBytes: 0, dryRun: false, ...parts };
}

const applied = (resourceVersion: string, parts: Partial<RequestRecord> = {}) =>
  record('PATCH', web, { object: { name: 'web', uid: 'u', resourceVersion }, ...parts });
const found = (records: Partial<Records>, expected: Expectations = {}) => checkInvariants({ requests: [], runs: [], ...records }, expected);
const every = (count: number, everyMs: number) => Array.from({ length: count }, (_, index) => index * everyMs);

describe('I1, stable in the end', () => {
  const stable = { faultEndedMs: 1_000, convergedMs: 2_000, quiet: { fromMs: 3_000, toMs: 5_000 } };

  test('holds for who converges in time, and then tells events and renews its lease', () => {
    const lease = '/apis/coordination.k8s.io/v1/namespaces/a/leases/b';
    const requests = [
      applied('2', { atMs: 1_500 }),
      record('PUT', lease, { atMs: 3_500 }),
      record('POST', '/api/v1/namespaces/a/events', { atMs: 3_500 }),
      record('GET', web, { atMs: 3_500 }),
    ];
    expect(found({ requests }, { stable })).toEqual([]);
  });

  test('is broken by who does not, or does so late, or writes when all is quiet', () => {
    expect(found({}, { stable: { ...stable, convergedMs: undefined } })).toEqual(['I1: never converged']);
    expect(found({}, { stable: { ...stable, convergedMs: 70_000 } })).toEqual([
      'I1: converged 69000 ms after the fault, 60000 ms are allowed',
    ]);
    expect(found({ requests: [applied('2', { atMs: 3_500 })] }, { stable })).toEqual([
      'I1: wrote 1 times while nobody wanted anything, first: apply configmaps a/web',
    ]);
  });
});

test('I2, no wrong delete: of what it may delete alone, and with a uid', () => {
  const deletion = (parts: Partial<RequestRecord>) =>
    found({ requests: [record('DELETE', web, parts)] }, { mayDelete: ({ name }) => name === 'web' });
  expect(deletion({ preconditions: { uid: 'u' } })).toEqual([]);
  expect(deletion({ preconditions: {} })).toEqual(['I2: delete configmaps a/web had no uid precondition']);
  expect(deletion({ name: 'other' })).toEqual(['I2: delete configmaps a/other was not its to delete']);
  expect(deletion({ name: 'other', forwarded: false })).toEqual([]);
});

test('I3, no orphan', () => {
  const owners = new Set(['u1']);
  expect(found({ made: [{ name: 'a', ownerUid: 'u1' }], owners })).toEqual([]);
  expect(found({ made: [{ name: 'a', ownerUid: 'u2' }], owners })).toEqual(['I3: a was left behind by u2']);
});

test('I4, truthful status', () => {
  const claim = { name: 'web', generation: 2, observedGeneration: 2, ready: true, wrong: undefined };
  expect(found({ claims: [claim, { ...claim, ready: false, observedGeneration: 1, wrong: 'a part is missing' }] })).toEqual([]);
  expect(found({ claims: [{ ...claim, observedGeneration: 1 }] })).toEqual(['I4: web is Ready of generation 1 and has generation 2']);
  expect(found({ claims: [{ ...claim, wrong: 'a part is missing' }] })).toEqual(['I4: web is Ready and a part is missing']);
});

describe('I5, effects once', () => {
  const effects = { resources: ['configmaps'], allowed: () => 1 };

  test('holds for an apply that changed nothing, a dry run, and what an answer that was lost made necessary', () => {
    expect(found({ requests: [applied('2'), applied('2'), applied('3', { dryRun: true })] }, { effects })).toEqual([]);
    expect(found({ requests: [applied('2', { status: 0 }), applied('3')] }, { effects })).toEqual([]);
  });

  test('is broken by who does it again', () => {
    expect(found({ requests: [applied('2'), applied('3')] }, { effects })).toEqual([
      'I5: configmaps a/web was changed 2 times, 1 were wanted and 0 answers lost',
    ]);
  });

  test('is counted for each kind: objects of other kinds may have the same name', () => {
    const both = { ...effects, resources: ['configmaps', 'secrets'] };
    expect(found({ requests: [applied('2'), applied('3', { resource: 'secrets' })] }, { effects: both })).toEqual([]);
  });
});

test('I7, I8: a free event loop, and memory back at its level', () => {
  expect(found({ loop: { p99Ms: 99 }, memory: { beforeBytes: 0, afterBytes: 1_000 } })).toEqual([]);
  expect(found({ loop: { p99Ms: 101 }, memory: { beforeBytes: 0, afterBytes: 40 * 2 ** 20 } })).toEqual([
    "I7: the event loop's delay was 101 ms (p99), 100 ms are allowed",
    'I8: memory is 40.0 MiB above its level, 16.0 are allowed',
  ]);
});

test('I9, secrets kept: neither as they are nor in base64, and not in what tells of it', () => {
  const canaries = ['hunter2-canary'];
  expect(found({ texts: { log: 'nothing here' } }, { canaries })).toEqual([]);
  expect(
    found({ texts: { log: 'password hunter2-canary', status: Buffer.from('hunter2-canary').toString('base64') } }, { canaries }),
  ).toEqual(['I9: secret 1 of 1 shows in log', 'I9: secret 1 of 1 shows in status']);
});

test('I11, nothing unhandled', () => {
  expect(found({ unhandled: ['boom'] })).toEqual(['I11: nobody handled boom']);
});

test('I12, writes by the right user, as the audit log tells', () => {
  const event = (verb: string, username: string, stage = 'ResponseComplete') =>
    JSON.stringify({
      stage,
      verb,
      requestURI: `${web}?fieldManager=x&force=true`,
      user: { username },
      objectRef: { name: 'web' },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: '2026-01-02T03:04:05.100000Z',
      stageTimestamp: '2026-01-02T03:04:05.150000Z',
    });
  const requests = readAuditLog(`${[event('patch', 'controllers'), event('get', 'admin')].join('\n')}\n{"stage":"Resp`);
  expect(requests).toMatchObject([
    { verb: 'apply', resource: 'configmaps', name: 'web', status: 200, durationMs: 50, user: 'controllers' },
    { verb: 'get', user: 'admin' },
  ]);
  expect(found({ requests }, { user: 'controllers' })).toEqual([]);
  expect(found({ requests }, { user: 'admin' })).toEqual(['I12: apply configmaps a/web was made by controllers, not by admin']);
});

describe('I13, no hot loop', () => {
  test('holds for a burst, for a list of many pages, and for lists that ask for something else each', () => {
    const others = every(30, 10).map((atMs) => record('GET', `/api/v1/configmaps?labelSelector=of%3D${atMs}`, { atMs }));
    expect(found({ requests: others })).toEqual([]);
    const runs = every(10, 10).map((atMs) => ({ object: 'web', atMs }));
    const pages = every(30, 10).map((atMs) => record('GET', '/api/v1/configmaps?limit=5&continue=x', { atMs }));
    expect(found({ runs, requests: pages })).toEqual([]);
  });

  test('is broken by runs, requests or lists without end', () => {
    expect(found({ runs: every(30, 500).map((atMs) => ({ object: 'web', atMs })) })).toEqual([
      'I13: web was run 20 times within 10000 ms, 10 are allowed',
    ]);
    expect(found({ requests: every(1_000, 10).map((atMs) => record('GET', web, { atMs })) })).toEqual([
      'I13: requests were made 1000 times within 10000 ms, 800 are allowed',
    ]);
    expect(found({ requests: every(30, 500).map((atMs) => record('GET', '/api/v1/configmaps', { atMs })) })).toEqual([
      'I13: /api/v1/configmaps was listed 20 times within 10000 ms, 10 are allowed',
    ]);
  });
});

test('a trace that forgot something says so first', () => {
  expect(found({ forgotten: 3 })).toEqual(['the trace forgot 3 requests: what follows is not the whole truth']);
});

describe('of this process is measured', () => {
  test('how long its event loop was blocked', async () => {
    using loop = watchLoop();
    for (let round = 0; round < 3; round += 1) {
      const until = performance.now() + 150;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(loop.p99Ms).toBeGreaterThan(100);
  });

  test('what its heap holds, garbage aside', async () => {
    const before = await heapAfterCollection();
    const kept = Buffer.alloc(8 * 2 ** 20, 1);
    const after = await heapAfterCollection();
    expect(after - before).toBeGreaterThan(7 * 2 ** 20);
    expect(kept.length).toBe(8 * 2 ** 20);
  });

  test('what nobody handled', () => {
    const listeners = process.listenerCount('unhandledRejection');
    {
      using unhandled = watchUnhandled(process);
      const note = process.listeners('unhandledRejection').at(-1);
      note?.('boom', Promise.resolve());
      expect(unhandled.errors).toEqual(['boom']);
    }
    expect(process.listenerCount('unhandledRejection')).toBe(listeners);
  });
});
