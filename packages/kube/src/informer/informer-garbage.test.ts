import type { ServerResponse } from 'node:http';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { clientBed, configMaps } from '../../test/client-bed.ts';
import { ProtocolError } from '../errors.ts';
import { createInformer } from './create-informer.ts';

const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;
const configMap = (name: string, resourceVersion: string, more: object = {}) => ({
  metadata: { name, namespace: 'apps', uid: `uid-${name}`, resourceVersion },
  ...more,
});
const initialEventsEnd = (resourceVersion: string) =>
  event('BOOKMARK', { metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } } });
const begin = (response: ServerResponse, ...lines: readonly string[]) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(lines.join(''));
};

const MIB = 1024 * 1024;

const garbage: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['half a line, and the end', (response) => response.end('{"type":"MODIFIED","object":{"metada')],
  ['a truncated line among whole ones', (response) => response.write(`{"type":"MODIFIED","obj\n${event('DELETED', configMap('a', '12'))}`)],
  ['an event of 20 MiB', (response) => response.write(event('MODIFIED', configMap('a', '11', { data: { x: 'x'.repeat(20 * MIB) } })))],
  ['an object without metadata', (response) => response.write(event('MODIFIED', { data: {} }))],
  ['an object whose name is no text', (response) => response.write(event('ADDED', { metadata: { name: 7, resourceVersion: '11' } }))],
  ['what is no JSON', (response) => response.write('<html>502 Bad Gateway</html>\n')],
  ['bytes that are no text', (response) => response.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]))],
];

describe('an informer survives', () => {
  test.each(garbage)('%s: it reads once more, then asks for everything, and misses no deletion', async (_what, spoil) => {
    let begun = 0;
    const resumed: string[] = [];
    await using bed = await clientBed(({ url }, response) => {
      const query = new URL(url, 'https://x').searchParams;
      if (query.get('sendInitialEvents') !== 'true') {
        resumed.push(query.get('resourceVersion') ?? '');
        begin(response, '\n');
        return spoil(response);
      }
      begun += 1;
      if (begun > 1) return begin(response, event('ADDED', configMap('b', '12')), initialEventsEnd('13'));
      begin(response, event('ADDED', configMap('a', '5')), initialEventsEnd('10'));
      spoil(response);
    });
    const clock = fakeClock();
    const stop = new AbortController();
    const errors: unknown[] = [];
    const informer = createInformer({ client: bed.client, resource: configMaps, clock, onError: (error) => errors.push(error) });
    const seen: string[] = [];
    informer.subscribe(({ kind, object }) => seen.push(`${kind} ${object.metadata.name}`));
    const running = informer.run(stop.signal);
    await expect
      .poll(() => clock.advance(500).then(() => seen), { timeout: 20_000, interval: 20 })
      .toEqual(['added a', 'deleted a', 'added b']);
    expect([begun, resumed]).toEqual([2, ['10']]);
    expect(errors).toEqual([expect.any(ProtocolError), expect.any(ProtocolError)]);
    stop.abort();
    await running;
  });
});
