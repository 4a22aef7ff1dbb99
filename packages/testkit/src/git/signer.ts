import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programDirectory } from '../programs/program-directory.ts';
import { requireProgram } from '../programs/require-program.ts';
import type { SshKey } from '../ssh/key.ts';

/** What makes Git sign commits and tags: settings of git-config(1), and environment. */
export interface GitSigner {
  readonly config: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Signs with an SSH key that has no passphrase, by the real ssh-keygen. The key lies in a file until disposal. */
export async function sshSigner({ privateKey }: SshKey): Promise<GitSigner & AsyncDisposable> {
  const program = await requireProgram('ssh-keygen');
  const directory = await programDirectory('signer');
  const file = join(directory.path, 'key');
  await writeFile(file, privateKey, { mode: 0o600 });
  return {
    config: { 'gpg.format': 'ssh', 'gpg.ssh.program': program, 'user.signingkey': file },
    env: {},
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
