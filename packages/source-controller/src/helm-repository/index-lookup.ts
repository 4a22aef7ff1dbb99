import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, renameSync, writeSync } from 'node:fs';
import { type ChartIndex, type ChartVersion, chooseVersion, HelmError, type HelmErrorKind, parseIndex } from '@gotk/helm';

/** Plain data: it crosses into a worker thread. */
export interface MakeLookup {
  readonly indexFile: string;
  readonly maxBytes: number;
  /** Where the lookup goes. */
  readonly output: string;
}

export type LookupReport =
  | {
      readonly kind: 'made';
      readonly bytes: number;
      readonly charts: number;
      readonly skipped: number;
      readonly problems: readonly string[];
    }
  | { readonly kind: 'refused'; readonly message: string };

export interface ChooseChart {
  readonly lookup: string;
  readonly name: string;
  readonly range: string;
}

export type ChosenChart =
  | { readonly kind: 'chosen'; readonly version: ChartVersion }
  | { readonly kind: 'refused'; readonly error: HelmErrorKind; readonly message: string }
  /** The lookup is not there any more. */
  | { readonly kind: 'gone' };

/**
 * A lookup is what HelmCharts want to know of an index, filed by the charts' names: a table of where in the file each of so many groups of names begins, then the groups as JSON.
 * Whoever wants one chart reads a few kilobytes, whatever the size of the index.
 */
const GROUPS = 4_096;
const OFFSET_BYTES = 6;
const TABLE_BYTES = (GROUPS + 1) * OFFSET_BYTES;

/** Rendered, it is a `ChartVersion`: what is undefined is left out. */
type Wanted = { readonly [K in 'name' | 'version' | 'urls' | 'digest' | 'created']: ChartVersion[K] | undefined };

type Group = readonly (readonly [name: string, versions: readonly ChartVersion[]])[];

/** Parses an index once, for all who will ask about it. */
export function makeLookup({ indexFile, maxBytes, output }: MakeLookup): LookupReport {
  try {
    const index = parseIndex(readFileSync(indexFile), { maxBytes });
    const { charts, problems, skipped } = index;
    return { kind: 'made', bytes: writeLookup(index, output), charts: charts.size, problems, skipped };
  } catch (error) {
    if (error instanceof HelmError) return { kind: 'refused', message: error.message };
    throw error;
  }
}

/** The version of a chart that a range means, by the lookup of its repository's index. */
export function chooseChart({ lookup, name, range }: ChooseChart): ChosenChart {
  const versions = versionsOf(lookup, name);
  if (versions === 'gone') return { kind: 'gone' };
  try {
    return { kind: 'chosen', version: chooseVersion({ charts: new Map(versions === undefined ? [] : [[name, versions]]) }, name, range) };
  } catch (error) {
    if (error instanceof HelmError) return { kind: 'refused', error: error.kind, message: error.message };
    throw error;
  }
}

function writeLookup({ charts }: ChartIndex, output: string): number {
  const groups: [string, readonly ChartVersion[]][][] = Array.from({ length: GROUPS }, () => []);
  for (const chart of charts) groups[groupOf(chart[0])]?.push(chart);
  const table = Buffer.alloc(TABLE_BYTES);
  const draft = `${output}.draft`;
  const file = openSync(draft, 'w', 0o600);
  let end = TABLE_BYTES;
  try {
    groups.forEach((group, index) => {
      table.writeUIntLE(end, index * OFFSET_BYTES, OFFSET_BYTES);
      for (const text of renderGroup(group)) end += writeAt(file, Buffer.from(text), end);
    });
    table.writeUIntLE(end, GROUPS * OFFSET_BYTES, OFFSET_BYTES);
    writeAt(file, table, 0);
  } finally {
    closeSync(file);
  }
  renameSync(draft, output);
  return end;
}

/** As `JSON.stringify` would, in pieces of a thousand versions or so: some charts have more of them than should be in memory twice. */
function* renderGroup(group: Group): Generator<string> {
  let text = '[';
  for (const [name, versions] of group) {
    text += `${text === '[' ? '' : ','}[${JSON.stringify(name)},[`;
    for (let from = 0; from < versions.length; from += PIECE) {
      if (from > 0) {
        yield text;
        text = ',';
      }
      text += JSON.stringify(versions.slice(from, from + PIECE).map(wanted)).slice(1, -1);
    }
    text += ']]';
  }
  if (group.length > 0) yield `${text}]`;
}

const PIECE = 1_000;

/** Of the addresses of a chart only the first is ever used, as in Flux. */
const wanted = ({ name, version, urls, digest, created }: ChartVersion): Wanted => ({
  name,
  version,
  urls: urls.slice(0, 1),
  digest,
  created,
});

function versionsOf(lookup: string, name: string): readonly ChartVersion[] | undefined | 'gone' {
  let file: number;
  try {
    file = openSync(lookup, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'gone';
    throw error;
  }
  try {
    const place = bytesAt(file, groupOf(name) * OFFSET_BYTES, 2 * OFFSET_BYTES);
    const [from, to] = [place.readUIntLE(0, OFFSET_BYTES), place.readUIntLE(OFFSET_BYTES, OFFSET_BYTES)];
    if (from === to) return undefined;
    const group = JSON.parse(bytesAt(file, from, to - from).toString('utf8')) as Group;
    return group.find(([candidate]) => candidate === name)?.[1];
  } finally {
    closeSync(file);
  }
}

function bytesAt(file: number, start: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let read = 0; read < size; ) {
    const count = readSync(file, bytes, read, size - read, start + read);
    if (count === 0) throw new Error('a lookup ended before its time');
    read += count;
  }
  return bytes;
}

function writeAt(file: number, bytes: Buffer, start: number): number {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written, bytes.length - written, start + written);
  return bytes.length;
}

/** By a digest: no repository can put all its names into one group. */
const groupOf = (name: string): number => createHash('sha256').update(name).digest().readUInt16BE() % GROUPS;
