import { expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { type Attempt, afterRefusal } from './retry.ts';

const refusal = (status: number, retryAfterMs?: number) => new ApiError('no', { status, reason: '', retryAfterMs });
const first: Attempt = { repeatable: true, waits: 0, renewable: true };
const giveUp = { kind: 'give-up' };

test('a refused token is asked for anew, once', () => {
  expect(afterRefusal(refusal(401), first)).toEqual({ kind: 'renew-token' });
  expect(afterRefusal(refusal(401), { ...first, renewable: false })).toEqual(giveUp);
});

test('429 waits for as long as it says, whatever the request', () => {
  expect(afterRefusal(refusal(429, 3_000), { ...first, repeatable: false })).toEqual({ kind: 'wait', ms: 3_000 });
});

test('503 waits only if twice is the same as once', () => {
  expect(afterRefusal(refusal(503, 3_000), first)).toEqual({ kind: 'wait', ms: 3_000 });
  expect(afterRefusal(refusal(503, 3_000), { ...first, repeatable: false })).toEqual(giveUp);
});

test('nobody comes back at once', () => {
  expect(afterRefusal(refusal(429, 0), first)).toEqual({ kind: 'wait', ms: 200 });
});

test('without a time, for longer than ten seconds or for the sixth time is the caller’s to decide', () => {
  expect(afterRefusal(refusal(429), first)).toEqual(giveUp);
  expect(afterRefusal(refusal(429, 10_000), first)).toEqual({ kind: 'wait', ms: 10_000 });
  expect(afterRefusal(refusal(429, 10_001), first)).toEqual(giveUp);
  expect(afterRefusal(refusal(429, 1_000), { ...first, waits: 4 })).toEqual({ kind: 'wait', ms: 1_000 });
  expect(afterRefusal(refusal(429, 1_000), { ...first, waits: 5 })).toEqual(giveUp);
});

test.each([400, 403, 404, 409, 410, 422, 500, 502, 504])('%s is an answer', (status) => {
  expect(afterRefusal(refusal(status, 1_000), first)).toEqual(giveUp);
});
