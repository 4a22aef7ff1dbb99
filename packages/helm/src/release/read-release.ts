import { parsePlainJson } from '@gotk/apimachinery';
import type { Chart, ChartFile } from '../chart/chart.ts';
import { readLock } from '../chart/lock.ts';
import { type Metadata, readMetadata } from '../chart/metadata.ts';
import { type Fields, fieldsOf, isObject, WrongType } from '../fields.ts';
import { HelmError } from '../helm-error.ts';
import { type Hook, HookEvent, type HookPhase } from '../manifests/hook.ts';
import type { Values } from '../values/merge-maps.ts';
import type { Release, ReleaseInfo } from './release.ts';

/**
 * A release of its JSON, whoever wrote it; its labels are none. Numbers are `number`s, as Go makes float64 of them. Throws `HelmError` of
 * kind `invalid-release`.
 */
export function readRelease(json: string): Release {
  try {
    const fields = fieldsOf(parsePlainJson(json), 'the release');
    if (fields === undefined) throw new WrongType('the release is empty');
    const method = fields.text('apply_method');
    return {
      name: fields.text('name') ?? '',
      namespace: fields.text('namespace') ?? '',
      version: wholeNumber(fields, 'version'),
      info: readInfo(fields.value('info')),
      chart: readChart(fields.value('chart')),
      config: readValues(fields.value('config'), 'config'),
      manifest: fields.text('manifest') ?? '',
      hooks: (fields.list('hooks') ?? []).flatMap(readHook),
      labels: {},
      ...(method === 'ssa' || method === 'csa' ? { applyMethod: method } : {}),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof WrongType || error instanceof HelmError)) throw error;
    throw new HelmError('invalid-release', `cannot read the release: ${error.message}`, { cause: error });
  }
}

function readInfo(value: unknown): ReleaseInfo {
  const fields = fieldsOf(value, 'info');
  return {
    ...timesOf(fields, { firstDeployed: 'first_deployed', lastDeployed: 'last_deployed', deleted: 'deleted' }),
    description: fields?.text('description') ?? '',
    status: fields?.text('status') ?? '',
    notes: fields?.text('notes') ?? '',
  };
}

/** Older versions of Helm wrote empty texts for times that were never set, and Go's zero time. */
function timesOf<T extends string>(fields: Fields | undefined, names: Readonly<Record<T, string>>): Partial<Record<T, string>> {
  const times: Partial<Record<T, string>> = {};
  for (const [name, field] of Object.entries<string>(names)) {
    const time = fields?.text(field) ?? '';
    if (time !== '' && !time.startsWith('0001-01-01T00:00:00')) times[name as T] = time;
  }
  return times;
}

function readHook(value: unknown): readonly Hook[] {
  const fields = fieldsOf(value, 'a hook');
  if (fields === undefined) return [];
  const lastRun = fieldsOf(fields.value('last_run'), 'last_run');
  const events = new Set<string>(Object.values(HookEvent));
  return [
    {
      name: fields.text('name') ?? '',
      kind: fields.text('kind') ?? '',
      path: fields.text('path') ?? '',
      manifest: fields.text('manifest') ?? '',
      events: (fields.texts('events') ?? []).filter((event): event is HookEvent => events.has(event)),
      weight: wholeNumber(fields, 'weight'),
      deletePolicies: fields.texts('delete_policies') ?? [],
      outputLogPolicies: fields.texts('output_log_policies') ?? [],
      lastRun: {
        ...timesOf(lastRun, { startedAt: 'started_at', completedAt: 'completed_at' }),
        phase: phaseOf(lastRun?.text('phase') ?? ''),
      },
    },
  ];
}

const PHASES: readonly HookPhase[] = ['', 'Unknown', 'Running', 'Succeeded', 'Failed'];
const phaseOf = (text: string): HookPhase => PHASES.find((phase) => phase === text) ?? 'Unknown';

function readChart(value: unknown): Chart {
  const fields = fieldsOf(value, 'the chart');
  const lock = fields?.value('lock');
  const schema = fields?.text('schema');
  return {
    metadata: storedMetadata(fields?.value('metadata')),
    ...(lock === undefined ? {} : { lock: readLock(lock) }),
    values: readValues(fields?.value('values'), 'values'),
    ...(schema === undefined ? {} : { schema: bytesOf(schema) }),
    templates: (fields?.list('templates') ?? []).flatMap(readFile),
    files: (fields?.list('files') ?? []).flatMap(readFile),
    dependencies: [],
  };
}

/** Not checked: what was installed once has to be read, to be upgraded or to go, whatever is thought of its chart today. */
function storedMetadata(value: unknown): Metadata {
  const { maintainers, dependencies, ...metadata } = readMetadata(value);
  const isThere = <T>(item: T | null): item is T => item !== null;
  return {
    ...metadata,
    ...(maintainers === undefined ? {} : { maintainers: maintainers.filter(isThere) }),
    ...(dependencies === undefined ? {} : { dependencies: dependencies.filter(isThere) }),
  };
}

function readFile(value: unknown): readonly ChartFile[] {
  const fields = fieldsOf(value, 'a file');
  return fields === undefined ? [] : [{ name: fields.text('name') ?? '', data: bytesOf(fields.text('data') ?? '') }];
}

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

function readValues(value: unknown, name: string): Values {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new WrongType(`${name} must be a map`);
  return value;
}

function wholeNumber(fields: Fields, name: string): number {
  const value = fields.value(name) ?? 0;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new WrongType(`${name} must be a whole number`);
}
