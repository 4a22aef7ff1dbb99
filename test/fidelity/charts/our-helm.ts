import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { tarFiles } from '@gotk/artifact/files';
import {
  type ArchiveEntry,
  archiveErrors,
  type Chart,
  checkInstallable,
  createSchemaCache,
  filesOfDirectory,
  HelmError,
  loadChart,
  readUserValues,
  renderManifests,
} from '@gotk/helm';
import { renderRelease } from '@gotk/helm/render';
import { RELEASE, type Rendered, type Rendering } from './rendered.ts';

/** Renders the chart in a directory by our engine: as the real program does, from its files to the text. A failure that is no `HelmError` is thrown. */
export function renderByUs(directory: string, values: string): Rendering {
  const started = performance.now();
  const outcome = attempt(directory, values);
  return { seconds: (performance.now() - started) / 1000, outcome };
}

function attempt(directory: string, values: string): Rendered | string {
  try {
    const chart = chartIn(directory);
    checkInstallable(chart);
    const { manifests, hooks, notes } = renderRelease(chart, readUserValues(readFileSync(values), values), {
      release: { ...RELEASE, revision: 1, isUpgrade: false },
      schemas: createSchemaCache(),
    });
    return { manifest: renderManifests(manifests), hooks, notes };
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    return error.message.trim();
  }
}

function chartIn(directory: string): Chart {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return loadChart(filesOfDirectory(new Map(files.map((file) => [relative(directory, file), readFileSync(file)]))), { unpack: entriesOf });
}

const entriesOf = (archive: Uint8Array, maxBytes: number): Iterable<ArchiveEntry> =>
  tarFiles(archive, { maxBytes, ...archiveErrors(maxBytes) });
