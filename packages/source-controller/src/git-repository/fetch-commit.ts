import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@gotk/apimachinery';
import { connect, fetchPack, type Remote, type RemoteConnection } from '@gotk/git';
import { type Variables, withEnvironmentProxy } from '../source/environment-proxy.ts';
import type { GitDeps } from './git-deps.ts';

/** What it takes to ask a server something. */
export interface Line {
  readonly deps: Pick<GitDeps, 'reach' | 'greetings' | 'cloud'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The one way to any server: every address that a tenant chose goes through what `deps.reach` allows, and through the controller's own proxy if nobody named another. */
export const connectTo = (remote: Remote, { deps, clock }: Line): RemoteConnection =>
  connect(throughProxy(remote, deps.cloud.environment.variables), {
    reach: deps.reach,
    clock,
    greetings: deps.greetings,
  });

/** With the proxy that the controller's environment names for this address: submodules may lie where there is none. */
export function throughProxy(remote: Remote, variables: Variables): Remote {
  const { url, access } = remote;
  return 'identity' in access ? remote : { url, access: withEnvironmentProxy(access, url, variables) };
}

export interface WantedCommit {
  /** Of the commit, or of a tag that leads to it. */
  readonly oid: string;
  /** Where the pack goes: a new file. */
  readonly file: string;
  readonly maxBytes: number;
  /** See `fetchPack`. */
  readonly branch?: string | undefined;
  readonly filter?: string | undefined;
}

/** Fetches one commit without its history into a file; resolves with the bytes that it took. Throws `GitError`, or the signal's reason. */
export async function fetchCommit(remote: Remote, wanted: WantedCommit, line: Line): Promise<number> {
  await using connection = connectTo(remote, line);
  return await fetchOver(connection, wanted, line.signal);
}

export async function fetchOver(
  connection: RemoteConnection,
  { oid, file, maxBytes, branch, filter }: WantedCommit,
  signal: AbortSignal,
): Promise<number> {
  const pack = fetchPack(connection, oid, {
    signal,
    maxBytes,
    ...(branch === undefined ? {} : { branch }),
    ...(filter === undefined ? {} : { filter }),
  });
  return await writePack(pack, file, signal);
}

/** Writes a pack into a new file as it arrives; resolves with its bytes. */
export async function writePack(pack: AsyncIterable<Buffer>, file: string, signal: AbortSignal): Promise<number> {
  await pipeline(Readable.from(pack), createWriteStream(file, { mode: 0o600, flags: 'wx' }), { signal });
  return (await stat(file)).size;
}
