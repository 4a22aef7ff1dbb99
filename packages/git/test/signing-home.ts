import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignedObject } from '../src/signature/outcome.ts';

export interface GpgKeyOptions {
  /** As `gpg --quick-generate-key` wants them. */
  readonly algorithm?: string;
  readonly usage?: string;
  readonly expires?: string;
  /** When gpg should think it is: `20200101T000000`. */
  readonly at?: string;
}

export interface SshSigner {
  readonly file: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

export const HEADERS = [
  'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  'author Jo <jo@example.com> 1700000000 +0100',
  'committer Jo <jo@example.com> 1700000000 +0100',
] as const;
/** A commit of nothing, as it is before it is signed. */
export const COMMIT = `${HEADERS.join('\n')}\n\nnothing yet\n`;

/** A commit with a signature put where Git puts it. */
export function signedCommit(signature: string, unsigned = COMMIT): SignedObject {
  const at = unsigned.indexOf('\n\n') + 1;
  const header = `gpgsig ${signature.trimEnd().replaceAll('\n', '\n ')}\n`;
  return { type: 'commit', content: Buffer.from(`${unsigned.slice(0, at)}${header}${unsigned.slice(at)}`) };
}

/** Real gpg, ssh-keygen and git, each with a home of its own. */
export class SigningHome implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'gotk-sign-'));
  readonly #env: NodeJS.ProcessEnv;
  #keys = 0;

  constructor() {
    mkdirSync(join(this.#directory, 'gpg'), { mode: 0o700 });
    this.#env = {
      PATH: process.env.PATH,
      HOME: this.#directory,
      LC_ALL: 'C',
      GNUPGHOME: join(this.#directory, 'gpg'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_DATE: '1700000000 +0100',
      GIT_COMMITTER_DATE: '1700000000 +0100',
    };
    this.run('git', ['init', '--quiet', '--initial-branch=main', 'repo']);
    for (const [key, value] of [
      ['user.name', 'Jo'],
      ['user.email', 'jo@example.com'],
      ['gpg.ssh.allowedSignersFile', this.path('signers')],
    ] as const) {
      this.git(['config', key, value]);
    }
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  /** Throws unless the program ends with 0. */
  run(program: string, args: readonly string[], input?: string | Uint8Array): Buffer {
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: this.#directory, env: this.#env, input, timeout: 60_000 });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.toString()}`);
    return stdout;
  }

  git(args: readonly string[], input?: string | Uint8Array): Buffer {
    return this.run('git', ['-C', this.path('repo'), ...args], input);
  }

  gpg(args: readonly string[], input?: string | Uint8Array): string {
    return this.run(
      'gpg',
      ['--batch', '--quiet', '--yes', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      input,
    ).toString();
  }

  /** A new OpenPGP key; returns its fingerprint. */
  gpgKey({ algorithm = 'ed25519', usage = 'sign', expires = 'never', at }: GpgKeyOptions = {}): string {
    this.#keys += 1;
    const name = `Key ${this.#keys} <key${this.#keys}@example.com>`;
    this.gpg([...timed(at), '--quick-generate-key', name, algorithm, usage, expires]);
    const listing = this.gpg([...timed(at), '--with-colons', '--list-secret-keys', `=${name}`]);
    return /^fpr:+([0-9A-F]+):/m.exec(listing)?.[1] ?? '';
  }

  publicKey(...fingerprints: readonly string[]): string {
    return this.gpg(['--armor', '--export', ...fingerprints]);
  }

  revoke(fingerprint: string): void {
    const certificate = readFileSync(this.path(`gpg/openpgp-revocs.d/${fingerprint}.rev`), 'utf8');
    this.gpg(['--import'], certificate.replace(':-----BEGIN', '-----BEGIN'));
  }

  /** A detached signature in armour, as `git commit -S` asks for. */
  gpgSign(
    key: string,
    payload: string | Uint8Array = COMMIT,
    { at, args = [] }: { readonly at?: string; readonly args?: readonly string[] } = {},
  ): string {
    return this.gpg([...timed(at), ...args, '--armor', '--local-user', key, '--detach-sign', '--output', '-'], payload);
  }

  sshKey(type: 'ed25519' | 'ecdsa' | 'rsa' | 'dsa', bits?: number): SshSigner {
    this.#keys += 1;
    const file = this.path(`ssh-${this.#keys}`);
    this.run('ssh-keygen', ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', String(bits)]), '-N', '', '-C', 'jo', '-f', file]);
    const fingerprint = /SHA256:\S+/.exec(this.run('ssh-keygen', ['-l', '-f', `${file}.pub`]).toString())?.[0] ?? '';
    return { file, fingerprint, publicKey: readFileSync(`${file}.pub`, 'utf8') };
  }

  sshSign({ file }: SshSigner, payload: string | Uint8Array = COMMIT, { namespace = 'git', hash = 'sha512' } = {}): string {
    const input = this.path('payload');
    writeFileSync(input, payload);
    this.run('ssh-keygen', ['-q', '-Y', 'sign', '-f', file, '-n', namespace, '-O', `hashalg=${hash}`, input]);
    return takeFile(`${input}.sig`);
  }

  /** Whom git shall believe that they signed with SSH. */
  allow(...publicKeys: readonly string[]): void {
    writeFileSync(this.path('signers'), publicKeys.map((key) => `jo@example.com ${key.trim()}\n`).join(''));
  }

  /** The object as git stores it, by its name. */
  object(revision: string, type: SignedObject['type']): SignedObject {
    return { type, content: this.git(['cat-file', type, revision]) };
  }

  /** Whether git itself takes the signature, in a repository that has the object as it is. */
  gitAccepts({ type, content }: SignedObject): boolean {
    const id = this.git(['hash-object', '-t', type, '-w', '--literally', '--stdin'], content).toString().trim();
    try {
      this.git([`verify-${type}`, id]);
      return true;
    } catch {
      return false;
    }
  }

  /** What git says of an object's form: the first fault. */
  fault({ type, content }: SignedObject): string | undefined {
    try {
      this.git(['hash-object', '-t', type, '--stdin'], content);
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  [Symbol.dispose](): void {
    this.run('gpgconf', ['--kill', 'all']);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const timed = (at: string | undefined): readonly string[] => (at === undefined ? [] : ['--faked-system-time', `${at}!`]);

function takeFile(path: string): string {
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return text;
}
