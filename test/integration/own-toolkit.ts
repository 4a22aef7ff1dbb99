import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControllerProcess, startToolkit, type ToolkitOptions } from '@gotk/testkit';
import type { OwnCluster } from './own-controller.ts';
import type { Testbed } from './testbed.ts';

export interface OwnToolkit extends AsyncDisposable {
  /** Holds logs, artifacts, and what was unpacked of them. */
  readonly directory: string;
  /** The one that applies. */
  readonly applier: ControllerProcess;
}

/** Both controllers for one test in a cluster of its own: they look at its namespace alone. `flags` are for the one that applies. */
export const ownToolkit = (
  cluster: Pick<OwnCluster, 'kubeconfigPath'>,
  { namespace }: Testbed,
  flags: readonly string[],
): Promise<OwnToolkit> => startOwnToolkit(cluster, { namespace, watchAllNamespaces: false, applierFlags: flags });

/** The same, as it is asked for. */
export async function startOwnToolkit(
  { kubeconfigPath }: Pick<OwnCluster, 'kubeconfigPath'>,
  options: Omit<ToolkitOptions, 'kubeconfigPath' | 'directory'>,
): Promise<OwnToolkit> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-own-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const { controllers } = stack.use(await startToolkit({ kubeconfigPath, directory, ...options }));
  const applier = controllers.find(({ name }) => name === 'kustomize-controller');
  if (applier === undefined) throw new Error('there is no kustomize-controller');
  const owned = stack.move();
  return { directory, applier, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Ends a controller: its exit code, and whether its log tells of an error or a promise that nobody looked after. */
export async function endOf({ logFile, stop }: ControllerProcess): Promise<{ readonly code: number; readonly hasStrayErrors: boolean }> {
  const code = await stop();
  return { code, hasStrayErrors: /unhandled|uncaught/i.test(await readFile(logFile, 'utf8')) };
}
