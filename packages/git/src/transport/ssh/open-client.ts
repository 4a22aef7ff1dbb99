import type { Socket } from 'node:net';
import type { SshAccess } from '@gotk/auth';
import type { Client, PublicKeyAuthMethod } from 'ssh2';
import { GitError } from '../../git-error.ts';
import { offeredAlgorithms, type SshAlgorithms } from './algorithms.ts';
import { parseHostKey } from './host-key.ts';
import { objectionTo, parseKnownHosts, trustedKeys } from './known-hosts.ts';
import { loadSsh2 } from './load-ssh2.ts';
import { brokenIn, endedBy, hungUp, type Phase } from './phase.ts';
import { privateKeyOf } from './private-key.ts';
import type { SshAddress } from './ssh-address.ts';

export interface ClientOptions {
  readonly address: SshAddress;
  readonly access: SshAccess;
  readonly algorithms: SshAlgorithms;
  readonly dial: () => Promise<Socket>;
  readonly shown: string;
  readonly signal: AbortSignal;
}

/** Lines before the server's version may be as many as it likes (RFC 4253, 4.2); the library looks at all of them again with each byte. */
const MAX_GREETING_BYTES = 16 * 1024;

/**
 * Connects and logs in. The server's key is checked before anything of the login is sent, against known_hosts alone. Throws `GitError`
 * (`host-key` when the server is not the one that it should be), `InvalidLogin`, `UnknownAlgorithm`, or the signal's reason.
 */
export async function openClient({ address, access, algorithms, dial, shown, signal }: ClientOptions): Promise<Client> {
  signal.throwIfAborted();
  const ssh2 = await loadSsh2();
  const privateKey = privateKeyOf(access, ssh2);
  const known = parseKnownHosts(access.knownHosts);
  const { keyExchange, hostKey } = offeredAlgorithms(
    algorithms,
    trustedKeys(known, address).map(({ type }) => type),
  );

  let phase: Phase = 'to connect';
  const sock = await dial().catch((error: unknown) => {
    throw signal.aborted ? endedBy(signal, { phase, shown }) : brokenIn(error, { phase, shown });
  });
  phase = "to get the server's greeting";
  const client = new ssh2.Client();
  const publicKey: PublicKeyAuthMethod = { type: 'publickey', username: access.username, key: privateKey };
  return await new Promise<Client>((resolve, reject) => {
    const settle = (outcome: () => void) => {
      signal.removeEventListener('abort', aborted);
      outcome();
    };
    const fail = (reason: unknown) =>
      settle(() => {
        reject(reason);
        sock.destroy();
      });
    const aborted = () => fail(endedBy(signal, { phase, shown }));
    signal.addEventListener('abort', aborted);
    if (signal.aborted) return aborted();
    sock.on('error', (error) => fail(brokenIn(error, { phase, shown }))).on('end', () => fail(hungUp({ phase, shown })));
    watchGreeting(sock, {
      ended: () => {
        phase = 'to exchange keys';
      },
      tooLong: () => fail(new GitError('protocol', `${shown}: failed ${phase}: it has more than ${MAX_GREETING_BYTES} bytes`)),
    });
    client
      .on('handshake', () => {
        phase = 'to log in';
      })
      .on('ready', () => settle(() => resolve(client)))
      // Stays for as long as the client does: an error that nobody listens for ends the process.
      .on('error', (error) => fail(brokenIn(error, { phase, shown })))
      .on('close', () => fail(hungUp({ phase, shown })));
    client.connect({
      sock,
      username: access.username,
      ident: 'gitops-toolkit',
      // The signal is what ends this.
      readyTimeout: 0,
      // This key, and nothing else: no password, no agent.
      authHandler: [publicKey],
      algorithms: { kex: [...keyExchange], serverHostKey: [...hostKey], compress: ['none'] },
      hostVerifier: (blob: Buffer) => {
        const key = parseHostKey(blob);
        const objection = key === undefined ? 'the server shows what is no host key' : objectionTo(key, address, known);
        if (objection !== undefined) fail(new GitError('host-key', `${shown}: ${objection}`));
        return objection === undefined;
      },
    });
  });
}

/** Tells when the line with the server's version has come, or that too much came without it. */
function watchGreeting(sock: Socket, { ended, tooLong }: { readonly ended: () => void; readonly tooLong: () => void }): void {
  let bytes = 0;
  let line = '';
  const watch = (chunk: Buffer) => {
    bytes += chunk.length;
    const lines = (line + chunk.toString('latin1', 0, MAX_GREETING_BYTES)).split('\n');
    line = lines.pop() ?? '';
    const found = lines.some((text) => text.startsWith('SSH-'));
    if (!found && bytes <= MAX_GREETING_BYTES) return;
    sock.off('data', watch);
    if (found) ended();
    else tooLong();
  };
  sock.on('data', watch);
}
