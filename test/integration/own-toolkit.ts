import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startToolkit } from '@gotk/testkit';
import type { OwnCluster } from './own-controller.ts';
import type { Testbed } from './testbed.ts';

/** Both controllers for one test in a cluster of its own: they look at its namespace alone. `flags` are for the one that applies. */
export async function ownToolkit(
  { kubeconfigPath }: Pick<OwnCluster, 'kubeconfigPath'>,
  { namespace }: Testbed,
  flags: readonly string[],
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-own-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  stack.use(await startToolkit({ kubeconfigPath, namespace, directory, watchAllNamespaces: false, applierFlags: flags }));
  return stack.move();
}
