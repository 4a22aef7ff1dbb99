import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { checkInvariants } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { auditedRequests } from '../process/audit-log.ts';
import { createBed, startSubject } from '../subject.ts';
import { configMaps } from '../widget.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
    readonly auditLog: string;
  }
}

test('without faults the subject applies, updates, prunes, corrects drift and finalizes', async () => {
  await using subject = await startSubject({ kubeconfigPath: inject('kubeconfigPath') });
  const { client, namespace } = subject;
  await subject.createWidgets(5, { parts: 3 });
  await subject.converged({ timeoutMs: 15_000 });
  expect(await subject.configMaps()).toHaveLength(15);

  await subject.updateWidgets({ content: 'second', parts: 2 });
  await subject.converged({ timeoutMs: 15_000 });
  expect(await subject.configMaps()).toHaveLength(10);

  const signal = AbortSignal.timeout(10_000);
  const patch = { type: 'merge', body: { data: { content: 'somebody else' } } } as const;
  await client.patch(configMaps, { key: { namespace, name: 'web-0-0' }, patch }, { signal });
  await client.delete(configMaps, { namespace, name: 'web-1-0' }, { signal });
  await subject.converged({ timeoutMs: 15_000 });

  await subject.deleteWidgets();
  await expect.poll(() => subject.widgets(), { timeout: 15_000 }).toEqual([]);
  expect(await subject.configMaps()).toEqual([]);

  // A cluster that was lent has no audit log to read.
  const auditLog = inject('auditLog');
  if (auditLog === '') return;
  const requests = await auditedRequests(auditLog, { namespace, userAgent: 'widget-controller/' });
  expect(requests.filter(({ verb, resource }) => verb === 'apply' && resource === 'configmaps').length).toBeGreaterThanOrEqual(15 + 10 + 2);
  const mayDelete = ({ resource }: { readonly resource: string }) => resource === 'configmaps';
  expect(checkInvariants({ requests, runs: subject.runLog }, { user: 'admin', mayDelete })).toEqual([]);
});

test('the subject as a process of its own does the same, and ends with 0 at SIGTERM', async () => {
  await using bed = await createBed({ kubeconfigPath: inject('kubeconfigPath') });
  const main = fileURLToPath(new URL('../subject-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, JSON.stringify({ namespace: bed.namespace })], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, KUBECONFIG: inject('kubeconfigPath') },
  });
  try {
    const output = text(child.stdout);
    await bed.createWidgets(2);
    await bed.converged({ timeoutMs: 20_000 });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const lines = (await output).trim().split('\n');
    expect(lines).toContain('{"run":"web-0"}');
    expect(lines.at(-1)).toBe('{"ended":"stopped"}');
  } finally {
    child.kill('SIGKILL');
  }
});
