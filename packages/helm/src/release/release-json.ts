import type { Chart, ChartFile } from '../chart/chart.ts';
import type { Lock } from '../chart/lock.ts';
import { dependencyJson, listJson, metadataJson } from '../chart/metadata-json.ts';
import { goJson, goStruct } from '../go-json.ts';
import type { Hook } from '../manifests/hook.ts';
import { tableOf, valuesOf } from '../values/table.ts';
import type { Release, ReleaseInfo } from './release.ts';

/** A release as Go writes Helm's struct of it, byte for byte. Its labels are those of the Secret. */
export const releaseJson = ({ name, info, chart, config, manifest, hooks, version, namespace, applyMethod }: Release): string =>
  goStruct([
    filled('name', name),
    ['info', infoJson(info)],
    ['chart', chartJson(chart)],
    ['config', Object.keys(config).length === 0 ? undefined : goJson(config)],
    filled('manifest', manifest),
    ['hooks', hooks.length === 0 ? undefined : listJson(hooks.map(hookJson))],
    filled('version', version),
    filled('namespace', namespace),
    filled('apply_method', applyMethod),
  ]);

/** Go leaves out what is empty. */
function filled(name: string, value: unknown): readonly [string, string | undefined] {
  const isEmpty = value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
  return [name, isEmpty ? undefined : goJson(value)];
}

const infoJson = ({ firstDeployed, lastDeployed, deleted, description, status, notes }: ReleaseInfo): string =>
  goStruct([
    filled('first_deployed', firstDeployed),
    filled('last_deployed', lastDeployed),
    filled('deleted', deleted),
    filled('description', description),
    filled('status', status),
    filled('notes', notes),
  ]);

const hookJson = ({ name, kind, path, manifest, events, lastRun, weight, deletePolicies, outputLogPolicies }: Hook): string =>
  goStruct([
    filled('name', name),
    filled('kind', kind),
    filled('path', path),
    filled('manifest', manifest),
    filled('events', events),
    [
      'last_run',
      goStruct([filled('started_at', lastRun.startedAt), filled('completed_at', lastRun.completedAt), ['phase', goJson(lastRun.phase)]]),
    ],
    filled('weight', weight),
    filled('delete_policies', deletePolicies),
    filled('output_log_policies', outputLogPolicies),
  ]);

/** What Go has for a time that was never set. */
const NO_TIME = '0001-01-01T00:00:00Z';

const chartJson = ({ metadata, lock, templates, values, valuesFile, schema, files }: Chart): string =>
  goStruct([
    ['metadata', metadataJson(metadata)],
    ['lock', lock === undefined ? 'null' : lockJson(lock)],
    ['templates', filesJson(templates)],
    ['values', Object.keys(values).length === 0 && valuesFile === undefined ? 'null' : goJson(valuesOf(tableOf(values, Number)))],
    ['schema', schema === undefined ? 'null' : goJson(base64(schema))],
    ['schemamodtime', goJson(NO_TIME)],
    ['files', filesJson(files)],
  ]);

const lockJson = ({ generated, digest, dependencies }: Lock): string =>
  goStruct([
    ['generated', goJson(generated)],
    ['digest', goJson(digest)],
    ['dependencies', dependencies.length === 0 ? 'null' : listJson(dependencies.map(dependencyJson))],
  ]);

function filesJson(files: readonly ChartFile[]): string {
  if (files.length === 0) return 'null';
  return listJson(
    files.map(({ name, data }) =>
      goStruct([
        ['name', goJson(name)],
        ['data', goJson(base64(data))],
      ]),
    ),
  );
}

const base64 = (data: Uint8Array): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
