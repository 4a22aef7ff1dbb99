import { seededRandom } from '@gotk/apimachinery/seeded-random';
import { describe, expect, test } from 'vitest';
import { parseApiRequest } from './api-request.ts';
import { createFaultRules, type Fault } from './fault-rules.ts';
import { createRequestTrace } from './request-trace.ts';

const request = (method: string, path: string) => parseApiRequest(method, path, { 'user-agent': 'me/1' });
const getOf = (name: string) => request('GET', `/api/v1/namespaces/a/configmaps/${name}`);
const reset = (parts: Partial<Fault> = {}): Fault => ({ name: 'reset', action: { kind: 'reset' }, ...parts });

describe('a fault meets', () => {
  test('what all of its matchers hold for, until it is disposed of', () => {
    const rules = createFaultRules(seededRandom(1));
    const fault = rules.add(reset({ verbs: ['get'], resources: ['configmaps'], path: /\/b$/, userAgent: /^me/ }));
    expect(rules.judge(getOf('b')).fault?.name).toBe('reset');
    expect(rules.judge(getOf('c')).fault).toBeUndefined();
    expect(rules.judge(request('DELETE', '/api/v1/namespaces/a/configmaps/b')).fault).toBeUndefined();
    expect(fault.hits).toBe(1);
    fault[Symbol.dispose]();
    expect(rules.judge(getOf('b')).fault).toBeUndefined();
  });

  test('the calls that are meant, counted over all or for each path', () => {
    const rules = createFaultRules(seededRandom(1));
    rules.add(reset({ name: 'first of each', calls: ({ ofPath }) => ofPath === 1 }));
    rules.add(reset({ name: 'second that is left', calls: ({ overall }) => overall === 2 }));
    expect(['b', 'b', 'c', 'c', 'c'].map((name) => rules.judge(getOf(name)).fault?.name)).toEqual([
      'first of each',
      undefined,
      'first of each',
      'second that is left',
      undefined,
    ]);
  });

  test('by chance about as many as it should, and the same ones for the same seed', () => {
    const met = (seed: number) => {
      const rules = createFaultRules(seededRandom(seed));
      rules.add(reset({ probability: 0.1 }));
      return Array.from({ length: 1_000 }, () => rules.judge(getOf('b')).fault !== undefined);
    };
    const count = met(7).filter(Boolean).length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(130);
    expect(met(7)).toEqual(met(7));
    expect(met(8)).not.toEqual(met(7));
  });

  test('a request after every delay that meets it', () => {
    const rules = createFaultRules(seededRandom(1));
    for (const ms of [20, 30]) rules.add({ name: 'slow', action: { kind: 'delay', ms } });
    rules.add(reset());
    expect(rules.judge(getOf('b'))).toMatchObject({ delayMs: 50, fault: { name: 'reset' } });
  });
});

test('a trace keeps the newest requests and says how many it forgot', () => {
  const trace = createRequestTrace(2);
  for (const name of ['a', 'b', 'c', 'd', 'e']) trace.open(getOf(name));
  expect(trace.records.map(({ name }) => name)).toEqual(['c', 'd', 'e']);
  expect(trace.forgotten).toBe(2);
});
