import { HelmError } from '../helm-error.ts';

/** A file in a chart's archive, with its name as it stands there. Directories, links and headers of the format are none. */
export interface ArchiveEntry {
  readonly name: string;
  readonly data: Uint8Array;
}

/** The files of a chart by their paths below its top directory, in their order. */
export type ChartFiles = ReadonlyMap<string, Uint8Array>;

export interface ChartLimits {
  /** Of all files together. Helm's is 100 MiB. */
  readonly maxBytes: number;
  /** Of one file. The flag `--helm-chart-file-max-size`; Helm's is 5 MiB. */
  readonly maxFileBytes: number;
}

export const HELM_LIMITS: ChartLimits = { maxBytes: 100 * 1024 * 1024, maxFileBytes: 5 * 1024 * 1024 };

/** What an archive fails with, whoever unpacks it: for more than so many bytes of files; and for what is `no sound gzip file`, and the like. */
export const archiveErrors = (maxBytes: number) => ({
  tooLarge: (cause?: unknown) => new HelmError('too-large', `decompressed chart is larger than the maximum size ${maxBytes}`, { cause }),
  broken: (what: string, cause?: unknown) => new HelmError('invalid-chart', `the chart is ${what}`, { cause }),
});

/**
 * The files of an unpacked archive, as Helm takes them: the top directory dropped whatever it is called, backslashes as Windows writes
 * them, a byte order mark dropped. Looks at one entry at a time, so that what comes from a decompressor stops at the limits. Throws
 * `HelmError`: `too-large`, or `invalid-chart` for paths that leave the chart and for an archive without files.
 */
export function filesOfArchive(entries: Iterable<ArchiveEntry>, limits: ChartLimits = HELM_LIMITS): ChartFiles {
  const files = new Map<string, Uint8Array>();
  let left = limits.maxBytes;
  for (const { name, data } of entries) {
    const path = pathBelowTop(name);
    if (data.length > limits.maxFileBytes) {
      throw new HelmError(
        'too-large',
        `decompressed chart file ${shown(name)} is larger than the maximum file size ${limits.maxFileBytes}`,
      );
    }
    left -= data.length;
    if (left < 0) throw archiveErrors(limits.maxBytes).tooLarge();
    files.set(path, withoutMark(data));
  }
  if (files.size === 0) throw new HelmError('invalid-chart', 'no files in chart archive');
  return files;
}

function pathBelowTop(name: string): string {
  const parts = name.split(name.includes('\\') ? '\\' : '/');
  const path = parts.slice(1).join('/');
  if (path.startsWith('/')) throw new HelmError('invalid-chart', 'chart illegally contains absolute paths');
  const clean = cleanPath(path);
  if (clean === '.') throw new HelmError('invalid-chart', `chart illegally contains content outside the base directory: ${shown(name)}`);
  if (clean.startsWith('..')) throw new HelmError('invalid-chart', 'chart illegally references parent directory');
  if (/^[a-zA-Z]:\//.test(clean)) throw new HelmError('invalid-chart', 'chart contains illegally named files');
  if (parts[0] === 'Chart.yaml') throw new HelmError('invalid-chart', 'chart yaml not in base directory');
  return clean;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 256));

/** A file's bytes without a byte order mark. */
export const withoutMark = (data: Uint8Array): Uint8Array =>
  data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;

/** The shortest path that means the same, as Go's path.Clean has it. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!path.startsWith('/')) parts.push('..');
  }
  const clean = parts.join('/');
  return path.startsWith('/') ? `/${clean}` : clean || '.';
}
