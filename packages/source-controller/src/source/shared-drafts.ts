import { copyFile, rename } from 'node:fs/promises';
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
  draft(request: DraftRequest<D>): Promise<D>;
  /** Says where a draft was stored in the end: as long as it is there, it need not be made again. */
  stored(key: string, path: string, draft: D): void;
}

interface Making<D> {
  readonly scratch: Promise<Scratch>;
  readonly made: Promise<D>;
  readonly abort: AbortController;
  takers: number;
}

const REMEMBERED = 1_000;

export function createSharedDrafts<D extends Draft>(storage: Storage): SharedDrafts<D> {
  const making = new Map<string, Making<D>>();
  const known = latest<string, { readonly path: string; readonly draft: D }>(REMEMBERED);

  const fromStorage = async ({ key, scratch }: DraftRequest<D>): Promise<D | undefined> => {
    const found = known.get(key);
    if (found === undefined) return undefined;
    const file = join(scratch.directory, 'copied');
    if (await storage.copyTo(file, { path: found.path, digest: found.draft.digest })) return { ...found.draft, file };
    known.delete(key);
    return undefined;
  };

  const start = ({ key, make }: DraftRequest<D>): Making<D> => {
    const abort = new AbortController();
    const scratch = storage.scratch();
    const one: Making<D> = { scratch, made: scratch.then((directory) => make(directory, abort.signal)), abort, takers: 0 };
    making.set(key, one);
    const ended = () => {
      if (making.get(key) === one) making.delete(key);
    };
    one.made.then(ended, ended);
    return one;
  };

  const leave = async (key: string, one: Making<D>): Promise<void> => {
    one.takers -= 1;
    if (one.takers > 0) return;
    if (making.get(key) === one) making.delete(key);
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
      one.takers += 1;
      try {
        const draft = await untilAborted(one.made, signal);
        const file = join(scratch.directory, 'taken');
        // The only one, or the last one, takes the file itself.
        await (one.takers === 1 ? rename(draft.file, file) : copyFile(draft.file, file));
        return { ...draft, file };
      } finally {
        await leave(key, one);
      }
    },
    stored: (key, path, draft) => known.set(key, { path, draft }),
  };
}
