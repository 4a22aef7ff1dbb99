// `make demo`: the whole vertical, narrated. With --cluster: on the cluster of $KUBECONFIG, in a namespace of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { systemClock } from '@gotk/apimachinery';
import { createInformerSet, createKubeClient } from '@gotk/kube';
import { ensureNamespace, lentCluster, NoControlPlane, startGitServer, startToolkit } from '@gotk/testkit';
import { lentStage, ownStage } from './ground.ts';
import { createNarrator, renderElapsed } from './narrator.ts';
import { play } from './scenario.ts';

const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

const { values } = parseArgs({ options: { cluster: { type: 'boolean', default: false } } });
const narrator = createNarrator(process.stdout);
const started = performance.now();

async function demo(): Promise<void> {
  const lent = values.cluster ? process.env.KUBECONFIG : lentCluster(process.env);
  const onLent = values.cluster || lent !== undefined;
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-demo-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  narrator.title('The GitOps Toolkit: a commit goes live, and stays true');

  const ground = stack.use(await (onLent ? lentStage(lent) : ownStage()));
  narrator.step('ready', ground.description, ground.readyMs);
  const stop = new AbortController();
  const client = createKubeClient({ connection: ground.connection, userAgent: 'demo', qps: 500, burst: 500 });
  stack.defer(() => client.close());
  stack.defer(() => stop.abort());
  const { signal } = stop;
  const namespace = `demo-${process.pid}`;
  await ensureNamespace(client, namespace, signal);
  if (onLent)
    stack.defer(
      async () => void (await client.delete(namespaces, { namespace: '', name: namespace }, { signal: AbortSignal.timeout(30_000) })),
    );

  const git = stack.use(await startGitServer());
  const repository = await git.createRepository('demo');
  const toolkit = stack.use(
    await startToolkit({ kubeconfigPath: ground.kubeconfigPath, namespace, directory, watchAllNamespaces: !onLent }),
  );
  for (const { name, readyMs } of toolkit.controllers) narrator.step('ready', name, readyMs);

  const informers = stack.use(createInformerSet({ client, clock: systemClock }));
  await play({
    client,
    namespace,
    repositoryUrl: repository.url,
    commit: (message, files) => repository.commit(message, files),
    informer: <T extends KubeObject>(resource: Resource<T>) => informers.hold(resource, { namespace }).informer,
    narrator,
    signal,
  });
  narrator.chapter('Cleaning up');
}

try {
  await demo();
  narrator.step('done', 'nothing is left running', performance.now() - started);
} catch (error) {
  if (error instanceof NoControlPlane) console.error(error.message);
  else console.error(`\nThe demo failed after ${renderElapsed(performance.now() - started)}:`, error);
  process.exitCode = 1;
}
