import type { Clock } from '@gotk/apimachinery';
import type { Reach } from '@gotk/auth';
import { GitError } from './git-error.ts';
import type { Greetings, Remembered } from './greetings.ts';
import { advertisedRefs } from './protocol/advertised-refs.ts';
import { type FetchRequest, fetchByCommand } from './protocol/fetch.ts';
import { canFilter, type Greeting, readGreeting } from './protocol/greeting.ts';
import { listRefs } from './protocol/ls-refs.ts';
import type { Ref } from './protocol/ref.ts';
import { requestUpload } from './protocol/upload-request.ts';
import { type HttpRemote, httpTransport } from './transport/http.ts';
import { type SshRemote, sshTransport } from './transport/ssh/transport.ts';
import type { Answer, Limits, Transport } from './transport/transport.ts';

/** A repository on a server, and how to be let in. */
export type Remote = HttpRemote | SshRemote;

export interface ConnectOptions {
  /** `anywhere` unless told. Addresses that tenants choose are for `remote`. */
  readonly reach?: Reach;
  /** The system's unless told. */
  readonly clock?: Clock;
  /** What remembers servers. Share one: an unchanged repository costs one request then. */
  readonly greetings?: Greetings;
}

/**
 * A repository that can be asked. One question at a time: each of the generators has to be read to its end, or be given up, before the
 * next.
 */
export interface RemoteConnection extends AsyncDisposable {
  /** Makes sure that there is a repository, that it lets us in, and that we speak its language. */
  handshake(signal: AbortSignal): Promise<void>;
  /** The references whose names begin with one of these; all when there is none. */
  listRefs(prefixes: readonly string[], signal: AbortSignal): AsyncGenerator<Ref>;
  /** A pack with the objects of some commits, as it arrives: not looked into. */
  fetch(request: FetchRequest, limits: Limits): AsyncGenerator<Buffer>;
  /** Whether the server sends any commit, not just what it lists; undefined before it was asked. */
  readonly sendsAny: boolean | undefined;
  /** Whether the server can leave objects out of what it sends; undefined before it was asked. */
  readonly canFilter: boolean | undefined;
  /** References that were left out so far, because no Git would have sent such lines. */
  readonly ignoredRefs: number;
}

/** A million references of a hundred bytes. */
const MAX_REFS_BYTES = 128 * 1024 * 1024;

/** Connects when it is first asked something. Everything throws `GitError`, whose message holds no secret, or the signal's reason. */
export function connect(remote: Remote, { reach = 'anywhere', greetings, ...rest }: ConnectOptions = {}): RemoteConnection {
  if (isSsh(remote)) return connectionOver(sshTransport(remote, { reach, ...rest }));
  const memory: Memory | undefined = greetings && {
    recall: () => greetings.get(remote),
    remember: (remembered) => greetings.set(remote, remembered),
    forget: () => greetings.delete(remote),
  };
  return connectionOver(httpTransport(remote, { reach, ...rest }), memory);
}

/** What is known of one server from earlier connections. */
interface Memory {
  recall(): Remembered | undefined;
  remember(remembered: Remembered): void;
  forget(): void;
}

const isSsh = (remote: Remote): remote is SshRemote => 'identity' in remote.access;

/** Speaks version 2 of the protocol, or version 0 with servers that know no other. */
export function connectionOver(transport: Transport, memory?: Memory): RemoteConnection {
  let known: Greeting | undefined;
  let ignoredRefs = 0;
  const onIgnored = () => {
    ignoredRefs++;
  };
  const greet = async (signal: AbortSignal): Promise<{ readonly answer: Answer; readonly greeting: Greeting }> => {
    const answer = await transport.greet({ signal, maxBytes: MAX_REFS_BYTES });
    try {
      const greeting = await readGreeting(answer, transport);
      known = greeting;
      if (greeting.version === 2) {
        await answer.finish();
        if (transport.place !== undefined) memory?.remember({ greeting, place: transport.place });
      }
      return { answer, greeting };
    } catch (error) {
      await answer[Symbol.asyncDispose]();
      throw error;
    }
  };
  /** Takes up what is known of the server from before, if nothing is known of it from now. */
  const recall = (): boolean => {
    const remembered = known === undefined ? memory?.recall() : undefined;
    if (remembered === undefined) return false;
    transport.resume(remembered.place);
    known = remembered.greeting;
    return true;
  };
  const forget = () => {
    memory?.forget();
    known = undefined;
  };
  /** After this, requests can be sent. */
  const ready = async (signal: AbortSignal): Promise<Greeting> => {
    recall();
    if (known !== undefined && transport.ready) return known;
    const { answer, greeting } = await greet(signal);
    await using _ = answer;
    // A process listens to what is wanted when it has said what it has, not before.
    if (greeting.version === 0)
      for await (const _ref of advertisedRefs(answer, greeting.firstRef, { prefixes: [], onIgnored: () => undefined }));
    return greeting;
  };

  return {
    get sendsAny() {
      // Version 2 has no such rule; in version 0 it is the server's choice (uploadpack.allowAnySHA1InWant and its kin).
      if (known === undefined) return undefined;
      return (
        known.version === 2 || ['allow-reachable-sha1-in-want', 'allow-any-sha1-in-want'].some((name) => known?.capabilities.has(name))
      );
    },
    get canFilter() {
      return known && canFilter(known);
    },
    get ignoredRefs() {
      return ignoredRefs;
    },
    async handshake(signal) {
      if (known !== undefined && transport.ready) return;
      const { answer } = await greet(signal);
      await answer[Symbol.asyncDispose]();
    },
    async *listRefs(prefixes, signal) {
      const wanted = { prefixes, onIgnored };
      const limits = { signal, maxBytes: MAX_REFS_BYTES };
      if (recall()) {
        const refs = listRefs(transport, wanted, limits);
        const first = await refs.next().catch((error: unknown) => {
          if (!(error instanceof GitError)) throw error;
          // It may have moved, or become another server: only a greeting can tell.
          forget();
        });
        if (first !== undefined) {
          if (first.done !== true) yield first.value;
          return yield* refs;
        }
      }
      if (known?.version !== 2 || !transport.ready) {
        const { answer, greeting } = await greet(signal);
        await using _ = answer;
        if (greeting.version === 0) return yield* advertisedRefs(answer, greeting.firstRef, wanted);
      }
      yield* listRefs(transport, wanted, limits);
    },
    async *fetch(request, limits) {
      if (request.wants.length === 0) throw new GitError('reference-not-found', 'there is nothing to fetch');
      const greeting = await ready(limits.signal);
      try {
        yield* greeting.version === 2
          ? fetchByCommand(transport, { ...request, greeting }, limits)
          : requestUpload(transport, { ...request, greeting }, limits);
      } catch (error) {
        // What it could do before it may no longer.
        if (error instanceof GitError) memory?.forget();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
