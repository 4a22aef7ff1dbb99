import { join } from 'node:path';
import { type Clock, type Resource, systemClock } from '@gotk/apimachinery';
import type { HttpLogin } from '@gotk/auth';
import { connect } from '@gotk/git';
import { createKubeClient } from '@gotk/kube';
import { fetchArtifact } from '../../packages/artifact/src/fetch.ts';
import { testDirectory } from '../../packages/artifact/test/tar.ts';
import { listed } from '../../packages/git/test/git-server.ts';
import { httpEventSink } from '../../packages/runtime/src/events/event-sink.ts';
import { type LogLine, recordingLog } from '../../packages/runtime/test/recording.ts';

export interface Server {
  readonly url: string;
  readonly ca?: string;
}

export interface Credentials {
  readonly login?: HttpLogin;
  readonly token?: string;
}

const NOBODY: HttpLogin = { kind: 'anonymous' };
const TIMEOUT_MS = 500;
/** The pauses between attempts take no time, and deadlines no more than this. */
const hasty: Clock = {
  ...systemClock,
  sleep: () => Promise.resolve(),
  after: (ms, fire) => systemClock.after(Math.min(ms, TIMEOUT_MS), fire),
};
const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** Sends its request, and resolves with everything it says about how that went: an error with all of its causes, or lines of a log. */
export type Client = (server: Server, credentials?: Credentials) => Promise<readonly unknown[]>;

const failureOf = (work: Promise<unknown>): Promise<readonly unknown[]> =>
  work.then(
    () => [],
    (error: unknown) => [error],
  );

/** Everything of ours that speaks HTTP to somebody else's server. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  git: async ({ url, ca }, { login = NOBODY } = {}) => {
    await using remote = connect({ url: new URL(`${url}/app.git`), access: { login, ...(ca === undefined ? {} : { ca }) } });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await failureOf(remote.handshake(signal).then(() => listed(remote, [], signal)));
  },
  artifact: async ({ url }) => {
    await using work = await testDirectory();
    const digest = `sha256:${'0'.repeat(64)}`;
    const options = { clock: hasty, signal: AbortSignal.timeout(TIMEOUT_MS), maxBytes: 1_000_000, retries: 1 };
    return await failureOf(fetchArtifact({ url: `${url}/a.tar.gz`, digest }, join(work.directory, 'file'), options));
  },
  events: async ({ url }) => {
    const lines: LogLine[] = [];
    const sink = httpEventSink({ url, clock: hasty, log: recordingLog(lines) });
    const metadata = {};
    const names = { message: 'm', reason: 'r', reportingController: 'c', reportingInstance: 'i' };
    sink.post({ involvedObject: {}, severity: 'info', timestamp: '2026-01-02T03:04:05Z', metadata, ...names });
    await sink.flush();
    return lines;
  },
  kubernetes: async ({ url, ca }, { token } = {}) => {
    const client = createKubeClient({
      connection: { server: url, ca, ...(token === undefined ? {} : { token: async () => token }) },
      userAgent: 'test/1',
      clock: hasty,
      timeoutMs: TIMEOUT_MS,
    });
    try {
      return await failureOf(client.get(configMaps, { namespace: 'a', name: 'b' }, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
    } finally {
      await client.close();
    }
  },
};
