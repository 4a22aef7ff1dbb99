import { gitRepositories, helmCharts, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { ensureNamespace, type GitServer } from '@gotk/testkit';
import { fillRepository, SHAPES } from './git-repositories.ts';
import { chartName } from './helm-index.ts';
import { startExampleRepository } from './helm-server.ts';
import { measure } from './measure.ts';
import { isReady, NAMESPACE, type SourceSeat, watchSources } from './source-seat.ts';
import type { SourceRow } from './source-table.ts';

/** Without a process of their own in between: what `git-clone-main.ts` measures on its own, as users have it. */
const LARGE = ['3,000 files, 500 commits', '20,000 files'] as const satisfies readonly (keyof typeof SHAPES)[];
/** Some 30 MiB. */
const CHARTS = 450;

/** Each phase builds on those before. */
export async function* runSourceScenarios(seat: SourceSeat, { count }: { readonly count: number }): AsyncGenerator<SourceRow> {
  await ensureNamespace(seat.client, NAMESPACE, seat.signal);
  const numbers = Array.from({ length: count }, (_, index) => index);
  yield* manyRepositories(seat, numbers);
  yield* oneRepositoryOfMany(seat, numbers);
  yield* largeRepositories(seat);
  yield* largeIndex(seat, numbers);
}

const SMALL = { 'app/deployment.yaml': 'kind: Deployment\n', 'app/service.yaml': 'kind: Service\n' };

async function* manyRepositories(seat: SourceSeat, numbers: readonly number[]): AsyncGenerator<SourceRow> {
  const count = numbers.length;
  const names = numbers.map((index) => `many-${index}`);
  const repositories = await Promise.all(names.map((name) => seat.git.createRepository(name)));
  for (const [index, repository] of repositories.entries()) await repository.commit('first', { ...SMALL, 'n.yaml': `n: ${index}\n` });
  await using watch = await watchSources(seat, gitRepositories);

  yield await phase(seat, { name: `${count} repositories of one server`, count, server: asked(seat.git) }, async () => {
    await Promise.all(repositories.map(({ url }, index) => applyRepository(seat, `many-${index}`, url)));
    await Promise.all(names.map((name) => watch.until(name, isReady)));
  });
  yield await phase(seat, { name: 'a look at each, nothing new', count, server: asked(seat.git) }, async () => {
    const tokens = await Promise.all(names.map((name) => seat.request(gitRepositories, name)));
    await Promise.all(names.map((name, index) => watch.until(name, (it) => it.status?.lastHandledReconcileAt === tokens[index])));
  });
}

async function* oneRepositoryOfMany(seat: SourceSeat, numbers: readonly number[]): AsyncGenerator<SourceRow> {
  const count = numbers.length;
  const names = numbers.map((index) => `same-${index}`);
  const repository = await seat.git.createRepository('shared');
  await repository.commit('first', SMALL);
  await using watch = await watchSources(seat, gitRepositories);

  yield await phase(seat, { name: `${count} objects of one repository`, count, server: asked(seat.git) }, async () => {
    await Promise.all(names.map((name) => applyRepository(seat, name, repository.url)));
    await Promise.all(names.map((name) => watch.until(name, isReady)));
  });
  const revision = `main@sha1:${await repository.commit('second', { 'n.yaml': 'n: 2\n' })}`;
  yield await phase(seat, { name: 'a commit to it, all told', count, server: asked(seat.git) }, async () => {
    await Promise.all(names.map((name) => seat.request(gitRepositories, name)));
    await Promise.all(names.map((name) => watch.until(name, (it) => it.status?.artifact?.revision === revision)));
  });
}

async function* largeRepositories(seat: SourceSeat): AsyncGenerator<SourceRow> {
  await using watch = await watchSources(seat, gitRepositories);
  for (const name of LARGE) {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const repository = await seat.git.createRepository(slug);
    await fillRepository(repository.directory, SHAPES[name]);
    yield await phase(seat, { name: `a repository of ${name}`, count: 1, server: asked(seat.git) }, async () => {
      await applyRepository(seat, slug, repository.url);
      await watch.until(slug, isReady);
    });
  }
}

async function* largeIndex(seat: SourceSeat, numbers: readonly number[]): AsyncGenerator<SourceRow> {
  const count = numbers.length;
  await using server = await startExampleRepository({ charts: Math.max(CHARTS, count), fetchable: count });
  const mebibytes = (server.indexBytes / 1024 / 1024).toFixed(0);
  await using repositories = await watchSources(seat, helmRepositories);
  yield await phase(seat, { name: `a Helm index of ${mebibytes} MiB`, count: 1, server: server.requests }, async () => {
    await seat.apply(helmRepositories as unknown as Resource, 'charts', { url: server.url, interval: '10m', timeout: '5m' });
    await repositories.until('charts', isReady);
  });
  await using charts = await watchSources(seat, helmCharts);
  yield await phase(seat, { name: `${count} charts of it`, count, server: server.requests }, async () => {
    const sourceRef = { kind: 'HelmRepository', name: 'charts' };
    const names = numbers.map(chartName);
    await Promise.all(
      names.map((chart) => seat.apply(helmCharts as unknown as Resource, chart, { chart, version: '1.x', interval: '10m', sourceRef })),
    );
    await Promise.all(names.map((name) => charts.until(name, isReady)));
  });
}

const asked = (git: GitServer) => () => git.requests.length;

const applyRepository = (seat: SourceSeat, name: string, url: string): Promise<void> =>
  seat.apply(gitRepositories as unknown as Resource, name, { interval: '10m', url, ref: { branch: 'main' }, timeout: '5m' });

interface Phase {
  readonly name: string;
  readonly count: number;
  /** How often the servers that sources come from were asked so far. */
  readonly server: () => number;
}

async function phase({ meter }: SourceSeat, { server, ...what }: Phase, work: () => Promise<void>): Promise<SourceRow> {
  const before = server();
  const row = await measure(meter, what, async () => {
    await work();
    return undefined;
  });
  return { ...row, serverRequests: server() - before };
}
