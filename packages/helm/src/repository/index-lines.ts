import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { WrongType } from '../fields.ts';
import { type ChartVersion, type IndexEntry, readEntry } from './chart-version.ts';
import { entryReader } from './entry-lines.ts';
import { colonOf, eachLine, type Line, skipSpaces } from './lines.ts';
import { IRREGULAR, plainScalar } from './plain-scalar.ts';

const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;

/** What the lines of an index say. */
export interface IndexLines {
  readonly apiVersion: string;
  readonly charts: Map<string, readonly ChartVersion[]>;
}

type Take = (chart: string, entry: IndexEntry | null) => ChartVersion | undefined;

/**
 * Reads an index that is written the way the usual programs do: block style, a chart per key of `entries`, a version per item. Only lines
 * that matter are looked at; a version that holds anything out of the ordinary goes to a YAML parser by itself. Undefined when the whole
 * file has to: it is not of that form, or something in it refers to something else. Never throws.
 *
 * Sound because in block style what belongs to a node is indented deeper than it, whatever it is: what is not looked at cannot end early.
 * Texts in quotes and what is in brackets need not be: where those may go on in a line less deep, a parser looks.
 */
export function readIndexLines(file: Uint8Array, take: Take): IndexLines | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const reader = indexReader(bytes, take);
  try {
    return eachLine(bytes, reader.look) ? reader.end() : undefined;
  } catch (error) {
    if (error instanceof InvalidYaml || error instanceof WrongType) return undefined;
    throw error;
  }
}

interface IndexReader {
  /** Whether the line is of the form. */
  readonly look: (line: Line) => boolean;
  readonly end: () => IndexLines | undefined;
}

/** The chart that the lines are in. */
interface Chart {
  readonly name: string;
  readonly versions: ChartVersion[];
  /** Of the dashes of its versions; unknown before the first. */
  itemIndent: number | undefined;
}

function indexReader(bytes: Buffer, take: Take): IndexReader {
  const charts = new Map<string, readonly ChartVersion[]>();
  const keys = new Set<string>();
  let apiVersion = '';
  let section = '';
  let chartIndent: number | undefined;
  let chart: Chart | undefined;
  const entry = entryReader(bytes);
  /** Where the version begins that the lines are in. */
  let itemStart: number | undefined;

  const endItem = (at: number): void => {
    if (itemStart === undefined || chart === undefined) return;
    const read = entry.end();
    const version = take(chart.name, read === IRREGULAR ? parseItem(bytes.subarray(itemStart, at)) : read);
    if (version !== undefined) chart.versions.push(version);
    itemStart = undefined;
  };

  const topLevel = (line: Line): boolean => {
    endItem(line.start);
    chart = undefined;
    if (section === '' && keys.size === 0 && isText(bytes, line, '---')) return true;
    // A list below a key may stand as far left as the key.
    if (bytes[line.from] === DASH) return section !== '' && section !== 'entries' && bytes[line.from + 1] === SPACE;
    const colon = colonOf(bytes, line.from, line.to);
    const key = plainScalar(bytes, line.from, colon);
    if (key === IRREGULAR || !/^[A-Za-z]+$/.test(key)) return false;
    const lower = key.toLowerCase();
    // Helm takes a key in any case, and no key twice.
    if (keys.has(lower) || (lower === 'entries' && key !== 'entries')) return false;
    keys.add(lower);
    section = key;
    const from = skipSpaces(bytes, colon + 1, line.to);
    if (key === 'entries') {
      if (from < line.to) section = 'none';
      return from === line.to || isText(bytes, { ...line, from }, '{}');
    }
    if (key !== 'apiVersion') return lower !== 'apiversion';
    const value = plainScalar(bytes, from, line.to);
    if (value === IRREGULAR) return false;
    apiVersion = value;
    return true;
  };

  const beginChart = (line: Line): boolean => {
    endItem(line.start);
    const colon = colonOf(bytes, line.from, line.to);
    const name = plainScalar(bytes, line.from, colon);
    if (name === IRREGULAR || charts.has(name)) return false;
    chart = { name, versions: [], itemIndent: undefined };
    charts.set(name, chart.versions);
    const from = skipSpaces(bytes, colon + 1, line.to);
    return from === line.to || isText(bytes, { ...line, from }, '[]');
  };

  const inEntries = (line: Line): boolean => {
    const isItem = bytes[line.from] === DASH && (line.to === line.from + 1 || bytes[line.from + 1] === SPACE);
    chartIndent ??= line.indent;
    if (line.indent < chartIndent) return false;
    if (line.indent === chartIndent && !isItem) return beginChart(line);
    if (chart === undefined) return false;
    if (isItem && line.indent === (chart.itemIndent ?? line.indent)) {
      endItem(line.start);
      chart.itemIndent = line.indent;
      itemStart = line.start;
      entry.begin(line);
      return true;
    }
    return itemStart !== undefined && line.indent > (chart.itemIndent ?? 0) && entry.look(line);
  };

  return {
    look(line) {
      if (bytes[line.from] === TAB) return false;
      if (section === 'entries' && line.indent > 0) return inEntries(line);
      if (line.isOpen) return false;
      if (line.indent === 0) return topLevel(line);
      // The rest of a scalar whose beginning was taken for all of it.
      return section !== '' && section !== 'apiVersion' && section !== 'none';
    },
    end() {
      endItem(bytes.length);
      return keys.size === 0 ? undefined : { apiVersion, charts };
    },
  };
}

/** One version by itself. Throws `InvalidYaml` where it refers to something outside, and `WrongType`. */
function parseItem(bytes: Uint8Array): IndexEntry | null {
  const [list] = readYaml(bytes, { dialect: 'config', duplicates: 'refused', maxBytes: bytes.length });
  if (!Array.isArray(list)) throw new WrongType('not a list');
  return readEntry(list[0]);
}

function isText(bytes: Uint8Array, { from, to }: Line, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}
