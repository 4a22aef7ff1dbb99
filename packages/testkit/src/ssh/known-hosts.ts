import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../programs/require-program.ts';
import type { SshKey } from './key.ts';

const execute = promisify(execFile);

/** Lines of a known_hosts file (sshd(8)), one per host key. */
export interface KnownHosts {
  /** `[127.0.0.1]:2222 ssh-ed25519 AAAA…` */
  readonly plain: string;
  /** The same with the host's name hashed, by ssh-keygen -H. */
  readonly hashed: string;
}

export async function knownHosts(host: string, keys: readonly SshKey[]): Promise<KnownHosts> {
  const plain = keys.map(({ publicKey }) => `${host} ${publicKey.split(' ').slice(0, 2).join(' ')}\n`).join('');
  const directory = await mkdtemp(join(tmpdir(), 'gotk-known-hosts-'));
  try {
    const file = join(directory, 'known_hosts');
    await writeFile(file, plain);
    await execute(await requireProgram('ssh-keygen'), ['-H', '-f', file]);
    return { plain, hashed: await readFile(file, 'utf8') };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
