import { setImmediate } from 'node:timers/promises';
import { type KubeObject, keyOf, renderKey } from '@gotk/apimachinery';
import { conditionsOf, isSuspended } from '../status/status.ts';

/**
 * The series that exist for one object each: they come and go with it.
 *
 * Thousands of objects make a hundred thousand lines. So an object costs a few numbers until somebody asks, and the text is made in slices, between which the
 * process does its work.
 */
export interface ObjectSeries {
  took(object: KubeObject, durationMs: number): void;
  /** Keeps the condition and suspend gauges equal to the object. */
  observe(object: KubeObject): void;
  /** Takes away every series of an object that is gone. */
  forget(object: KubeObject): void;
  /** All series in the text format of Prometheus. */
  slices(): AsyncGenerator<string>;
}

const STATUSES = ['True', 'False', 'Unknown'] as const;

/** What is stored past its schema may hold anything. */
const MAX_CONDITIONS = 20;
const MAX_LABEL = 316;

const OBJECTS_A_SLICE = 200;

/** Ten exponential buckets from 10 ms to 30 min (seconds), to the last digit as upstream has them: buckets that differ do not add up. */
const BUCKETS = [
  0.01, 0.038363583488692544, 0.1471764538093883, 0.5646216173286169, 2.166090855590701, 8.309900738254731, 31.879757075478317,
  122.30217221643493, 469.19495946736544, 1799.9999999999986,
];
const BOUNDS = [...BUCKETS.map(String), '+Inf'];

interface Durations {
  /** How many runs ended in each bucket, not counting those of the buckets below; the last is beyond all. */
  readonly runs: number[];
  seconds: number;
}

interface Entry {
  /** The labels that every series of the object has, escaped. */
  readonly labels: string;
  conditions: readonly Standing[] | undefined;
  suspended: boolean;
  durations: Durations | undefined;
}

interface Standing {
  readonly type: string;
  readonly status: string;
}

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'histogram';
  readonly help: string;
  readonly render: (entry: Entry) => string;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'gotk_reconcile_condition',
    type: 'gauge',
    help: 'The conditions of an object: 1 for the status that each has.',
    render: renderConditions,
  },
  {
    name: 'gotk_suspend_status',
    type: 'gauge',
    help: 'Whether an object is suspended (1) or not (0).',
    render: ({ labels, conditions, suspended }) =>
      conditions === undefined ? '' : `gotk_suspend_status{${labels}} ${suspended ? 1 : 0}\n`,
  },
  {
    name: 'gotk_reconcile_duration_seconds',
    type: 'histogram',
    help: 'How long the runs of an object took.',
    render: renderDurations,
  },
];

export function createObjectSeries(): ObjectSeries {
  const entries = new Map<string, Entry>();
  const idOf = (object: KubeObject) => `${object.kind}/${renderKey(keyOf(object))}`;

  const entryOf = (object: KubeObject): Entry => {
    const id = idOf(object);
    const known = entries.get(id);
    if (known !== undefined) return known;
    const { name, namespace = '' } = object.metadata;
    const labels = `kind="${escaped(object.kind)}",name="${escaped(name)}",namespace="${escaped(namespace)}"`;
    const entry: Entry = { labels, conditions: undefined, suspended: false, durations: undefined };
    entries.set(id, entry);
    return entry;
  };

  return {
    took(object, durationMs) {
      const entry = entryOf(object);
      entry.durations ??= { runs: BOUNDS.map(() => 0), seconds: 0 };
      const { runs } = entry.durations;
      const seconds = durationMs / 1000;
      const fits = BUCKETS.findIndex((bound) => seconds <= bound);
      const bucket = fits < 0 ? BUCKETS.length : fits;
      runs[bucket] = (runs[bucket] ?? 0) + 1;
      entry.durations.seconds += seconds;
    },
    observe(object) {
      const entry = entryOf(object);
      const conditions = conditionsOf(object).slice(0, MAX_CONDITIONS);
      // As upstream: an object that nobody has reconciled yet counts as neither ready nor failed.
      const unknown = conditions.some(({ type }) => type === 'Ready') ? [] : [{ type: 'Ready', status: 'Unknown' }];
      entry.conditions = [...conditions.map(({ type, status }) => ({ type, status: String(status) })), ...unknown];
      entry.suspended = isSuspended(object);
    },
    forget: (object) => void entries.delete(idOf(object)),
    async *slices() {
      for (const { name, type, help, render } of FAMILIES) {
        let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
        let objects = 0;
        for (const entry of entries.values()) {
          text += render(entry);
          objects += 1;
          if (objects % OBJECTS_A_SLICE !== 0) continue;
          yield text;
          text = '';
          await setImmediate();
        }
        yield text;
      }
    },
  };
}

function renderConditions({ labels, conditions = [] }: Entry): string {
  const seen = new Set<string>();
  let text = '';
  for (const { type, status } of conditions) {
    const shown = escaped(type);
    // The same series twice would make the whole answer invalid.
    if (seen.has(shown)) continue;
    seen.add(shown);
    for (const each of STATUSES)
      text += `gotk_reconcile_condition{${labels},type="${shown}",status="${each}"} ${each === status ? 1 : 0}\n`;
  }
  return text;
}

function renderDurations({ labels, durations }: Entry): string {
  if (durations === undefined) return '';
  let count = 0;
  let text = '';
  for (const [index, bound] of BOUNDS.entries()) {
    count += durations.runs[index] ?? 0;
    text += `gotk_reconcile_duration_seconds_bucket{${labels},le="${bound}"} ${count}\n`;
  }
  const { seconds } = durations;
  return `${text}gotk_reconcile_duration_seconds_sum{${labels}} ${seconds}\ngotk_reconcile_duration_seconds_count{${labels}} ${count}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

const escaped = (value: string): string => value.slice(0, MAX_LABEL).replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? '');
