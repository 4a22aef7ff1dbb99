import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { ProgramDirectory } from '../programs/program-directory.ts';
import { requireProgram } from '../programs/require-program.ts';
import type { SshKey } from './key.ts';

interface Options {
  readonly directory: ProgramDirectory;
  readonly authorizedKeys: readonly string[];
  readonly config: readonly string[];
}

/** The sshd processes of a server, one per connection. */
export interface SshSessions {
  readonly log: string;
  readonly pids: readonly number[];
  readonly accepted: number;
  /** For connections from now on. */
  useHostKeys(keys: readonly SshKey[]): Promise<void>;
  accept(socket: Socket): void;
  kill(): void;
  /** Kills, and resolves when none is left. */
  end(): Promise<void>;
}

/** Where sshd of root confines its unprivileged half; the package's start script makes it, and nothing else does in a container. */
const EMPTY_ROOT = '/run/sshd';

export async function createSshSessions({ directory, authorizedKeys, config }: Options): Promise<SshSessions> {
  const program = await requireProgram('sshd');
  if (process.getuid?.() === 0) await mkdir(EMPTY_ROOT, { recursive: true, mode: 0o755 });
  const authorizedKeysFile = join(directory.path, 'authorized_keys');
  await writeFile(authorizedKeysFile, authorizedKeys.map((key) => `${key}\n`).join(''), { mode: 0o600 });
  const running = new Set<ChildProcess>();
  const pids = () => [...running].flatMap(({ pid }) => pid ?? []);
  // A connection is a group of processes: sshd forks, and the half that talks to the client would outlive the other.
  const groups = () => pids().map((pid) => -pid);
  const guard = () => directory.guard(groups());
  let [log, accepted, generation, configFile] = ['', 0, 0, ''];

  const kill = () => {
    for (const group of groups()) killGroup(group);
  };
  return {
    get log() {
      return log;
    },
    get pids() {
      return pids();
    },
    get accepted() {
      return accepted;
    },
    async useHostKeys(keys) {
      generation += 1;
      const files = keys.map(({ type }) => join(directory.path, `host-key-${generation}-${type}`));
      for (const [at, file] of files.entries()) await writeFile(file, keys[at]?.privateKey ?? '', { mode: 0o600 });
      const file = join(directory.path, `sshd_config-${generation}`);
      await writeFile(file, [...config, ...settings(files, authorizedKeysFile), ''].join('\n'));
      configFile = file;
    },
    accept(socket) {
      accepted += 1;
      const child = spawn(program, ['-i', '-e', '-f', configFile], { stdio: [socket, socket, 'pipe'], detached: true });
      running.add(child);
      guard();
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
      child.on('error', (error) => {
        log += `${error.message}\n`;
        running.delete(child);
      });
      child.on('close', () => {
        running.delete(child);
        guard();
      });
      // The child has the connection now; our copy would keep it open when sshd hangs up.
      socket.destroy();
    },
    kill,
    async end() {
      kill();
      await Promise.all([...running].map((child) => once(child, 'close')));
    },
  };
}

function killGroup(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch (error) {
    // It ended by itself, and its end has not been told yet.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function settings(hostKeyFiles: readonly string[], authorizedKeysFile: string): readonly string[] {
  return [
    ...hostKeyFiles.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${authorizedKeysFile}`,
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    // The temporary directory is below one that everybody may write to.
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PrintMotd no',
    // How Git asks for version 2 of its protocol.
    'AcceptEnv GIT_PROTOCOL',
    'SetEnv GIT_CONFIG_GLOBAL=/dev/null',
    'LogLevel DEBUG1',
  ];
}
