import { compareVersions, parseJson, parseVersion } from '@gotk/apimachinery';
import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { withoutMark } from '../chart/archive.ts';
import { fieldsOf, isObject, WrongType } from '../fields.ts';
import { HelmError } from '../helm-error.ts';
import { type ChartVersion, type IndexEntry, readEntry, toChartVersion } from './chart-version.ts';
import { readIndexLines } from './index-lines.ts';

const MAX_NODES = 20_000_000;
const MAX_PROBLEMS = 20;

/** What can be had from a Helm repository. Plain data: it crosses threads as it is. */
export interface ChartIndex {
  /** By name, each with its versions in descending order. Versions that Helm would not take are left out. */
  readonly charts: ReadonlyMap<string, readonly ChartVersion[]>;
  /** Why versions were left out: the first few, and how many in all. */
  readonly problems: readonly string[];
  readonly skipped: number;
}

export interface ParseIndexOptions {
  /** The flag `--helm-index-max-size`. */
  readonly maxBytes: number;
}

/**
 * Parses an index.yaml, or index.json. What `helm repo index` and ChartMuseum write is read line by line, in a third of the time and a
 * sixth of the memory that a YAML parser takes (test/bench/helm-index-main.ts); whatever looks different is read by one. Of a chart only
 * what is needed to choose and to fetch it is looked at: other fields may be wrong. For a worker thread. Throws `HelmError`: `too-large`,
 * or `invalid-index` for anything that is no index.
 */
export function parseIndex(file: Uint8Array, { maxBytes }: ParseIndexOptions): ChartIndex {
  if (file.length > maxBytes) throw new HelmError('too-large', `index exceeds the maximum index file size of ${maxBytes} bytes`);
  const bytes = withoutMark(file);
  if (bytes.length === 0) throw new HelmError('invalid-index', 'empty index.yaml file');
  const problems: string[] = [];
  let skipped = 0;
  const take = (chart: string, entry: IndexEntry | null): ChartVersion | undefined => {
    const version = toChartVersion(entry);
    if (typeof version !== 'string') return version;
    skipped += 1;
    if (problems.length < MAX_PROBLEMS) problems.push(`chart '${chart}': ${version}`);
    return undefined;
  };
  // What begins like JSON has no lines to speak of, however long it is.
  const lines = beginsLikeJson(bytes) ? undefined : readIndexLines(bytes, take);
  if (lines === undefined) {
    problems.length = 0;
    skipped = 0;
  }
  const { apiVersion, charts } = lines ?? readWhole(bytes, take);
  if (apiVersion === '') throw new HelmError('invalid-index', 'no API version specified');
  for (const [name, versions] of charts) charts.set(name, descending(versions));
  return { charts, problems, skipped };
}

interface Read {
  readonly apiVersion: string;
  readonly charts: Map<string, readonly ChartVersion[]>;
}

function readWhole(bytes: Uint8Array, take: (chart: string, entry: IndexEntry | null) => ChartVersion | undefined): Read {
  const [document] = parsedJson(bytes) ?? parseYaml(bytes);
  try {
    const fields = fieldsOf(document, 'the index');
    const entries = isObject(document) ? (document.entries ?? {}) : {};
    if (!isObject(entries)) throw new WrongType('entries must be a map');
    const charts = new Map<string, readonly ChartVersion[]>();
    for (const [name, versions] of Object.entries(entries)) {
      if (versions !== null && !Array.isArray(versions)) throw new WrongType(`entries.${name} must be a list`);
      const list: readonly unknown[] = versions ?? [];
      charts.set(
        name,
        list.flatMap((version) => take(name, readEntry(version)) ?? []),
      );
    }
    return { apiVersion: fields?.text('apiVersion') ?? '', charts };
  } catch (error) {
    if (!(error instanceof WrongType)) throw error;
    throw new HelmError('invalid-index', `the index is not one of Helm's: ${error.message}`, { cause: error });
  }
}

const beginsLikeJson = (bytes: Uint8Array): boolean => bytes.find((byte) => byte > 0x20) === 0x7b;

function parsedJson(bytes: Uint8Array): readonly unknown[] | undefined {
  if (!beginsLikeJson(bytes)) return undefined;
  try {
    return [parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))];
  } catch {
    // A map in flow style is YAML that begins like JSON.
    return undefined;
  }
}

function parseYaml(bytes: Uint8Array): readonly unknown[] {
  try {
    return readYaml(bytes, { dialect: 'config', duplicates: 'refused', maxBytes: bytes.length, maxNodes: MAX_NODES });
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    const place = error.at === undefined ? '' : ` in line ${error.at.line}`;
    throw new HelmError('invalid-index', `the index is not one of Helm's: ${error.message}${place}`, { cause: error });
  }
}

function descending(versions: readonly ChartVersion[]): readonly ChartVersion[] {
  const parsed = versions.map((version) => ({ version, semver: parseVersion(version.version) }));
  const compare = (a: (typeof parsed)[number], b: (typeof parsed)[number]): number =>
    a.semver === undefined || b.semver === undefined ? 0 : compareVersions(b.semver, a.semver);
  return parsed.sort(compare).map(({ version }) => version);
}
