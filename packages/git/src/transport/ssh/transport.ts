import { type Clock, systemClock } from '@gotk/apimachinery';
import { dial, type HttpProxy, type Reach, redact, type SshAccess } from '@gotk/auth';
import type { Client } from 'ssh2';
import { GitError } from '../../git-error.ts';
import { FLUSH } from '../../protocol/pkt-line.ts';
import type { Answer, Limits, Transport } from '../transport.ts';
import type { SshAlgorithms } from './algorithms.ts';
import { openClient } from './open-client.ts';
import { sshAddressOf, uploadPackCommand } from './ssh-address.ts';
import { startUploadPack, type UploadPackProcess } from './upload-pack-process.ts';

export interface SshRemote {
  /** `ssh:` */
  readonly url: URL;
  readonly access: SshAccess;
  readonly algorithms?: SshAlgorithms;
  readonly proxy?: HttpProxy;
}

export interface SshTransportOptions {
  readonly reach: Reach;
  readonly clock?: Clock;
}

/** How long a server may take to hear that we are done. */
const GOODBYE_MS = 1_000;

/** Git over SSH: one connection, and one process at its other end at a time. */
export function sshTransport(
  { url, access, algorithms = {}, proxy }: SshRemote,
  { reach, clock = systemClock }: SshTransportOptions,
): Transport {
  const shown = redact(`ssh://${url.host}${url.pathname}`);
  let client: Client | undefined;
  let process: UploadPackProcess | undefined;
  let ready = false;

  const answerOf = (from: UploadPackProcess): Answer => {
    ready = false;
    let over = false;
    return {
      next: () => from.next(),
      passOver: (unwanted) => from.passOver(unwanted),
      rest: () => from.rest(),
      async finish() {
        over = true;
        ready = !from.isOver;
      },
      async [Symbol.asyncDispose]() {
        if (!over) from.close();
      },
    };
  };
  const connected = async (signal: AbortSignal): Promise<Client> => {
    const address = sshAddressOf(url);
    const opened = await openClient({
      address,
      access,
      algorithms,
      shown,
      signal,
      dial: () => dial(address, { reach, clock, proxy, signal }),
    });
    opened.on('close', () => {
      if (client === opened) client = undefined;
    });
    return opened;
  };

  return {
    shown,
    announced: false,
    place: undefined,
    resume: () => undefined,
    get ready() {
      return ready && process !== undefined && !process.isOver;
    },
    async greet(limits) {
      process?.close();
      if (process?.isBroken === true) client = undefined;
      process = undefined;
      client ??= await connected(limits.signal);
      process = await startUploadPack(client, { command: uploadPackCommand(sshAddressOf(url)), shown, limits }).catch((error: unknown) => {
        client = undefined;
        throw error;
      });
      return answerOf(process);
    },
    async ask(request, limits: Limits) {
      if (process === undefined) throw new GitError('protocol', 'there is nobody to ask yet');
      process.within(limits);
      process.write(request);
      return answerOf(process);
    },
    async [Symbol.asyncDispose]() {
      if (client === undefined) return;
      const leaving = client;
      if (ready && process !== undefined) process.write(FLUSH);
      process?.close();
      leaving.end();
      const timer = clock.after(GOODBYE_MS, () => leaving.destroy());
      leaving.once('close', () => timer[Symbol.dispose]());
    },
  };
}
