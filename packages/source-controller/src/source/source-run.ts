import type { Artifact } from '@gotk/api';
import { type Condition, deadlineSignal, type KubeObject, parseDuration } from '@gotk/apimachinery';
import type { ArtifactOwner, Scratch, Storage } from '@gotk/artifact';
import type { ConditionUpdate, Ready, ReconcileContext } from '@gotk/runtime';
import type { Asker } from './flights.ts';
import { runStage, type StagePolicy } from './stage.ts';

/** What the objects of all kinds that make artifacts have in common. */
export interface SourceObject extends KubeObject {
  readonly spec: { readonly interval?: string; readonly timeout?: string };
  readonly status?: { readonly artifact?: Artifact; readonly conditions?: readonly Condition[] };
}

/** A finished file, not yet where consumers look for it. */
export interface Draft {
  /** Where it lies: within the scratch directory. */
  readonly file: string;
  /** `sha256:<hex>` of the file. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** What the source says about its content. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Told where it was stored in the end. */
  readonly onStored?: (path: string) => void;
}

export interface NewArtifact {
  readonly revision: string;
  /** Name of the file: what names the content, so that another content never takes its place under a consumer's hands. */
  readonly file: string;
  /** Name of the link that always leads to the newest; `latest.tar.gz` unless told. */
  readonly latest?: string;
  /** What the condition ArtifactOutdated says meanwhile; `NewRevision`, and the revision, unless told. */
  readonly outdated?: { readonly reason: string; readonly message: string };
  /** Makes the file; stages of its own go around what can fail. */
  readonly draft: (scratch: Scratch) => Promise<Draft>;
}

/** One reconciliation of a source: its deadline, its stages, its artifact. */
export interface SourceRun<Stage extends string> extends Disposable {
  readonly owner: ArtifactOwner;
  /** Aborts with the object's run, and when `spec.timeout` is over. */
  readonly signal: AbortSignal;
  /** What this run asks, and may share with others: fresh since it was woken. A look at the interval is content with what was learnt a moment ago. */
  readonly asker: Asker;
  /** Does a part of the work, as a phase in the traces; what it throws becomes a failure as the stage's policy says. */
  within<T>(stage: Stage | 'store', work: () => Promise<T>): Promise<T>;
  /**
   * The artifact in the status if nothing has to be made anew: it is of this revision, `unchanged` says that what else goes into it is as it was, and it is on disk as it was written.
   */
  current(revision: string, unchanged: boolean): Promise<Artifact | undefined>;
  /** Stores a new artifact. From now on, until that is done, failures say that the present one is outdated. */
  store(artifact: NewArtifact): Promise<Artifact>;
  /** The artifact is what it should be: removes what retention no longer covers, and reports news. */
  ready(done: Done): Promise<Ready>;
}

export interface Done {
  readonly artifact: Artifact;
  /** `stored artifact for …`. */
  readonly message: string;
  /** What the event of a new artifact says; the message unless told. */
  readonly news?: string;
  /** How the artifact was come by, for the kind that tells; `Succeeded` unless told. */
  readonly reason?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly conditions?: readonly ConditionUpdate[];
}

export interface SourceRunOptions<Stage extends string> {
  readonly storage: Storage;
  /** Digest algorithm of new artifacts. */
  readonly algorithm: string;
  readonly stages: Readonly<Record<Stage, StagePolicy>>;
}

const DEFAULT_TIMEOUT = '60s';
/** Of the interval, which is jittered by as much to either side. */
const SLACK = 0.1;
const LONGEST_SLACK_MS = 30_000;
const STORE: StagePolicy = {
  condition: 'StorageOperationFailed',
  reason: () => 'ArchiveOperationFailed',
  attempt: 'failed to store the artifact',
};

