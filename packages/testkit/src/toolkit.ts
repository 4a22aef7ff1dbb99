import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ControllerProcess, startControllerProcess } from './controller-process.ts';
import { freePort } from './free-port.ts';

export interface ToolkitOptions {
  readonly kubeconfigPath: string;
  /** Where the controllers keep their own things; and all that they look at, unless they watch every namespace. */
  readonly namespace: string;
  /** Receives logs, artifacts and temporary files. */
  readonly directory: string;
  readonly watchAllNamespaces?: boolean;
  readonly flags?: readonly string[];
  /** By name, programs of somebody else to start in place of our bundles; they get the flags that upstream has too. */
  readonly programs?: Readonly<Record<string, string>>;
  /** For the kustomize-controller alone. */
  readonly applierFlags?: readonly string[];
  /** What starts the kustomize-controller: see `ControllerProcessOptions`. */
  readonly applierLauncher?: readonly [string, ...string[]];
  /** Where artifacts are served, as `host:port`; default: a free port of loopback. */
  readonly storageAddress?: string;
  /** Let the processes outlive this one. */
  readonly detached?: boolean;
}

/** Both controllers, as processes. */
export interface Toolkit extends AsyncDisposable {
  readonly controllers: readonly ControllerProcess[];
}

const bundleOf = (name: string): string => fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));

/** Starts the controllers and resolves when they are ready. Throws with the end of the log of one that is not. */
export async function startToolkit(options: ToolkitOptions): Promise<Toolkit> {
  const {
    directory,
    kubeconfigPath,
    namespace,
    watchAllNamespaces = true,
    flags = [],
    applierFlags = [],
    applierLauncher,
    detached = false,
  } = options;
  const programs = new Map(Object.entries(options.programs ?? {}));
  const storage = options.storageAddress ?? `127.0.0.1:${await freePort()}`;
  await mkdir(join(directory, 'data'), { recursive: true });
  const own: Readonly<Record<string, readonly string[]>> = {
    'source-controller': [`--storage-path=${join(directory, 'data')}`, `--storage-addr=${storage}`, `--storage-adv-addr=${storage}`],
    'kustomize-controller': applierFlags,
  };
  const controllers: ControllerProcess[] = [];
  const stop = async () => {
    await Promise.all(controllers.map((controller) => controller.stop()));
  };
  try {
    for (const [name, ownFlags] of Object.entries(own)) {
      controllers.push(
        await startControllerProcess({
          name,
          bundle: bundleOf(name),
          program: programs.get(name),
          kubeconfig: kubeconfigPath,
          namespace,
          logFile: join(directory, `${name}.log`),
          temporaryDirectory: directory,
          flags: [
            `--watch-all-namespaces=${watchAllNamespaces}`,
            // Upstream goes where it is told to; ours has to be allowed to stay on this machine.
            ...(programs.has(name) ? [] : ['--allow-local-addresses']),
            ...ownFlags,
            ...flags,
          ],
          detached,
          ...(applierLauncher === undefined || name !== 'kustomize-controller' ? {} : { launcher: applierLauncher }),
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { controllers, [Symbol.asyncDispose]: stop };
}
