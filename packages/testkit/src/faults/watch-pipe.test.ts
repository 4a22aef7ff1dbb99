import { describe, expect, test } from 'vitest';
import { createWatchPipe, type Holding } from './watch-pipe.ts';

const event = (name: string, type = 'MODIFIED') => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

function bed() {
  const written: string[] = [];
  let held: Holding | undefined;
  const pipe = createWatchPipe({
    write: (bytes) => written.push(bytes.toString()),
    end: () => written.push('end'),
    holding: () => held,
  });
  return {
    pipe,
    written,
    hold(now: Holding | undefined) {
      held = now;
      pipe.release();
    },
    feed: (text: string) => pipe.feed(Buffer.from(text)),
  };
}

test('a watch is passed on line by line, wherever the server cut it', () => {
  const { pipe, written } = bed();
  for (const byte of Buffer.from(event('ä') + event('b'))) pipe.feed(Buffer.from([byte]));
  expect(written).toEqual([event('ä'), event('b')]);
});

describe('a held watch', () => {
  test('keeps its events, and its end, until it is let go', () => {
    const { feed, written, hold, pipe } = bed();
    hold('queue');
    feed(event('a') + event('b'));
    pipe.end();
    expect(written).toEqual([]);
    hold(undefined);
    expect(written).toEqual([event('a'), event('b'), 'end']);
  });

  test('or loses them', () => {
    const { feed, written, hold } = bed();
    hold('swallow');
    feed(event('a'));
    hold(undefined);
    feed(event('b'));
    expect(written).toEqual([event('b')]);
  });

  test('or loses its bookmarks alone', () => {
    const { feed, written, hold } = bed();
    hold('bookmarks');
    feed(event('', 'BOOKMARK') + event('a'));
    expect(written).toEqual([event('a')]);
  });
});

describe('into a watch comes', () => {
  test('an event once more, and one from further back', () => {
    const { feed, written, pipe } = bed();
    expect(pipe.intrude('duplicate')).toBe(false);
    feed(event('a') + event('b'));
    pipe.intrude('duplicate');
    pipe.intrude('older-event');
    expect(written.slice(2)).toEqual([event('b'), event('a')]);
  });

  test('what is no event, on a line of its own', () => {
    const { feed, written, pipe } = bed();
    feed(event('a'));
    pipe.intrude('garbage');
    pipe.intrude('half-an-event');
    for (const line of written.slice(1)) {
      expect(line).toMatch(/^[^\n]+\n$/);
      expect(() => JSON.parse(line)).toThrow();
    }
  });

  test('an event of 20 MiB, and word that the watch has expired', () => {
    const { written, pipe } = bed();
    pipe.intrude('huge-event');
    pipe.intrude('expired');
    expect(written[0]?.length).toBeGreaterThan(20 * 1024 * 1024);
    expect(JSON.parse(written[1] ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });
});
