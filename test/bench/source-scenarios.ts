import { type GitRepository, gitRepositories } from '@gotk/api';
import { type Resource, systemClock } from '@gotk/apimachinery';
import { createInformer, type KubeClient } from '@gotk/kube';
import { ensureNamespace, type GitServer } from '@gotk/testkit';
import { fillRepository, SHAPES } from './git-repositories.ts';
import { type Meter, measure } from './measure.ts';
import type { SourceRow } from './source-table.ts';

/** What the scenarios need from whoever set the table. */
export interface SourceSeat {
  readonly client: KubeClient;
  readonly git: GitServer;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

const NAMESPACE = 'bench';
const MANAGER = 'bench';
/** Without a process of their own in between: what `bench-git` measures on its own, as users have it. */
const LARGE = ['3,000 files, 500 commits', '20,000 files'] as const satisfies readonly (keyof typeof SHAPES)[];

/** Each phase builds on those before. */
export async function* runSourceScenarios(seat: SourceSeat, { count }: { readonly count: number }): AsyncGenerator<SourceRow> {
  await ensureNamespace(seat.client, NAMESPACE, seat.signal);
  await using sources = await watchSources(seat);
  const small = { 'app/deployment.yaml': 'kind: Deployment\n', 'app/service.yaml': 'kind: Service\n' };
  const numbers = Array.from({ length: count }, (_, index) => index);

  const repositories = await Promise.all(numbers.map((index) => seat.git.createRepository(`many-${index}`)));
  for (const [index, repository] of repositories.entries()) await repository.commit('first', { ...small, 'n.yaml': `n: ${index}\n` });
  const many = numbers.map((index) => `many-${index}`);
  yield await phase(seat, { name: `${count} repositories of one server`, count }, async () => {
    await Promise.all(repositories.map(({ url }, index) => apply(seat, `many-${index}`, url)));
    await Promise.all(many.map((name) => sources.until(name, isReady)));
  });
  yield await phase(seat, { name: 'a look at each, nothing new', count }, () => lookAtAll(seat, sources, many));

  const shared = await seat.git.createRepository('shared');
  await shared.commit('first', small);
  const same = numbers.map((index) => `same-${index}`);
  yield await phase(seat, { name: `${count} objects of one repository`, count }, async () => {
    await Promise.all(same.map((name) => apply(seat, name, shared.url)));
    await Promise.all(same.map((name) => sources.until(name, isReady)));
  });
  const commit = await shared.commit('second', { 'n.yaml': 'n: 2\n' });
  yield await phase(seat, { name: 'a commit to it, all told', count }, async () => {
    await Promise.all(same.map((name) => request(seat, name)));
    await Promise.all(same.map((name) => sources.until(name, (it) => it.status?.artifact?.revision === `main@sha1:${commit}`)));
  });

  for (const name of LARGE) {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const repository = await seat.git.createRepository(slug);
    await fillRepository(repository.directory, SHAPES[name]);
    yield await phase(seat, { name: `a repository of ${name}`, count: 1 }, async () => {
      await apply(seat, slug, repository.url);
      await sources.until(slug, isReady);
    });
  }
}

async function phase(
  seat: SourceSeat,
  what: { readonly name: string; readonly count: number },
  work: () => Promise<void>,
): Promise<SourceRow> {
  const before = seat.git.requests.length;
  const row = await measure(seat.meter, what, async () => {
    await work();
    return undefined;
  });
  return { ...row, serverRequests: seat.git.requests.length - before };
}

const isReady = ({ status }: GitRepository): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;

async function apply({ client, signal }: SourceSeat, name: string, url: string): Promise<void> {
  const object = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { namespace: NAMESPACE, name },
    spec: { interval: '10m', url, ref: { branch: 'main' }, timeout: '5m' },
  };
  await client.apply(gitRepositories as unknown as Resource, object, { fieldManager: MANAGER, force: true, signal });
}

async function request({ client, signal }: SourceSeat, name: string): Promise<string> {
  const token = `${name}-${systemClock.now()}`;
  const body = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } };
  await client.patch(
    gitRepositories as unknown as Resource,
    { key: { namespace: NAMESPACE, name }, patch: { type: 'merge', body } },
    { fieldManager: MANAGER, signal },
  );
  return token;
}

async function lookAtAll(seat: SourceSeat, sources: Sources, names: readonly string[]): Promise<void> {
  const tokens = await Promise.all(names.map((name) => request(seat, name)));
  await Promise.all(names.map((name, index) => sources.until(name, (it) => it.status?.lastHandledReconcileAt === tokens[index])));
}

interface Sources extends AsyncDisposable {
  until(name: string, predicate: (object: GitRepository) => boolean): Promise<void>;
}

/** One watch for all: the measuring must not be what is measured. */
async function watchSources({ client, signal }: SourceSeat): Promise<Sources> {
  const stop = new AbortController();
  const informer = createInformer({ client, resource: gitRepositories, clock: systemClock });
  const running = informer.run(AbortSignal.any([signal, stop.signal]));
  await informer.whenSynced(signal);
  return {
    async until(name, predicate) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        const object = informer.get({ namespace: NAMESPACE, name });
        if (object !== undefined && predicate(object)) resolve();
      };
      using _subscription = informer.subscribe(look);
      look();
      await promise;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
