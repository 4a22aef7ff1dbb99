import { once } from 'node:events';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { createRepository, type TestRepository } from '../git/repository.ts';
import { programDirectory } from '../programs/program-directory.ts';
import { makeSshKey, type SshKey, type SshKeyType } from './key.ts';
import { type KnownHosts, knownHosts } from './known-hosts.ts';
import { createSshSessions } from './sessions.ts';

export interface SshServerOptions {
  /** A key of each is made. Default: one ed25519 key. */
  readonly hostKeys?: readonly SshKeyType[];
  /** Public keys that may log in. Default: none. */
  readonly authorizedKeys?: readonly string[];
  /** Further lines of sshd_config(5), such as `KexAlgorithms diffie-hellman-group14-sha256`; the first setting of a keyword wins. */
  readonly config?: readonly string[];
}

/** A login that was tried, whether or not it succeeded. Clients ask `none` first, to learn what is possible. */
export interface AuthAttempt {
  readonly user: string;
  readonly method: string;
}

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** Who has to log in: the user that runs the tests. */
  readonly user: string;
  /** The present host keys. */
  readonly hostKeys: readonly SshKey[];
  /** Of the present host keys. */
  readonly knownHosts: KnownHosts;
  /** TCP connections so far. */
  readonly connections: number;
  /** Of the sshd that serve a connection now. */
  readonly pids: readonly number[];
  /** What sshd logged so far, at level DEBUG1. */
  readonly log: string;
  /** Read from the log; empty when a client went away without trying to log in. */
  readonly authAttempts: readonly AuthAttempt[];
  /** New connections meet other host keys, on the same port. */
  changeHostKeys(types: readonly SshKeyType[]): Promise<void>;
  /** Cuts every connection. */
  disconnectAll(): void;
  /** A bare repository, served as `ssh://user@127.0.0.1:port/directory`. */
  createRepository(name: string): Promise<TestRepository>;
}

/**
 * A real OpenSSH sshd on loopback, which lets holders of the given keys run commands as the current user: Git's among them. Throws
 * `MissingProgram`.
 */
export async function startSshServer({
  hostKeys: types = ['ed25519'],
  authorizedKeys = [],
  config = [],
}: SshServerOptions = {}): Promise<SshServer> {
  const directory = await programDirectory('ssh');
  // A socket of ours, and an sshd per connection (as inetd would run it): each process is our child, so that none can outlive the test, and
  // the port stays ours while host keys change.
  const sessions = await createSshSessions({ directory, authorizedKeys, config });
  const server = createServer({ pauseOnConnect: true }, (socket) => sessions.accept(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const { port } = address;
  const user = userInfo().username;

  const present = async (wanted: readonly SshKeyType[]) => {
    const keys = await Promise.all(wanted.map((type) => makeSshKey({ type })));
    await sessions.useHostKeys(keys);
    return { keys, lines: await knownHosts(`[127.0.0.1]:${port}`, keys) };
  };
  let { keys, lines } = await present(types);
  return {
    port,
    user,
    get hostKeys() {
      return keys;
    },
    get knownHosts() {
      return lines;
    },
    get connections() {
      return sessions.accepted;
    },
    get pids() {
      return sessions.pids;
    },
    get log() {
      return sessions.log;
    },
    get authAttempts() {
      return [...sessions.log.matchAll(/userauth-request for user (\S+) service \S+ method (\S+)/g)].map(([, name = '', method = '']) => ({
        user: name,
        method,
      }));
    },
    async changeHostKeys(wanted) {
      ({ keys, lines } = await present(wanted));
    },
    disconnectAll: () => sessions.kill(),
    createRepository: (name) =>
      createRepository({ root: directory.path, name, url: `ssh://${user}@127.0.0.1:${port}${directory.path}/${name}.git` }),
    async [Symbol.asyncDispose]() {
      server.close();
      await sessions.end();
      await directory[Symbol.asyncDispose]();
    },
  };
}
