import { type UnpackedFile, unpackedFiles } from '@gotk/artifact/files';
import { type ChartFiles, type ChartLimits, filesOfArchive, filesOfDirectory, HELM_LIMITS, HelmError } from '@gotk/helm';
import { tarEntries } from './chart-tar.ts';

/** Bytes. */
export interface ChartSizes {
  /** `--helm-chart-max-size`. */
  readonly chartBytes: number;
  /** `--helm-chart-file-max-size`. */
  readonly fileBytes: number;
}

export const limitsOf = ({ fileBytes }: ChartSizes): ChartLimits => ({ ...HELM_LIMITS, maxFileBytes: fileBytes });

/** The files of a source's artifact. */
export interface SourceTree extends Disposable {
  readonly files: ReadonlyMap<string, UnpackedFile>;
}

/** Throws `ArtifactError`. */
export async function openTree(archive: string, contentsFile: string): Promise<SourceTree> {
  const unpacked = await unpackedFiles(archive, contentsFile);
  return { files: new Map(unpacked.files.map((file) => [file.path, file])), [Symbol.dispose]: () => unpacked[Symbol.dispose]() };
}

export interface ChartInTree {
  readonly kind: 'directory' | 'package';
  readonly files: ChartFiles;
}

/** The chart at a clean path of a tree: a directory, or a `.tgz`. Throws `HelmError`; undefined where nothing is. */
export function chartAt({ files }: SourceTree, path: string, sizes: ChartSizes): ChartInTree | undefined {
  const file = files.get(path);
  if (file !== undefined) return { kind: 'package', files: filesOfPackage(file, sizes) };
  const prefix = path === '' ? '' : `${path}/`;
  const below = new FilesBelow();
  for (const [name, each] of files) if (name.startsWith(prefix)) below.add(name.slice(prefix.length), each, sizes.fileBytes);
  return below.size === 0 ? undefined : { kind: 'directory', files: filesOfDirectory(below, limitsOf(sizes)) };
}

/** The files of a packaged chart. Throws `HelmError`. */
export function filesOfPackage(file: Pick<UnpackedFile, 'path' | 'size' | 'content'>, sizes: ChartSizes): ChartFiles {
  if (file.size > sizes.chartBytes)
    throw new HelmError('too-large', `size of chart '${file.path}' exceeds '${sizes.chartBytes}' bytes limit`);
  const limits = limitsOf(sizes);
  return filesOfArchive(tarEntries(file.content, limits.maxBytes), limits);
}

/** Files that are read when they are asked for: what `.helmignore` leaves out may be anything. */
class FilesBelow extends Map<string, Uint8Array> {
  readonly #files = new Map<string, UnpackedFile>();
  #maxBytes = 0;

  add(path: string, file: UnpackedFile, maxBytes: number): void {
    this.#files.set(path, file);
    this.#maxBytes = maxBytes;
    this.set(path, EMPTY);
  }

  override get(path: string): Uint8Array | undefined {
    const file = this.#files.get(path);
    if (file !== undefined && file.size > this.#maxBytes)
      throw new HelmError('too-large', `cannot load file ${path} as file size (${file.size}) exceeds limit (${this.#maxBytes})`);
    return file?.content;
  }
}

const EMPTY = new Uint8Array();
