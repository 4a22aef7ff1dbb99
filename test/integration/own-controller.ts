import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ControllerProcess, freePort, installCrds, startControllerProcess, startControlPlane } from '@gotk/testkit';
import { afterAll, beforeAll } from 'vitest';
import { type Testbed, testbed } from './testbed.ts';

/** A cluster that nobody else's controllers look at. */
export interface OwnCluster {
  readonly kubeconfigPath: string;
  /** What everybody has asked of it, if that is written down. */
  readonly auditLog: string;
  testbed(): Promise<Testbed>;
}

/** On a busy machine it takes as long as it takes. */
const START_TIMEOUT_MS = 180_000;

/** For the top of a test file: the cluster is there for its tests, and goes with them. It knows our kinds unless told. */
export function ownCluster({ crds = true, audited = false }: { readonly crds?: boolean; readonly audited?: boolean } = {}): OwnCluster {
  let plane: Awaited<ReturnType<typeof startControlPlane>> | undefined;
  const running = () => {
    if (plane === undefined) throw new Error('the cluster is for tests');
    return plane;
  };
  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: false, ...(audited ? { audit: 'everybody' } : {}) });
    if (!crds) return;
    await using bed = await testbed(plane);
    await installCrds(bed.client, bed.signal);
  }, START_TIMEOUT_MS);
  afterAll(() => plane?.[Symbol.asyncDispose]());
  return {
    get kubeconfigPath() {
      return running().kubeconfigPath;
    },
    get auditLog() {
      return running().auditLog ?? '';
    },
    testbed: () => testbed(running()),
  };
}

export interface OwnController extends AsyncDisposable {
  /** What it stores in. */
  readonly data: string;
  readonly logFile: string;
  /** source-controllers that look at the test's namespace alone unless told, one after the other or side by side: on one volume, and on one port unless flags say otherwise. */
  start(options?: OwnControllerOptions): Promise<ControllerProcess>;
}

export interface OwnControllerOptions {
  readonly flags?: readonly string[];
  readonly launcher?: readonly [string, ...string[]];
  /** Whether it may connect to this machine, where all servers of tests are; true unless told. */
  readonly allowLocalAddresses?: boolean;
  /** Whether it looks at all of them; false unless told. */
  readonly allNamespaces?: boolean;
}

export async function ownController(
  { kubeconfigPath }: Pick<OwnCluster, 'kubeconfigPath'>,
  { namespace }: Testbed,
): Promise<OwnController> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-own-'));
  const [data, logFile] = [join(directory, 'data'), join(directory, 'log')];
  await mkdir(data);
  const address = `127.0.0.1:${await freePort()}`;
  return {
    data,
    logFile,
    start: ({ flags = [], launcher, allowLocalAddresses = true, allNamespaces = false } = {}) =>
      startControllerProcess({
        name: 'source-controller',
        bundle: fileURLToPath(new URL('../../packages/source-controller/dist/main.js', import.meta.url)),
        kubeconfig: kubeconfigPath,
        namespace,
        logFile,
        flags: [
          ...(allNamespaces ? [] : ['--watch-all-namespaces=false']),
          ...(allowLocalAddresses ? ['--allow-local-addresses'] : []),
          `--storage-path=${data}`,
          `--storage-addr=${address}`,
          `--storage-adv-addr=${address}`,
          ...flags,
        ],
        ...(launcher === undefined ? {} : { launcher }),
      }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}
