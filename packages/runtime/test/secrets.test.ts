import { createServer } from 'node:http';
import { systemClock } from '@gotk/apimachinery';
import { createSecretMasks } from '@gotk/auth';
import { expect, test } from 'vitest';
import { Failed } from '../src/controller/outcome.ts';
import { createLogger } from '../src/log/pino-logger.ts';
import { createManager } from '../src/manager/create-manager.ts';
import { cluster } from './cluster.ts';
import type { Widget } from './widget.ts';

const events = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };
const secrets = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
// Nothing about it looks like a credential: only who has read the Secret can know.
const canary = 'violet-heron-under-cobblestones';

test('what a Secret that was read says is in no condition, event, post or log line, however it is written', async () => {
  await using bed = await cluster();
  const { client, namespace, signal, widgets } = bed;
  const posted: string[] = [];
  const lines: string[] = [];
  await using stack = new AsyncDisposableStack();
  const receiver = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => posted.push(text));
    request.on('end', () => response.writeHead(202).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  stack.defer(() => void receiver.close());
  await client.create(
    secrets,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace },
      data: { password: Buffer.from(canary).toString('base64') },
    },
    { signal },
  );
  await bed.createWidget('web');

  const masks = createSecretMasks();
  const log = createLogger({ level: 'debug', encoding: 'json', masks, destination: { write: (line: string) => void lines.push(line) } });
  const { port } = receiver.address() as { readonly port: number };
  const manager = createManager({
    name: 'widget-controller',
    instance: 'pod-1',
    client,
    clock: systemClock,
    log,
    masks,
    watchNamespace: namespace,
    eventsAddress: `http://127.0.0.1:${port}/`,
  });
  manager.add<Widget>({
    name: 'widget',
    resource: widgets,
    triggers: [],
    concurrency: 1,
    async reconcile(_widget, ctx) {
      const { data } = await manager.readSecret({ namespace, name: 'login' }, ctx);
      const password = Buffer.from(data?.password ?? '', 'base64').toString('utf8');
      const made = password.toUpperCase();
      manager.conceal(namespace, made);
      const said = `${password}, ${made}, ${encodeURIComponent(`${password}/x`)}, ${Buffer.from(`user:${password}`).toString('base64')}`;
      ctx.log.info(`logging in with ${said}`, { said });
      ctx.event({ severity: 'info', reason: 'Trying', message: `trying ${said}`, metadata: { said } });
      throw new Failed({ reason: 'AuthenticationFailed', message: `the server says that ${said} is wrong`, fields: { tried: 1 } });
    },
  });
  const stop = new AbortController();
  const running = manager.run(stop.signal);
  await expect.poll(async () => (await bed.widget('web'))?.status?.conditions?.length, { timeout: 15_000 }).toBeGreaterThan(0);
  await expect.poll(() => posted.length, { timeout: 15_000 }).toBeGreaterThan(1);
  stop.abort();
  await running;

  const widget = await bed.widget('web');
  expect(widget?.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', message: expect.stringMatching(/^the server says that \*{5}, .* is wrong$/) }),
  );
  const { items } = await client.list(events, { namespace, signal });
  expect(items.length).toBeGreaterThan(1);
  const everything = JSON.stringify([widget, items, posted, lines]);
  expect(everything).toContain('trying *****');
  expect(everything).toContain('logging in with *****');
  expect(everything).not.toMatch(/heron/i);
  expect(everything).not.toContain(Buffer.from(`user:${canary}`).toString('base64').slice(8, -4));
});
