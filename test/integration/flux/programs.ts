import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, requireProgram, startToolkit } from '@gotk/testkit';
import { inject } from 'vitest';
import type { Testbed } from '../testbed.ts';

export type Whose = 'ours' | 'flux';

/** Controllers of one namespace, one pair at a time, ours or Flux's: as an operator exchanges their images. */
export interface Programs extends AsyncDisposable {
  /** Ends what runs, and starts these. The artifacts of before are gone, as they are with an emptyDir. */
  run(whose: Whose, flags?: readonly string[]): Promise<void>;
  /** Ends what runs. */
  stop(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** How often a Kustomization was looked at by what runs now. */
  looks(name: string): Promise<number>;
  log(): Promise<string>;
  /** Where what runs now logs to. */
  logFiles(): readonly { readonly name: string; readonly path: string }[];
}

interface Running {
  readonly directory: string;
  readonly controllers: Awaited<ReturnType<typeof startToolkit>>['controllers'];
}

const fluxPrograms = async () => ({
  'source-controller': await requireProgram('flux-source-controller'),
  'kustomize-controller': await requireProgram('flux-kustomize-controller'),
});

export async function programsOf({ namespace }: Pick<Testbed, 'namespace'>): Promise<Programs> {
  const storageAddress = `127.0.0.1:${await freePort()}`;
  let running: Running | undefined;

  const stop: Programs['stop'] = async (how = 'SIGTERM') => {
    const stopped = running;
    running = undefined;
    if (stopped === undefined) return;
    const ended = stopped.controllers.map(async (controller) => {
      if (how === 'SIGKILL') process.kill(controller.pid, 'SIGKILL');
      await controller.stop();
    });
    await Promise.all(ended);
    await rm(stopped.directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const applier = () => {
    const found = running?.controllers.find(({ name }) => name === 'kustomize-controller');
    if (found === undefined) throw new Error('no kustomize-controller runs');
    return found;
  };
  return {
    async run(whose, flags = []) {
      await stop();
      const directory = await mkdtemp(join(inject('directory'), `${whose}-`));
      const { controllers } = await startToolkit({
        kubeconfigPath: inject('controllersKubeconfigPath'),
        namespace,
        directory,
        watchAllNamespaces: false,
        storageAddress,
        programs: whose === 'flux' ? await fluxPrograms() : {},
        applierFlags: flags,
      });
      running = { directory, controllers };
    },
    stop,
    async looks(name) {
      const text = await (await fetch(applier().metricsUrl)).text();
      const line = text
        .split('\n')
        .find(
          (it) =>
            it.startsWith('gotk_reconcile_duration_seconds_count{') && it.includes('"Kustomization"') && it.includes(`name="${name}"`),
        );
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    log: () => readFile(applier().logFile, 'utf8'),
    logFiles: () => (running?.controllers ?? []).map(({ name, logFile }) => ({ name, path: logFile })),
    [Symbol.asyncDispose]: () => stop(),
  };
}
