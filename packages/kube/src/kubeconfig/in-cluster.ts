import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { cachedToken } from './cached-token.ts';

export interface PodSurroundings {
  readonly host: string;
  readonly port: string;
  /** Where the pod's service account is mounted. */
  readonly directory: string;
}

/** A mounted token is replaced well before it ends: reading it again once a minute is always soon enough. */
const REREAD_MS = 60_000;

/** The connection of a pod's own service account. Token and CA are read again once a minute. Throws an error that names the file that is missing. */
export async function podConnection({ host, port, directory }: PodSurroundings, clock: Clock): Promise<ClusterConnection> {
  const read = async (name: string): Promise<string> => {
    try {
      return (await readFile(join(directory, name), 'utf8')).trim();
    } catch (error) {
      throw new Error(`failed to read the pod's service account: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };
  let ca = await read('ca.crt');
  const token = cachedToken(async () => {
    ca = await read('ca.crt');
    return { token: await read('token'), untilMs: clock.monotonic() + REREAD_MS };
  }, clock);
  await token();
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    get ca() {
      return ca;
    },
    token,
  };
}
