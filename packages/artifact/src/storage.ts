import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, open, readdir, rename, rm, rmdir, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@gotk/apimachinery';
import { hasDigest } from './digest.ts';

/** Whose artifacts: they lie in a directory of their own. */
export interface ArtifactOwner {
  /** Such as `GitRepository`. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface StorageOptions {
  /** Such as `/data`. */
  readonly root: string;
  /** Host, with a port if it is not 80, under which consumers reach the file server. */
  readonly advertisedAddress: string;
  /** How long an artifact is kept after a newer one took its place. */
  readonly retentionMs: number;
  /** How many artifacts of one owner are kept at most, the current one included. */
  readonly retentionRecords: number;
  readonly clock: Clock;
  /** False once another process may have become the leader: this one changes nothing then on a volume that they share. */
  readonly mayWrite?: () => boolean;
}

/** Another process may be writing now. */
export class StorageLost extends Error {
  override readonly name = 'StorageLost';

  constructor() {
    super('another replica may have become the leader: nothing is written to the storage any more');
  }
}

/** Artifacts on disk, laid out as in contract 0.2. */
export interface Storage {
  readonly root: string;
  /** Where the artifact of this name lies, relative to the root. */
  pathOf(owner: ArtifactOwner, file: string): string;
  urlOf(path: string): string;
  /** Of the link beside an artifact that always leads to the newest: the deprecated `status.url`. */
  latestUrlOf(path: string, latest?: string): string;
  /** An empty directory of the caller's own on the same disk, removed when disposed of. */
  scratch(): Promise<Scratch>;
  /**
   * Moves a finished file to its path at once, and points `latest` (`latest.tar.gz` unless told) beside it to it. A reader sees the old
   * file, or the new one.
   */
  commit(draft: string, path: string, latest?: string): Promise<void>;
  /**
   * Copies a stored file to a draft, for another owner of the same content, at no cost where the disk can share blocks. False, and no draft
   * to use, when it is gone or is not what the digest says.
   */
  copyTo(draft: string, artifact: { readonly path: string; readonly digest: string }): Promise<boolean>;
  /** Whether the stored file is there and is what the digest says. */
  holds(artifact: { readonly path: string; readonly digest: string }): Promise<boolean>;
  /** Removes what retention no longer covers, never the current file; resolves with the names that went. */
  collectGarbage(current: string): Promise<readonly string[]>;
  /** Removes everything of an owner. */
  removeAll(owner: ArtifactOwner): Promise<void>;
  /** Removes what other processes were in the middle of. For the leader alone, who knows that they have ended. */
  sweep(): Promise<void>;
}

export interface Scratch extends AsyncDisposable {
  readonly directory: string;
  /** Lets go of something when the directory goes, just before it does. */
  defer(release: () => Promise<void>): void;
}

const LATEST = 'latest.tar.gz';
/** Below the root, hidden from the file server. */
const SCRATCH = '.scratch';

/** Opens a store that other processes may have open as well: those that wait to lead serve from it. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { root, advertisedAddress, clock, mayWrite = () => true } = options;
  const own = randomUUID();
  let scratches = 0;
  const guard = () => {
    if (!mayWrite()) throw new StorageLost();
  };

  return {
    root,
    pathOf: ({ kind, namespace, name }, file) => `${kind.toLowerCase()}/${namespace}/${name}/${file}`,
    latestUrlOf: (path, latest = LATEST) => `http://${advertisedAddress}/${dirname(path)}/${latest}`,
    urlOf: (path) => `http://${advertisedAddress}/${path}`,
    async scratch() {
      scratches += 1;
      const directory = join(root, SCRATCH, own, String(scratches));
      const stack = new AsyncDisposableStack();
      stack.defer(() => rm(directory, { recursive: true, force: true }));
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return { directory, defer: (release) => stack.defer(release), [Symbol.asyncDispose]: () => stack.disposeAsync() };
    },
    async commit(draft, path, latest = LATEST) {
      guard();
      const target = join(root, path);
      const directory = dirname(target);
      await mkdir(directory, { recursive: true, mode: 0o750 });
      await rename(draft, target);
      const link = `${draft}.latest`;
      await symlink(target.slice(directory.length + 1), link);
      await rename(link, join(directory, latest));
      await syncDirectory(directory);
    },
    async copyTo(draft, { path, digest }) {
      try {
        await copyFile(join(root, path), draft, constants.COPYFILE_FICLONE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
      await syncFile(draft);
      // What was checked is what is used: the copy, not the file that it was made from.
      return await hasDigest(draft, digest);
    },
    holds: ({ path, digest }) => hasDigest(join(root, path), digest),
    async collectGarbage(current) {
      guard();
      const directory = dirname(join(root, current));
      const garbage = garbageAmong(await filesIn(directory), {
        ...options,
        current: current.slice(current.lastIndexOf('/') + 1),
        nowMs: clock.now(),
      });
      for (const name of garbage) await rm(join(directory, name), { force: true });
      return garbage;
    },
    async removeAll({ kind, namespace, name }) {
      guard();
      const directory = join(root, kind.toLowerCase(), namespace, name);
      await rm(directory, { recursive: true, force: true });
      await rmdir(dirname(directory)).catch(() => undefined); // others of the namespace are still there
    },
    async sweep() {
      guard();
      const entries = await readdir(join(root, SCRATCH)).catch(() => []);
      for (const entry of entries) if (entry !== own) await rm(join(root, SCRATCH, entry), { recursive: true, force: true });
    },
  };
}

/** A rename is on disk when its directory is. */
const syncDirectory = (directory: string): Promise<void> => syncFile(directory);

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface StoredFile {
  readonly name: string;
  readonly createdMs: number;
}

async function filesIn(directory: string): Promise<readonly StoredFile[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name }) => {
        const info = await stat(join(directory, name)).catch(() => undefined);
        return info === undefined ? [] : [{ name, createdMs: info.mtimeMs }];
      }),
  );
  return files.flat();
}

interface Retention {
  readonly current: string;
  readonly nowMs: number;
  readonly retentionMs: number;
  readonly retentionRecords: number;
}

/**
 * Which files may go. A file's time runs from when the next newer one took its place, not from when it was made: a consumer may have learnt
 * its URL in the moment before.
 */
export function garbageAmong(
  files: readonly StoredFile[],
  { current, nowMs, retentionMs, retentionRecords }: Retention,
): readonly string[] {
  const newestFirst = [...files].sort((a, b) => b.createdMs - a.createdMs);
  const others = newestFirst.filter(({ name }) => name !== current);
  const supersededMs = new Map(newestFirst.map(({ name }, index) => [name, newestFirst[index - 1]?.createdMs ?? nowMs]));
  return others
    .filter(({ name }, index) => index + 1 >= retentionRecords || nowMs - (supersededMs.get(name) ?? nowMs) > retentionMs)
    .map(({ name }) => name);
}
