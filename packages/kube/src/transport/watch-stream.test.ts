import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError, ProtocolError } from '../errors.ts';
import { watchEvents } from './watch-stream.ts';

const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;
const pod = (name: string) => ({ metadata: { name, resourceVersion: '7' } });

async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function allOf(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function decode(...chunks: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  return allOf(watchEvents(chunksOf(...chunks)));
}

describe('a watch', () => {
  test('is its events, and ends with the stream', async () => {
    const text =
      event('ADDED', pod('a')) +
      event('MODIFIED', pod('a')) +
      event('BOOKMARK', { metadata: { resourceVersion: '9' } }) +
      event('DELETED', pod('a'));
    expect(await decode(text)).toEqual([
      { type: 'ADDED', object: pod('a') },
      { type: 'MODIFIED', object: pod('a') },
      { type: 'BOOKMARK', resourceVersion: '9' },
      { type: 'DELETED', object: pod('a') },
    ]);
    expect(await decode()).toEqual([]);
  });

  test('says where the initial events end', async () => {
    const bookmark = (annotations: unknown) => event('BOOKMARK', { metadata: { resourceVersion: '9', annotations } });
    expect(
      await decode(
        bookmark({ 'k8s.io/initial-events-end': 'true' }),
        bookmark({ 'k8s.io/initial-events-end': 'false' }),
        bookmark({}),
        bookmark('no map'),
      ),
    ).toEqual([
      { type: 'BOOKMARK', resourceVersion: '9', initialEventsEnd: true },
      ...Array.from({ length: 3 }, () => ({ type: 'BOOKMARK', resourceVersion: '9' })),
    ]);
  });

  test('is the same wherever its bytes are cut, also within a character', async () => {
    const bytes = Buffer.from(event('ADDED', pod('ä🙂')) + event('DELETED', pod('ö')));
    const whole = await decode(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(await decode(...chunks)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test('yields what was whole before it fails', async () => {
    const seen: unknown[] = [];
    const read = async () => {
      for await (const each of watchEvents(chunksOf(event('ADDED', pod('a')), '{"type":"ADD'))) seen.push(each);
    };
    await expect(read()).rejects.toThrow(ProtocolError);
    expect(seen).toHaveLength(1);
  });

  test('keeps integers beyond 2^53', async () => {
    expect(await decode('{"type":"ADDED","object":{"metadata":{"name":"a"},"big":9007199254740993}}\n')).toMatchObject([
      { object: { big: 9007199254740993n } },
    ]);
  });

  test('ends with what an ERROR event says', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    await expect(decode(event('ERROR', status))).rejects.toMatchObject({
      name: 'ApiError',
      status: 410,
      reason: 'Expired',
      message: 'too old resource version',
    });
    await expect(decode(event('ERROR', {}))).rejects.toThrow(ApiError);
  });

  test.each([
    ['no JSON', 'oops\n'],
    ['a text', '"ADDED"\n'],
    ['nothing', 'null\n'],
    ['no object', '{"type":"ADDED"}\n'],
    ['an object of null', '{"type":"ADDED","object":null}\n'],
    ['no type', '{"object":{}}\n'],
    ['an unknown type', event('RENAMED', pod('a'))],
    ['an object without a name', event('ADDED', { metadata: {} })],
    ['an object without metadata', event('MODIFIED', {})],
    ['half a line', '{"type":"ADDED","object":{"metadata":{"name":"a"}}}'],
  ])('fails on %s', async (_what, text) => {
    await expect(decode(text)).rejects.toThrow(ProtocolError);
  });

  test('a line without end is not read to its end', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        yield Buffer.alloc(1024 * 1024, 'x');
      }
    }
    await expect(allOf(watchEvents(endless()))).rejects.toThrow('stream sent a line of more than 16777216 bytes');
    expect(read).toBe(17);
  });
});
