import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../programs/require-program.ts';

const execute = promisify(execFile);

export type SshKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshKeyOptions {
  readonly type: SshKeyType;
  /** Default: what ssh-keygen takes (ecdsa 256, rsa 3072). */
  readonly bits?: number;
  /** Encrypts the private key. */
  readonly passphrase?: string;
  /** Of what makes a key of the passphrase; as many as `ssh-keygen` likes unless told. */
  readonly rounds?: number;
  /** `pem` is PKCS#1 or SEC 1; ssh-keygen writes ed25519 as `openssh` whatever is asked. Default: `openssh`. */
  readonly format?: 'openssh' | 'pem' | 'pkcs8';
}

export interface SshKey {
  readonly type: SshKeyType;
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… testkit`: one line, without its end. */
  readonly publicKey: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
}

const FORMATS = { openssh: 'RFC4716', pem: 'PEM', pkcs8: 'PKCS8' } as const;

/** A new key, by the real ssh-keygen. Throws `MissingProgram`. */
export async function makeSshKey({ type, bits, passphrase = '', rounds, format = 'openssh' }: SshKeyOptions): Promise<SshKey> {
  const program = await requireProgram('ssh-keygen');
  const directory = await mkdtemp(join(tmpdir(), 'gotk-key-'));
  try {
    const file = join(directory, 'key');
    const size = bits === undefined ? [] : ['-b', String(bits)];
    await execute(program, [
      '-q',
      '-t',
      type,
      ...size,
      ...(rounds === undefined ? [] : ['-a', String(rounds)]),
      '-m',
      FORMATS[format],
      '-N',
      passphrase,
      '-C',
      'testkit',
      '-f',
      file,
    ]);
    const [privateKey, publicKey] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.pub`, 'utf8')]);
    return { type, privateKey, publicKey: publicKey.trim(), fingerprint: fingerprintOf(publicKey) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;
}
