import { BuildError } from '../build-error.ts';
import type { FileTree } from './file-tree.ts';
import { isWithin, joinPath, resolvePath } from './path.ts';
import { isRemote } from './remote-address.ts';

/** `root-only`: the files of a kustomization are in or below its directory; directories that it builds on may be anywhere. */
export type LoadRestrictions = 'root-only' | 'none';

/** What an address stands for: a file, or a directory of a tree of its own. */
export type RemoteContent = { readonly bytes: Uint8Array } | { readonly tree: FileTree; readonly directory: string };

/** How a build comes by what lies elsewhere; undefined when there is nothing at that address. It never waits: whoever has to fetch does so before. */
export type RemoteSource = (address: string) => RemoteContent | undefined;

export interface LoaderOptions {
  readonly restrictions: LoadRestrictions;
  readonly remote?: RemoteSource | undefined;
}

/** A file that a kustomization names. */
export interface LoadedFile {
  readonly bytes: Uint8Array;
  /** Its path in the tree, or its address. */
  readonly path: string;
}

/** Kustomizations that one build may visit: a few that name each other twice would be visited without end. */
const MAX_VISITS = 10_000;
/** Of all files, each counted as often as it is named: a few generators can put one file into many objects. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Kustomizations within each other. */
const MAX_DEPTH = 100;

/** What is left for all kustomizations of a build. */
interface Budget {
  visits: number;
  bytes: number;
}

/** What the kustomization of one directory may read. Throws `BuildError` for what leaves the root, goes in circles, or is not there. */
export class Loader {
  readonly directory: string;
  readonly tree: FileTree;
  readonly #options: LoaderOptions;
  readonly #referrer: Loader | undefined;
  readonly #budget: Budget;
  /** The kustomization file, for messages. */
  file: string;

  private constructor(tree: FileTree, directory: string, way: { options: LoaderOptions; referrer?: Loader; budget: Budget }) {
    this.tree = tree;
    this.directory = directory;
    this.file = directory === '' ? '.' : directory;
    this.#options = way.options;
    this.#referrer = way.referrer;
    this.#budget = way.budget;
  }

  static at(tree: FileTree, directory: string, options: LoaderOptions): Loader {
    return new Loader(tree, directory, { options, budget: { visits: MAX_VISITS, bytes: MAX_BYTES } });
  }

  /** The content of a file. `at` says who asks. */
  load(path: string, at: string): LoadedFile {
    const found = this.find(path, at);
    if (found === undefined) throw new BuildError(`${at}: there is no file '${path}'`);
    return found;
  }

  /** The same; undefined when there is no such file. */
  find(path: string, at: string): LoadedFile | undefined {
    if (isRemote(path)) {
      const content = this.#fetch(path, at);
      return 'bytes' in content ? this.#counted({ bytes: content.bytes, path }, at) : undefined;
    }
    const resolved = resolvePath(this.directory, path, { at, isFileSystem: this.tree.isFileSystem });
    if (!this.#mayRead(resolved)) {
      // Whether it is there is nobody's business, unless it may be meant as a directory.
      if (this.tree.list(resolved) !== undefined) return undefined;
      throw new BuildError(`${at}: '${path}' is not in or below '${this.directory === '' ? '.' : this.directory}'`);
    }
    const bytes = this.tree.read(resolved);
    return bytes === undefined ? undefined : this.#counted({ bytes, path: resolved }, at);
  }

  #counted(file: LoadedFile, at: string): LoadedFile {
    this.#budget.bytes -= file.bytes.length;
    if (this.#budget.bytes < 0)
      throw new BuildError(`${at}: more than ${MAX_BYTES} bytes to read, counting each file as often as it is named`);
    return file;
  }

  /** Whether a file of the tree is one that the kustomization of this directory may name. What a link leads to counts. */
  #mayRead(path: string): boolean {
    if (this.#options.restrictions === 'none') return true;
    return isWithin(this.directory, path) && isWithin(this.directory, this.tree.realPath?.(path) ?? path);
  }

  /** Throws `BuildError` for a kustomization file that is a link out of its directory. */
  checkKustomization(file: string): void {
    if (!this.#mayRead(file)) throw new BuildError(`${file}: leads out of the directory that it is in`);
  }

  /** The loader of another directory, which this one builds on. */
  enter(path: string, at: string): Loader {
    const loader = isRemote(path) ? this.#enterRemote(path, at) : this.#enterLocal(path, at);
    this.#budget.visits -= 1;
    if (this.#budget.visits < 0)
      throw new BuildError(`${at}: more than ${MAX_VISITS} kustomizations to build, counting each as often as it is named`);
    if (loader.#depth > MAX_DEPTH) throw new BuildError(`${at}: more than ${MAX_DEPTH} kustomizations within each other`);
    return loader;
  }

  #enterLocal(path: string, at: string): Loader {
    if (path === '') throw new BuildError(`${at}: an empty path`);
    if (path.startsWith('/'))
      throw new BuildError(`${at}: '${path}' is an absolute path: directories are named from that of the kustomization`);
    if (isAmbiguous(path)) throw new BuildError(`${at}: '${path}' is ambiguous: two entries may have run into each other`);
    const written = resolvePath(this.directory, path, { at, isFileSystem: this.tree.isFileSystem });
    const directory = this.tree.realPath?.(written) ?? written;
    if (this.tree.list(directory) === undefined) throw new BuildError(`${at}: there is no file or directory '${path}'`);
    const trail = this.#trail().filter(({ tree }) => tree === this.tree);
    // A directory above is as bad as the same one: what lies below it is built with it.
    const visited = trail.find((loader) => isWithin(directory, loader.directory));
    if (visited !== undefined) {
      const way = trail.slice(0, trail.indexOf(visited) + 1).map(({ file }) => file);
      const end = visited.directory === directory ? visited.file : `${directory || '.'}, which has it below`;
      throw new BuildError(`${at}: cycle of kustomizations: ${[...way.reverse(), end].join(' -> ')}`);
    }
    return new Loader(this.tree, directory, { options: this.#options, referrer: this, budget: this.#budget });
  }

  #enterRemote(address: string, at: string): Loader {
    const content = this.#fetch(address, at);
    if ('bytes' in content) throw new BuildError(`${at}: '${address}' is a file, not a directory`);
    // What comes from elsewhere keeps to itself, whatever is allowed here.
    const options: LoaderOptions = { ...this.#options, restrictions: 'root-only' };
    return new Loader(content.tree, content.directory, { options, referrer: this, budget: this.#budget });
  }

  #fetch(address: string, at: string): RemoteContent {
    const { remote } = this.#options;
    if (remote === undefined) throw new BuildError(`${at}: '${address}' is a remote resource: remote bases are not fetched`);
    const content = remote(address);
    if (content === undefined) throw new BuildError(`${at}: there is nothing at '${address}'`);
    return content;
  }

  /** From this one to the first. */
  #trail(): readonly Loader[] {
    const trail: Loader[] = [];
    for (let loader: Loader | undefined = this; loader !== undefined; loader = loader.#referrer) trail.push(loader);
    return trail;
  }

  get #depth(): number {
    return this.#trail().length - 1;
  }

  /** Where a file of this directory is, for messages. */
  pathOf(name: string): string {
    return joinPath(this.directory, name);
  }
}

// A list that is indented wrongly makes one path of two: 'base - ../other' is 'base/other' once '..' is taken for a step back.
const isAmbiguous = (path: string): boolean => path.split('/').some((part) => part !== '..' && part.includes('..'));
