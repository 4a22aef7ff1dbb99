import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { tarFiles } from '@gotk/artifact/files';
import {
  type ArchiveEntry,
  archiveErrors,
  type Chart,
  type ChartFiles,
  compileIgnore,
  filesOfArchive,
  filesOfDirectory,
  HELM_LIMITS,
  type Ignores,
  loadChart,
} from '@gotk/helm';
import { Failure } from '../command.ts';
import { onDisk } from '../on-disk.ts';

/** The chart in a directory or an archive. Throws `Failure`, and `HelmError` for what is no chart. */
export function chartOnDisk(path: string): Chart {
  const stats = onDisk(path, () => statSync(path));
  const files = stats.isDirectory() ? filesOfDirectory(filesBelow(realpathSync(path))) : filesOfArchive(archiveAt(path, stats));
  return loadChart(files, { unpack: entriesOf });
}

function archiveAt(path: string, stats: Stats): Iterable<ArchiveEntry> {
  if (!stats.isFile()) throw new Failure(`${path}: is neither a directory nor an archive of a chart`);
  if (stats.size > HELM_LIMITS.maxBytes) throw new Failure(`${path}: is larger than a chart may be, ${HELM_LIMITS.maxBytes} bytes`);
  return entriesOf(
    onDisk(path, () => readFileSync(path)),
    HELM_LIMITS.maxBytes,
  );
}

const entriesOf = (archive: Uint8Array, maxBytes: number): Iterable<ArchiveEntry> =>
  tarFiles(archive, { maxBytes, ...archiveErrors(maxBytes) });

/** What is not ignored, by its path below the directory. */
function filesBelow(root: string): ChartFiles {
  const ignoreFile = join(root, '.helmignore');
  const hasRules = statSync(ignoreFile, { throwIfNoEntry: false })?.isFile() === true;
  const walk: Walk = {
    root,
    ignores: compileIgnore(hasRules ? readFileSync(ignoreFile) : undefined),
    files: new Map(),
    left: HELM_LIMITS.maxBytes,
  };
  walkDirectory(root, walk);
  return walk.files;
}

interface Walk {
  readonly root: string;
  readonly ignores: Ignores;
  readonly files: Map<string, Uint8Array>;
  left: number;
}

function walkDirectory(directory: string, walk: Walk): void {
  for (const entry of onDisk(directory, () => readdirSync(directory, { withFileTypes: true }))) {
    const path = join(directory, entry.name);
    const name = relative(walk.root, path).split(sep).join('/');
    if (entry.isSymbolicLink() && walk.ignores(name, false)) continue;
    const stats = entry.isSymbolicLink() ? linked(path, walk) : onDisk(path, () => lstatSync(path));
    if (walk.ignores(name, stats.isDirectory())) continue;
    if (stats.isDirectory()) walkDirectory(path, walk);
    else if (stats.isFile()) addFile(path, { name, stats, walk });
    else throw new Failure(`${path}: is no regular file, and a chart has nothing else`);
  }
}

function addFile(path: string, { name, stats, walk }: { readonly name: string; readonly stats: Stats; readonly walk: Walk }): void {
  if (stats.size > HELM_LIMITS.maxFileBytes)
    throw new Failure(`${path}: is larger than the files of a chart may be, ${HELM_LIMITS.maxFileBytes} bytes; name it in .helmignore`);
  walk.left -= stats.size;
  if (walk.left < 0)
    throw new Failure(`${walk.root}: the files of the chart are larger than ${HELM_LIMITS.maxBytes} bytes; name others in .helmignore`);
  walk.files.set(
    name,
    onDisk(path, () => readFileSync(path)),
  );
}

/** What a link leads to: something else in the chart. */
function linked(path: string, { root }: Walk): Stats {
  const target = onDisk(path, () => realpathSync(path));
  if (!`${target}${sep}`.startsWith(`${root}${sep}`))
    throw new Failure(
      `${path}: is a link that leads out of the chart, to ${target}: copy what is there into the chart, or name the link in .helmignore`,
    );
  if (`${path}${sep}`.startsWith(`${target}${sep}`)) throw new Failure(`${path}: is a link to a directory that it is in`);
  return onDisk(path, () => statSync(target));
}
