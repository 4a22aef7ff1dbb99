import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GitSigner } from '../git/signer.ts';
import { programDirectory } from '../programs/program-directory.ts';
import { requireProgram } from '../programs/require-program.ts';

const execute = promisify(execFile);

export interface GpgKeyOptions {
  readonly type: 'rsa' | 'ed25519';
  /** Of an RSA key. Default: 2048. */
  readonly bits?: number;
  readonly email?: string;
  /** The primary key certifies only, and a subkey signs. */
  readonly signingSubkey?: boolean;
  /** Counted from `createdAt`. Default: never. */
  readonly expiresInSeconds?: number;
  /** Default: now. Together with `expiresInSeconds` it makes a key that has expired. */
  readonly createdAt?: Date;
}

export interface GpgKey {
  /** 40 hexadecimal digits, in capitals. */
  readonly fingerprint: string;
  /** Of the key that signs: the subkey's if there is one. */
  readonly signingFingerprint: string;
}

export interface SigningTime {
  /** When gpg shall believe it is: an expired key signs only before its end. Default: now. */
  readonly at?: Date;
}

/** A keyring of its own, in a temporary GNUPGHOME, worked on by the real gpg. Keys have no passphrase. */
export interface GpgHome extends AsyncDisposable {
  /** The GNUPGHOME. */
  readonly directory: string;
  makeKey(options: GpgKeyOptions): Promise<GpgKey>;
  /** From now on `exportPublicKeys` says that the key is revoked, and gpg does not sign with it. */
  revoke(key: GpgKey): Promise<void>;
  /** Armoured, in one block. Default: the whole keyring. */
  exportPublicKeys(...keys: readonly GpgKey[]): Promise<string>;
  /** An armoured detached signature. */
  sign(content: string | Uint8Array, options: { readonly key: GpgKey } & SigningTime): Promise<string>;
  /** For `repository.commit` and `repository.tag`. */
  signer(key: GpgKey, options?: SigningTime): Promise<GitSigner>;
}

/** Throws `MissingProgram`. */
export async function createGpgHome(): Promise<GpgHome> {
  const [gpg, gpgconf] = await Promise.all([requireProgram('gpg'), requireProgram('gpgconf'), requireProgram('gpg-agent')]);
  const directory = await programDirectory('gpg');
  const env = { PATH: process.env.PATH, GNUPGHOME: directory.path, LC_ALL: 'C' };
  const run = async (args: readonly string[], { at }: SigningTime = {}) => {
    const { stdout } = await execute(gpg, ['--batch', '--no-tty', '--quiet', '--yes', ...clock(at), ...args], { env });
    return stdout;
  };
  const create = async (args: readonly string[], at: Date | undefined) => {
    const status = await run(
      ['--status-fd', '1', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      at === undefined ? {} : { at },
    );
    const [, fingerprint] = /KEY_CREATED [PS] ([0-9A-F]{40})/.exec(status) ?? [];
    if (fingerprint === undefined) throw new Error(`gpg made no key: ${status}`);
    return fingerprint;
  };
  let scripts = 0;

  return {
    directory: directory.path,
    async makeKey({ type, bits = 2048, email = 'developer@example.com', signingSubkey = false, expiresInSeconds, createdAt }) {
      const algorithm = type === 'rsa' ? `rsa${bits}` : type;
      const expiry = expiresInSeconds === undefined ? 'never' : `seconds=${expiresInSeconds}`;
      const usage = signingSubkey ? 'cert' : 'cert,sign';
      const fingerprint = await create(['--quick-generate-key', `A Developer <${email}>`, algorithm, usage, expiry], createdAt);
      if (!signingSubkey) return { fingerprint, signingFingerprint: fingerprint };
      return { fingerprint, signingFingerprint: await create(['--quick-add-key', fingerprint, algorithm, 'sign', expiry], createdAt) };
    },
    async revoke({ fingerprint }) {
      const file = join(directory.path, 'openpgp-revocs.d', `${fingerprint}.rev`);
      // gpg writes the certificate at once, with a colon that keeps it from being imported by mistake.
      await writeFile(file, (await readFile(file, 'utf8')).replace(':-----BEGIN', '-----BEGIN'));
      await run(['--import', file]);
    },
    exportPublicKeys: (...keys) => run(['--armor', '--export', ...keys.map(({ fingerprint }) => fingerprint)]),
    async sign(content, { key, ...time }) {
      const file = join(directory.path, 'content');
      await writeFile(file, content);
      return run(['--armor', '--output', '-', '--local-user', `${key.signingFingerprint}!`, '--detach-sign', file], time);
    },
    async signer({ signingFingerprint }, { at } = {}) {
      scripts += 1;
      // Git knows a program, and nothing of its arguments.
      const program = join(directory.path, `gpg-${scripts}`);
      await writeFile(program, `#!/bin/sh\nexec '${gpg}' --batch --no-tty ${clock(at).join(' ')} "$@"\n`, { mode: 0o755 });
      const date = at === undefined ? {} : { GIT_AUTHOR_DATE: at.toISOString(), GIT_COMMITTER_DATE: at.toISOString() };
      return {
        config: { 'gpg.format': 'openpgp', 'gpg.program': program, 'user.signingkey': `${signingFingerprint}!` },
        env: { GNUPGHOME: directory.path, ...date },
      };
    },
    async [Symbol.asyncDispose]() {
      await execute(gpgconf, ['--kill', 'all'], { env });
      await directory[Symbol.asyncDispose]();
    },
  };
}

function clock(at: Date | undefined): readonly string[] {
  return at === undefined ? [] : ['--faked-system-time', `${Math.floor(at.getTime() / 1000)}!`];
}
