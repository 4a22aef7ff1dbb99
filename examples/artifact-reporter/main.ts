import { tmpdir } from 'node:os';
import { createTreeCache, unpack } from '@gotk/artifact';
import { type Program, runMain } from '@gotk/runtime';
import { artifactReporter } from './controller.ts';

const MIB = 1024 * 1024;
const flags = {} as const;

const program: Program<typeof flags> = {
  name: 'artifact-reporter',
  version: '1.0.0',
  flags,
  async setup(manager, _values, { variables }) {
    const trees = await createTreeCache({
      root: tmpdir(),
      clock: manager.clock,
      retries: 9,
      maxBytes: 256 * MIB,
      idleBytes: 256 * MIB,
      idleMs: 60_000,
      hostOverride: () => variables.SOURCE_CONTROLLER_LOCALHOST,
      // Files that are not one's own belong into a worker pool; see docs/runtime.md.
      unpack: (archive, directory) => unpack(archive, directory),
    });
    manager.add(artifactReporter(manager, trees));
  },
};

process.exit(await runMain(program, process));
