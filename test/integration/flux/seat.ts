import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestRepository } from '@gotk/testkit';
import { inject } from 'vitest';
import { type Testbed, testbed } from '../testbed.ts';
import { type Estate, estate, settle } from './estate.ts';
import { fluxCli } from './flux-cli.ts';
import { type Programs, programsOf, type Whose } from './programs.ts';
import { untilAllReady } from './stock.ts';

export interface Seat extends AsyncDisposable {
  readonly bed: Testbed;
  readonly programs: Programs;
  readonly set: Estate;
  readonly repository: TestRepository;
  readonly commit: string;
  /** A checkout of the repository. */
  readonly work: string;
  readonly flux: ReturnType<typeof fluxCli>;
}

/** A namespace in which everything is ready. */
export async function seat(whose: Whose = 'ours'): Promise<Seat> {
  await using stack = new AsyncDisposableStack();
  const bed = stack.use(await testbed());
  const programs = stack.use(await programsOf(bed));
  const set = await estate(bed);
  const repository = await settle(bed, set);
  const commit = await repository.git('rev-parse', 'HEAD');
  await programs.run(whose, ['--requeue-dependency=1s']);
  await untilAllReady(bed, Object.keys(set.kustomizations), commit);
  const work = await mkdtemp(join(inject('directory'), 'work-'));
  await repository.git('clone', '--quiet', repository.directory, work);
  const kept = stack.move();
  return { bed, programs, set, repository, commit, work, flux: fluxCli(bed), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const cells = (line: string): readonly string[] => line.split('\t').map((cell) => cell.trim());

/** A table as `flux` prints it. */
export const rows = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(cells);
