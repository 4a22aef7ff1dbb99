import type { Row } from './measure.ts';
import { workRequests } from './request-count.ts';

/** A figure that was promised, and what came of it. */
export interface Verdict {
  readonly bar: string;
  readonly limit: number;
  readonly measured: number;
  readonly isMet: boolean;
}

const APPLIER = 'kustomize-controller';
/** What is asked for whatever the number of Kustomizations: by a process discovery, lists and watches; of a source its finalizer, status and event; of a new revision, its status and event. */
const ONCE: Readonly<Partial<Record<Row['kind'], { readonly process: number; readonly source: number }>>> = {
  install: { process: 16, source: 4 },
  upgrade: { process: 0, source: 2 },
};
const MANY = 1_000;

/** How many there were of what was measured. */
export interface Measure {
  readonly count: number;
  readonly sources: number;
}

/** What was promised of the phases that there are. The requests of each Kustomization are those beyond what is asked for once. */
export const verdicts = (rows: readonly Row[], measure: Measure): readonly Verdict[] => rows.flatMap((row) => verdictsOf(row, measure));

function verdictsOf(row: Row, { count, sources }: Measure): readonly Verdict[] {
  const once = ONCE[row.kind];
  const each = Math.max(0, workRequests(row.requests) - (once === undefined ? 0 : once.process + sources * once.source)) / row.count;
  const { latenciesMs } = row;
  switch (row.kind) {
    case 'install':
      return [verdict('install: requests per Kustomization', 12, each), ...memory(row, count)];
    case 'upgrade':
      return [
        verdict('upgrade of one object: requests per Kustomization', 4, each),
        ...memory(row, count),
        ...(latenciesMs === undefined ? [] : [verdict('one push wakes all: longest wait to the median', 3, spread(latenciesMs))]),
      ];
    case 'idle':
      return [verdict('idle: requests per Kustomization and minute', 0.1, (each * 60) / row.seconds)];
    case 'drift':
      return latenciesMs === undefined ? [] : [verdict('drift: median seconds', 1, median(latenciesMs) / 1000)];
    case 'chain':
      return row.count === 10 ? [verdict('chain of 10: seconds', 3, row.seconds)] : [];
    case 'delete':
      return [];
  }
}

const verdict = (bar: string, limit: number, measured: number): Verdict => ({ bar, limit, measured, isMet: measured <= limit });

function memory(row: Row, count: number): readonly Verdict[] {
  const usage = row.usage.find(({ name }) => name === APPLIER);
  return count === MANY && usage !== undefined ? [verdict(`${row.kind} of ${MANY}: peak RSS, MiB`, 180, usage.peakRssMiB)] : [];
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const spread = (values: readonly number[]): number => Math.max(...values) / median(values);
