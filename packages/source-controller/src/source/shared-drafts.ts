import { constants, copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import { latest, untilAborted } from '@gotk/apimachinery';
import type { Scratch, Storage } from '@gotk/artifact';
import type { Draft } from './source-run.ts';

export interface DraftRequest<D extends Draft> {
  /** Names everything that the content depends on: where it comes from, what was asked for, by which rules, and with whose credentials. */
  readonly key: string;
  /** Where the draft shall lie. */
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  /** Makes it, in a directory of its own. The signal aborts when nobody wants it any more. */
  readonly make: (scratch: Scratch, signal: AbortSignal) => Promise<D>;
}

/** Contents that several objects want: each is fetched once, be it asked for at the same time or later. */
export interface SharedDrafts<D extends Draft> {
  /**
   * Resolves with a draft of the caller's own. Until the caller's scratch directory goes, others take theirs from the same; once it was stored, from the storage, as long as it is
   * there. So there is no moment at which it would be fetched again.
   */
  draft(request: DraftRequest<D>): Promise<D>;
}

interface Making<D> {
  readonly scratch: Promise<Scratch>;
  readonly made: Promise<D>;
  readonly abort: AbortController;
  holders: number;
}

const REMEMBERED = 1_000;

export function createSharedDrafts<D extends Draft>(storage: Storage): SharedDrafts<D> {
  const making = new Map<string, Making<D>>();
  const known = latest<string, { readonly path: string; readonly draft: D }>(REMEMBERED);

  const own = (key: string, draft: D, file: string): D => ({ ...draft, file, onStored: (path: string) => known.set(key, { path, draft }) });

  const fromStorage = async ({ key, scratch }: DraftRequest<D>): Promise<D | undefined> => {
    const found = known.get(key);
    if (found === undefined) return undefined;
    const file = join(scratch.directory, 'copied');
    if (await storage.copyTo(file, { path: found.path, digest: found.draft.digest })) return own(key, found.draft, file);
    known.delete(key);
    return undefined;
  };

  const forget = (key: string, one: Making<D>) => {
    if (making.get(key) === one) making.delete(key);
  };
  const start = ({ key, make }: DraftRequest<D>): Making<D> => {
    const abort = new AbortController();
    const scratch = storage.scratch();
    const one: Making<D> = { scratch, made: scratch.then((directory) => make(directory, abort.signal)), abort, holders: 0 };
    making.set(key, one);
    one.made.catch(() => forget(key, one));
    return one;
  };
  const leave = async (key: string, one: Making<D>): Promise<void> => {
    one.holders -= 1;
    if (one.holders > 0) return;
    forget(key, one);
    one.abort.abort();
    await one.made.catch(() => undefined);
    const scratch = await one.scratch.catch(() => undefined);
    await scratch?.[Symbol.asyncDispose]();
  };

  return {
    async draft(request) {
      const { key, scratch, signal } = request;
      const stored = await fromStorage(request);
      if (stored !== undefined) return stored;
      const one = making.get(key) ?? start(request);
      one.holders += 1;
      scratch.defer(() => leave(key, one));
      const draft = await untilAborted(one.made, signal);
      const file = join(scratch.directory, 'taken');
      await anotherName(draft.file, file);
      return own(key, draft, file);
    },
  };
}

/** The same content under another name: nobody writes to it any more. Not every disk can do that without a copy. */
async function anotherName(file: string, name: string): Promise<void> {
  try {
    await link(file, name);
  } catch {
    await copyFile(file, name, constants.COPYFILE_FICLONE);
  }
}
