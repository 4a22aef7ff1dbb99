import { ConditionType, type GitRepository, gitRepositories, Reason } from '@gotk/api';
import { keyOf, parseDuration } from '@gotk/apimachinery';
import { artifactWatch, type ConditionUpdate, type Controller, type Manager, Stalled, sourceId, Waiting, watches } from '@gotk/runtime';
import type { Included } from './content.ts';
import { cycleThrough, includedBy } from './include-cycle.ts';

/** What `spec.include` needs of the runtime: an index and a watch, so that a new artifact of an included repository wakes those that include it, and nobody asks again and again. */
export interface Includes {
  readonly indexes: NonNullable<Controller<GitRepository>['indexes']>;
  readonly triggers: Controller<GitRepository>['triggers'];
  /** Throws `Waiting` for the first repository that is not there or has no artifact yet, `Stalled` when it includes itself, be it by way of others. */
  available(repository: GitRepository): readonly Included[];
}

const INDEX = 'include';

export function includesOf(manager: Pick<Manager, 'informer'>): Includes {
  const all = manager.informer(gitRepositories);
  return {
    indexes: {
      [INDEX]: (object) =>
        includedBy(object).map((name) => sourceId(gitRepositories.kind, { namespace: object.metadata.namespace ?? '', name })),
    },
    triggers: [
      artifactWatch(all, { index: INDEX }),
      // Who was on the way round that somebody has broken has the artifact of before.
      watches(all, (delta) =>
        delta.kind === 'updated' && isStalled(delta.old) && !isStalled(delta.object)
          ? [{ index: INDEX, value: sourceId(gitRepositories.kind, keyOf(delta.object)), priority: 'normal' }]
          : [],
      ),
    ],
    available(repository) {
      const { spec, metadata } = repository;
      const find = (name: string) => all.get({ namespace: metadata.namespace ?? '', name });
      const cycle = cycleThrough(repository, find);
      if (cycle !== undefined) {
        const message = `repositories include each other: ${cycle.join(' → ')}`;
        throw new Stalled({ reason: Reason.DependencyNotReady, message, conditions: [unavailable(Reason.DependencyNotReady, message)] });
      }
      return (spec.include ?? []).map((entry) => {
        const { name } = entry.repository;
        const found = find(name);
        if (found === undefined) throw waiting('NotFound', `there is no GitRepository '${name}' to include`, spec.interval);
        const artifact = found.status?.artifact;
        if (artifact === undefined) throw waiting('NoArtifact', `no artifact available for include '${name}'`, spec.interval);
        return { entry, artifact };
      });
    },
  };
}

const isStalled = ({ status }: GitRepository): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === ConditionType.Stalled && value === 'True') === true;

/** The reasons are upstream's. */
const waiting = (reason: 'NotFound' | 'NoArtifact', message: string, interval: string): Waiting =>
  new Waiting({ reason, message, conditions: [unavailable(reason, message)], againMs: parseDuration(interval) });

const unavailable = (reason: string, message: string): ConditionUpdate => ({ type: 'IncludeUnavailable', status: 'True', reason, message });