/** Starts a reconciliation; disposing ends its deadline. */
export function sourceRun<Stage extends string>(
  object: SourceObject,
  ctx: ReconcileContext,
  { storage, algorithm, stages }: SourceRunOptions<Stage>,
): SourceRun<Stage> {
  const { spec, status, metadata } = object;
  const owner = { kind: object.kind, namespace: metadata.namespace ?? '', name: metadata.name };
  const deadline = deadlineSignal({ timeoutMs: parseDuration(spec.timeout ?? DEFAULT_TIMEOUT), clock: ctx.clock, parents: [ctx.signal] });
  const { signal } = deadline;
  const present = status?.artifact;
  let outdated: readonly ConditionUpdate[] = [];

  const within = <T>(stage: Stage | 'store', work: () => Promise<T>): Promise<T> => {
    const policy: StagePolicy = stage === 'store' ? STORE : stages[stage];
    return runStage(policy, { signal, conditions: () => outdated, storage: STORE }, () => ctx.span.run(stage, work));
  };

  return {
    owner,
    signal,
    asker: { signal, sinceMs: ctx.woken.atMs - (ctx.woken.priority === 'background' ? slackOf(spec.interval) : 0) },
    within,
    async current(revision, unchanged) {
      if (present === undefined || !unchanged || present.revision !== revision) return undefined;
      if (present.url !== storage.urlOf(present.path) || !present.digest.startsWith(`${algorithm}:`)) return undefined;
      return (await within('store', () => storage.holds(present))) ? present : undefined;
    },
    async store({ revision, file, latest, outdated: news = { reason: 'NewRevision', message: `new revision '${revision}'` }, draft }) {
      const { reason, message } = news;
      if (present !== undefined && present.revision !== revision)
        outdated = [{ type: 'ArtifactOutdated', status: 'True', reason, message }];
      ctx.progress(`building artifact: ${message}`);
      await using scratch = await within('store', () => storage.scratch());
      const { file: made, digest, size, metadata: annotations, onStored } = await draft(scratch);
      const path = storage.pathOf(owner, file);
      await within('store', () => storage.commit(made, path, latest));
      onStored?.(path);
      outdated = [];
      const lastUpdateTime = `${new Date(ctx.clock.now()).toISOString().slice(0, 19)}Z`;
      const about = annotations === undefined || Object.keys(annotations).length === 0 ? {} : { metadata: annotations };
      return { path, url: storage.urlOf(path), revision, digest, lastUpdateTime, size, ...about };
    },
    async ready({ artifact, message, news = message, reason, fields = {}, conditions = [] }) {
      const garbage = await within('store', () => storage.collectGarbage(artifact.path));
      if (garbage.length > 0)
        ctx.event({ severity: 'trace', reason: 'GarbageCollectionSucceeded', message: `garbage collected ${garbage.length} artifacts` });
      const about = { revision: artifact.revision, digest: artifact.digest };
      if (present?.digest !== artifact.digest)
        ctx.event({ severity: 'info', reason: reason ?? 'NewArtifact', message: news, metadata: about });
      else if (hadFailed(object)) ctx.event({ severity: 'info', reason: reason ?? 'Succeeded', message: news, metadata: about });
      return {
        reason: reason ?? 'Succeeded',
        message,
        conditions: [{ type: 'ArtifactInStorage', status: 'True', reason: reason ?? 'Succeeded', message }, ...conditions],
        fields: { artifact, ...fields },
        ...(spec.interval === undefined ? {} : { againMs: parseDuration(spec.interval) }),
      };
    },
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  };
}

/** What objects of one interval may lie apart, so that looks at one repository come together. */
const slackOf = (interval: string | undefined): number =>
  interval === undefined ? 0 : Math.min(parseDuration(interval) * SLACK, LONGEST_SLACK_MS);

const FAILURES: ReadonlySet<string> = new Set(['FetchFailed', 'StorageOperationFailed', 'IncludeUnavailable', 'BuildFailed']);

const hadFailed = ({ status }: SourceObject): boolean =>
  status?.conditions?.some(({ type, status: value }) => FAILURES.has(type) && value === 'True') === true;
