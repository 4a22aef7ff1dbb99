import { describe, expect, test } from 'vitest';
import { AnswerTooLarge, ApiError, ConnectionError, ProtocolError } from '../errors.ts';
import { holdMs, type ListWatchEvent, type ListWatchState, next, onSilence, question, startWith, withJitter } from './list-watch-state.ts';

const common = { failures: 0, afterMs: 0, filling: 'paged' } as const;
const empty = (over: Partial<ListWatchState> = {}): ListWatchState => ({ ...common, ...over, at: 'empty' });
const watching = (resourceVersion: string, over: Partial<ListWatchState> = {}): ListWatchState => ({
  ...common,
  ...over,
  at: 'watching',
  resourceVersion,
});
const failed = (error: unknown): ListWatchEvent => ({ kind: 'failed', error });
const refused = (status: number, retryAfterMs?: number) => failed(new ApiError('no', { status, reason: '', retryAfterMs }));
const gone = refused(410);
const lost = failed(new ConnectionError('reset'));
const garbled = failed(new ProtocolError('not JSON'));
const after = (state: ListWatchState, ...events: readonly ListWatchEvent[]) => events.reduce(next, state);

describe('what there is', () => {
  test('is watched from where it ended', () => {
    expect(next(empty(), { kind: 'listed', resourceVersion: '7' })).toEqual(watching('7'));
  });

  test('that failed is asked for again, ever more slowly, every ten seconds in the end, every two while nobody answers', () => {
    const waits = (event: ListWatchEvent) => [1, 2, 3, 4, 5, 100].map((times) => after(empty(), ...Array(times).fill(event)).afterMs);
    expect(waits(refused(500))).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(waits(lost)).toEqual([1_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
    expect(after(empty(), refused(500))).toMatchObject({ at: 'empty', failures: 1 });
  });

  test('is asked for soon by whoever had no answer, and now has one that it does not like', () => {
    expect(after(watching('7'), lost, lost, lost, gone)).toEqual(empty({ failures: 1, failing: 'expired' }));
    expect(after(empty(), refused(500), refused(500), lost)).toMatchObject({ failures: 1, failing: 'unanswered', afterMs: 1_000 });
  });

  test('is asked for at the first sign of life by whoever had no answer, and not before time by anybody else', () => {
    expect(holdMs(after(empty(), lost, lost, lost))).toBe(1_000);
    expect(holdMs(after(empty(), refused(500), refused(500), refused(500)))).toBe(4_000);
    expect(holdMs(watching('7'))).toBe(0);
  });

  test('that the server would rather not say now is asked for when it says, but not in a year', () => {
    expect(after(empty(), refused(429, 20_000)).afterMs).toBe(20_000);
    expect(after(empty(), refused(503, 500)).afterMs).toBe(1_000);
    expect(after(empty(), refused(429, 1e10)).afterMs).toBe(300_000);
  });

  test.each([400, 403, 405, 422])('is asked for in pages, at once and from then on, by whoever was answered %i to a stream', (status) => {
    const paged = after(startWith('streamed'), refused(status));
    expect(paged).toEqual(empty());
    expect(after(paged, { kind: 'listed', resourceVersion: '7' }, gone)).toMatchObject({ at: 'empty', filling: 'paged' });
  });

  test('is asked for in pages by whoever cannot read the stream, or waits for its end in vain', () => {
    expect(after(startWith('streamed'), garbled)).toEqual(empty());
    expect(after(startWith('streamed'), failed(new AnswerTooLarge('16 MiB')))).toEqual(empty());
    expect(after(startWith('streamed'), { kind: 'endless' })).toEqual(empty());
  });

  test.each([['a lost connection', lost] as const, ['429', refused(429, 0)] as const, ['500', refused(500)] as const])(
    'goes on to be streamed after %s',
    (_what, event) => {
      expect(after(startWith('streamed'), event)).toMatchObject(empty({ filling: 'streamed', failures: 1, afterMs: 1_000 }));
    },
  );
});

describe('a watch', () => {
  test('moves on with each event, which forgives failures', () => {
    expect(next(watching('7', { failures: 2 }), { kind: 'seen', resourceVersion: '8' })).toEqual(watching('8'));
  });

  test('is moved by nothing that has no version, or an older one', () => {
    expect(next(watching('10'), { kind: 'seen', resourceVersion: '' })).toEqual(watching('10'));
    expect(next(watching('10'), { kind: 'seen', resourceVersion: '9' })).toEqual(watching('10'));
    expect(next(watching('10'), { kind: 'seen', resourceVersion: 'opaque' })).toEqual(watching('opaque'));
  });

  test('that was closed goes on where it ended; that was closed at once, after a second', () => {
    expect(next(watching('7'), { kind: 'closed', openMs: 300_000 })).toEqual(watching('7'));
    expect(next(watching('7'), { kind: 'closed', openMs: 20 })).toEqual(watching('7', { afterMs: 1_000 }));
  });

  test('that was silent for too long goes on where it ended, without delay', () => {
    expect(next(watching('7', { failures: 1, afterMs: 1_000 }), { kind: 'stalled' })).toEqual(watching('7', { failures: 1 }));
  });

  test('that failed goes on where it ended, ever more slowly', () => {
    expect(after(watching('7'), lost, lost)).toEqual(watching('7', { failures: 2, failing: 'unanswered', afterMs: 2_000 }));
    expect(after(watching('7'), refused(429, 20_000))).toEqual(watching('7', { failures: 1, failing: 'refused', afterMs: 20_000 }));
  });

  test('whose place has left the server’s window makes everything be asked for', () => {
    expect(next(watching('7'), gone)).toEqual(empty({ failures: 1, failing: 'expired', afterMs: 0 }));
  });

  test('that is always refused after everything was had makes it be asked for ever more slowly', () => {
    const listed: ListWatchEvent = { kind: 'listed', resourceVersion: '7' };
    expect(after(empty(), listed, gone, listed, gone).afterMs).toBe(1_000);
    expect(after(empty(), listed, gone, listed, gone, listed, gone).afterMs).toBe(2_000);
    expect(after(empty(), listed, lost, listed, lost, listed, lost).afterMs).toBe(2_000);
    expect(after(empty(), listed, gone, listed, { kind: 'seen', resourceVersion: '8' }, gone).afterMs).toBe(0);
  });

  test('that cannot be read is read once more, then everything is asked for', () => {
    expect(after(watching('7'), garbled)).toEqual(watching('7', { failures: 1, failing: 'refused', afterMs: 1_000 }));
    expect(after(watching('7'), garbled, garbled)).toEqual(empty({ failures: 2, failing: 'refused', afterMs: 2_000 }));
  });

  test('of a history that was put back makes everything be asked for', () => {
    expect(next(watching('7'), { kind: 'rewound' })).toEqual(empty({ afterMs: 1_000 }));
  });
});

describe('a kind that is not served', () => {
  const absent: ListWatchEvent = { kind: 'absent' };
  const waits = (from: ListWatchState) => [1, 2, 3, 4, 5, 6, 7, 8, 100].map((times) => after(from, ...Array(times).fill(absent)).afterMs);

  test('is looked for ever more seldom, every five minutes in the end', () => {
    expect(waits(empty({ failures: 3 }))).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
    expect(after(watching('7', { failures: 2 }), absent)).toMatchObject({ at: 'absent', failures: 0, looks: 1 });
  });

  test('is looked for at once when a definition says that it is served, and soon again while it is not', () => {
    const told = next(after(empty(), absent, absent, absent), { kind: 'told', by: 'uid/7' });
    expect(told).toMatchObject({ at: 'absent', afterMs: 0, toldBy: 'uid/7' });
    expect(waits(told)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 300_000]);
  });

  test('is watched like any other when it is there', () => {
    expect(after(empty(), absent, { kind: 'listed', resourceVersion: '7' })).toEqual(watching('7'));
  });

  test('is asked for again when the server fails', () => {
    expect(after(empty(), absent, lost)).toEqual(empty({ failures: 1, failing: 'unanswered', afterMs: 1_000 }));
  });

  test('is listed first, as a server that has just begun to serve it refuses watches', () => {
    const streamed = startWith('streamed');
    expect([streamed, next(streamed, absent), watching('7'), empty()].map(question)).toEqual(['watch', 'list', 'watch', 'list']);
    expect(after(streamed, absent, { kind: 'listed', resourceVersion: '7' }, gone)).toMatchObject({ at: 'empty', filling: 'streamed' });
  });
});

test('jitter never makes a wait shorter, and at most half as long again', () => {
  expect([withJitter(1_000, () => 0), withJitter(1_000, () => 1)]).toEqual([1_000, 1_500]);
});

describe('silence', () => {
  const limits = { stalledMs: 60_000, endlessMs: 10_000 };
  const silence = { silentMs: 0, filling: false, spoken: false, asked: false };

  test('of a watch that has spoken is put up with until a bookmark is overdue', () => {
    expect(onSilence({ ...silence, spoken: true, silentMs: 59_000 }, limits)).toEqual({ kind: 'wait', ms: 1_000 });
    expect(onSilence({ ...silence, spoken: true, silentMs: 60_000 }, limits)).toEqual({ kind: 'stalled' });
  });

  test('of a watch that has never spoken is asked about, once', () => {
    expect(onSilence(silence, limits)).toEqual({ kind: 'wait', ms: 45_000 });
    expect(onSilence({ ...silence, silentMs: 45_000 }, limits)).toEqual({ kind: 'ask' });
    expect(onSilence({ ...silence, silentMs: 45_000, asked: true }, limits)).toEqual({ kind: 'wait', ms: 15_000 });
    expect(onSilence({ ...silence, silentMs: 60_000, asked: true }, limits)).toEqual({ kind: 'stalled' });
  });

  test('before the end of what there is means that the end will not come', () => {
    expect(onSilence({ ...silence, filling: true, silentMs: 9_000 }, limits)).toEqual({ kind: 'wait', ms: 1_000 });
    expect(onSilence({ ...silence, filling: true, silentMs: 10_000 }, limits)).toEqual({ kind: 'endless' });
  });
});
