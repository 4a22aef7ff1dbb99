import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@gotk/apimachinery';

/** A directory for this process alone. Disposing removes it. */
export interface Home extends AsyncDisposable {
  readonly directory: string;
}

const PREFIX = 'gotk-trees-';
const SIGN = '.alive';
/** Between the moments at which a sign of life is made and at which it is answered. */
const SECOND_LOOK_MS = 100;

/**
 * Makes a directory below `root`, and removes those of processes that ended without a chance to: each death would leave gigabytes in a volume that outlives it.
 *
 * That a process lives shows by a socket beside its directory: nobody answers on that of a dead one. Ids of processes would not do, they are all the same in
 * containers.
 */
export async function createHome(root: string, clock: Clock): Promise<Home> {
  await mkdir(root, { recursive: true });
  const signs = (await readdir(root)).filter((name) => name.startsWith(PREFIX) && name.endsWith(SIGN)).map((name) => join(root, name));
  await Promise.all(signs.map((sign) => removeIfDead(sign, clock)));
  const directory = await mkdtemp(join(root, PREFIX));
  const server = createServer((socket) => socket.destroy());
  server.unref();
  await new Promise<void>((resolve) => {
    // Without a sign, such as where paths are longer than a socket's may be, nobody takes it for dead.
    server.once('error', () => resolve());
    server.listen(directory + SIGN, resolve);
  });
  return {
    directory,
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function removeIfDead(sign: string, clock: Clock): Promise<void> {
  if (await isAnswered(sign)) return;
  await clock.sleep(SECOND_LOOK_MS, new AbortController().signal);
  if (await isAnswered(sign)) return;
  // What cannot be removed is not ours to remove.
  await rm(sign.slice(0, -SIGN.length), { recursive: true, force: true }).catch(() => undefined);
  await rm(sign, { force: true }).catch(() => undefined);
}

/** Only a refusal says that nobody listens. */
function isAnswered(sign: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(sign);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
