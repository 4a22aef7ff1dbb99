// Reconciles a second of a reconciler that does nothing, over many objects of a real API server: what the runtime itself costs.
//
//   node test/bench/reconciles-main.ts [--n 5000] [--concurrent 4] [--passes 5] [--json]
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { createKubeClient, type KubeClient } from '@gotk/kube';
import { customResourceDefinitions, ensureNamespace, eventually, NoControlPlane, startControlPlane } from '@gotk/testkit';
import { processUsage } from './process-usage.ts';
import type { Answer, Question } from './reconciles-subject.ts';

const NAMESPACE = 'reconciles';
const thing: Resource<KubeObject> = { group: 'bench.example.dev', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '5000' },
    concurrent: { type: 'string', default: '4' },
    passes: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const [count, concurrency, passes] = [Number(values.n), Number(values.concurrent), Number(values.passes)];

interface Row {
  readonly pass: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuMicrosecondsEach: number;
  readonly requests: number;
  readonly rssMiB: number;
}

function definition(): Unstructured {
  const any = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: any, status: any } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${thing.plural}.${thing.group}` },
    spec: {
      group: thing.group,
      scope: 'Namespaced',
      names: { kind: thing.kind, plural: thing.plural },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

const WRITERS = 50;

async function createThings(client: KubeClient): Promise<void> {
  const signal = new AbortController().signal;
  let next = 0;
  const write = async () => {
    for (let index = next++; index < count; index = next++) {
      const object = {
        apiVersion: 'bench.example.dev/v1',
        kind: 'Thing',
        metadata: { name: `thing-${index}`, namespace: NAMESPACE },
        spec: { index },
      };
      await client.create(thing as Resource, object, { signal });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

async function ask(child: ChildProcess, question: Question): Promise<Row> {
  const pid = child.pid ?? -1;
  const before = await processUsage(pid);
  child.send(question);
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the controller ended with ${code}`))),
  ])) as [Answer];
  const after = await processUsage(pid);
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    pass: question.pass,
    seconds: answer.tookMs / 1_000,
    perSecond: (count / answer.tookMs) * 1_000,
    cpuMicrosecondsEach: (cpuSeconds / count) * 1e6,
    requests: answer.requests,
    rssMiB: after.rssMiB,
  };
}

async function bench(): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const controlPlane = stack.use(await startControlPlane({ controllerManager: false }));
  const client = createKubeClient({ connection: controlPlane.connection, userAgent: 'bench', qps: 5_000, burst: 5_000 });
  stack.defer(() => client.close());
  const signal = AbortSignal.timeout(60_000);
  await client.apply(customResourceDefinitions, definition(), { fieldManager: 'bench', force: true, signal });
  await ensureNamespace(client, NAMESPACE, signal);
  await eventually(() => client.list(thing, { signal, limit: 1 }));
  await createThings(client);

  const child = fork(fileURLToPath(new URL('reconciles-subject.ts', import.meta.url)), { execArgv: ['--max-semi-space-size=4'] });
  stack.defer(() => void child.kill('SIGKILL'));
  const { kubeconfigPath } = controlPlane;
  const setting = { kubeconfigPath, namespace: NAMESPACE, resource: thing, count, concurrency };
  const rows = [await ask(child, { pass: 'first', setting })];
  for (let pass = 0; pass < passes; pass++) rows.push(await ask(child, { pass: 'again' }));
  return rows;
}

const COLUMNS = ['pass', 'seconds', 'reconciles/s', 'CPU us each', 'requests', 'RSS MiB'] as const;

/** Markdown, as the other benches print. */
function renderTable(rows: readonly Row[]): string {
  const lines = rows.map(({ pass, seconds, perSecond, cpuMicrosecondsEach, requests, rssMiB }) => [
    pass === 'first' ? 'first (finalizer and status are written)' : 'again (nothing to write)',
    seconds.toFixed(3),
    perSecond.toFixed(0),
    cpuMicrosecondsEach.toFixed(0),
    String(requests),
    rssMiB.toFixed(0),
  ]);
  return [COLUMNS, COLUMNS.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

try {
  const rows = await bench();
  console.log(values.json ? JSON.stringify({ objects: count, concurrency, rows }, null, 2) : renderTable(rows));
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
}
