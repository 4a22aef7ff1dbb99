import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { WrongType } from '../fields.ts';
import { HelmError } from '../helm-error.ts';
import { readChartValues } from '../values/read-values.ts';
import { type ArchiveEntry, type ChartFiles, type ChartLimits, filesOfArchive, HELM_LIMITS } from './archive.ts';
import type { Chart, ChartFile } from './chart.ts';
import { type Lock, readLock } from './lock.ts';
import { type Metadata, readMetadata, type UncheckedMetadata } from './metadata.ts';
import { validateMetadata } from './validate.ts';

/** Of charts in charts: archives in archives, which unpack to more each time. */
const MAX_DEPTH = 16;

export interface LoadChartOptions {
  /**
   * The entries of a `.tgz`, for the charts that lie in `charts/` packed. Called with what is left of the chart's size, in bytes, and
   * should yield one file at a time: whoever iterates stops at the limits.
   */
  readonly unpack: (archive: Uint8Array, maxBytes: number) => Iterable<ArchiveEntry>;
  readonly limits?: ChartLimits;
}

/**
 * A chart of the files of `filesOfArchive` or `filesOfDirectory`, checked as Helm checks it. v1 charts have their dependencies in
 * requirements.yaml. The schema of the values is not looked at. Throws `HelmError`: `invalid-chart`, `invalid-values`, `too-large`.
 */
export function loadChart(files: ChartFiles, { unpack, limits = HELM_LIMITS }: LoadChartOptions): Chart {
  const budget = { left: limits.maxBytes };
  for (const data of files.values()) budget.left -= data.length;
  return load(files, { unpack, limits, budget, depth: 0 });
}

interface Loading extends Required<LoadChartOptions> {
  /** Shared by all the charts in the chart. */
  readonly budget: { left: number };
  readonly depth: number;
}

/** The metadata alone: what has to be right before anything else is worth a look. Throws `HelmError` of kind `invalid-chart`. */
export function loadMetadata(files: ChartFiles): Metadata {
  const file = files.get('Chart.yaml');
  const requirements = files.get('requirements.yaml');
  if (file === undefined) throw new HelmError('invalid-chart', 'Chart.yaml file is missing');
  const metadata = parse(file, 'Chart.yaml', (value) => readMetadata(value));
  return validateMetadata(requirements === undefined ? metadata : withRequirements(metadata, requirements));
}

const withRequirements = (metadata: UncheckedMetadata, file: Uint8Array): UncheckedMetadata =>
  parse(file, 'requirements.yaml', (value) => readMetadata(value, metadata));

function load(files: ChartFiles, loading: Loading): Chart {
  const metadata = loadMetadata(files);
  const isV1 = metadata.apiVersion === 'v1';
  const templates: ChartFile[] = [];
  const others: ChartFile[] = [];
  const subcharts = new Map<string, ChartFile[]>();
  for (const [name, data] of files) {
    if (RESERVED.has(name)) {
      // They say the same in Chart.yaml and Chart.lock of a v2 chart, and are left behind there.
      if (isV1 && name.startsWith('requirements.')) others.push({ name, data });
    } else if (name.startsWith('templates/')) templates.push({ name, data });
    else if (name.startsWith('charts/') && !name.endsWith('.prov')) {
      const below = name.slice('charts/'.length);
      const [subchart = ''] = below.split('/', 1);
      const its = subcharts.get(subchart) ?? [];
      its.push({ name: below, data });
      subcharts.set(subchart, its);
    } else others.push({ name, data });
  }
  const lock = lockOf(files);
  const valuesFile = files.get('values.yaml');
  const schema = files.get('values.schema.json');
  return {
    metadata,
    ...(lock === undefined ? {} : { lock }),
    values: valuesFile === undefined ? {} : readChartValues(valuesFile),
    ...(valuesFile === undefined ? {} : { valuesFile }),
    ...(schema === undefined ? {} : { schema }),
    templates,
    files: others,
    dependencies: [...subcharts].flatMap(([name, its]) => loadSubchart({ name, files: its, parent: metadata.name }, loading)),
  };
}

/** What is not among the other files. */
const RESERVED = new Set(['Chart.yaml', 'Chart.lock', 'values.yaml', 'values.schema.json', 'requirements.yaml', 'requirements.lock']);

function lockOf(files: ChartFiles): Lock | undefined {
  const name = ['requirements.lock', 'Chart.lock'].find((candidate) => files.has(candidate));
  const file = name === undefined ? undefined : files.get(name);
  return name === undefined || file === undefined ? undefined : parse(file, name, readLock);
}

interface Subchart {
  /** Of the archive or the directory in charts/. */
  readonly name: string;
  readonly files: readonly ChartFile[];
  readonly parent: string;
}

function loadSubchart({ name, files, parent }: Subchart, loading: Loading): readonly Chart[] {
  if (/^[_.]/.test(name)) return [];
  if (loading.depth >= MAX_DEPTH)
    throw new HelmError('invalid-chart', `charts in charts of ${parent} are nested more than ${MAX_DEPTH} deep`);
  try {
    return [load(filesOfSubchart({ name, files, parent }, loading), { ...loading, depth: loading.depth + 1 })];
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    throw new HelmError(error.kind, `error unpacking subchart ${name} in ${parent}: ${error.message}`, { cause: error });
  }
}

function filesOfSubchart({ name, files, parent }: Subchart, { unpack, limits, budget }: Loading): ChartFiles {
  if (!name.endsWith('.tgz')) {
    return new Map(files.filter((file) => file.name.includes('/')).map((file) => [file.name.slice(name.length + 1), file.data]));
  }
  const [archive] = files;
  if (archive === undefined || archive.name !== name) {
    throw new HelmError('invalid-chart', `error unpacking subchart tar in ${parent}: expected ${name}, got ${archive?.name}`);
  }
  const unpacked = filesOfArchive(unpack(archive.data, budget.left), { ...limits, maxBytes: budget.left });
  for (const data of unpacked.values()) budget.left -= data.length;
  return unpacked;
}

/** The first document of a file. */
function parse<T>(bytes: Uint8Array, file: string, read: (value: unknown) => T): T {
  try {
    const [value] = readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: bytes.length });
    return read(value);
  } catch (error) {
    if (!(error instanceof InvalidYaml || error instanceof WrongType)) throw error;
    const place = error instanceof InvalidYaml && error.at !== undefined ? ` in line ${error.at.line}` : '';
    throw new HelmError('invalid-chart', `cannot load ${file}: ${error.message}${place}`, { cause: error });
  }
}
