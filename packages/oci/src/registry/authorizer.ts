import type { Clock } from '@gotk/apimachinery';
import { basicAuthorization, type HttpClient, type RegistryLogin } from '@gotk/auth';
import type { Challenge } from './challenge.ts';
import { allowedRealm } from './realm.ts';
import type { RegistrySession } from './sessions.ts';
import { requestToken, type Token } from './token.ts';

export interface AuthorizerOptions {
  readonly client: HttpClient;
  readonly session: RegistrySession;
  /** Of the repository, within the registry. */
  readonly path: string;
  readonly login: RegistryLogin;
  readonly clock: Clock;
  /** Hosts that any registry may send us to for a token. */
  readonly realms: readonly string[];
}

export interface Asked {
  readonly challenge: Challenge | undefined;
  readonly signal: AbortSignal;
}

/**
 * Says what to send as `Authorization`. Undefined is nothing, and so the end of what can be done. Throws `OciError`, or the signal's
 * reason.
 */
export interface Authorizer {
  /** Before the registry asked: what it let in the last time. */
  known(registry: URL, signal: AbortSignal): Promise<string | undefined>;
  /** What meets the registry's challenge. It is remembered. */
  answer(registry: URL, asked: Asked): Promise<string | undefined>;
  /** What meets the challenge of a server that the registry sent us to, and anybody could have. */
  anonymously(server: URL, asked: Asked): Promise<string | undefined>;
}

/** How much of a token's life is used: what is sent shortly before the end would arrive after it. */
const USED_LIFE = 0.9;

export function createAuthorizer({ client, session, path, login, clock, realms }: AuthorizerOptions): Authorizer {
  const tokenOf = (server: URL, { challenge, as, signal }: Asked & { readonly challenge: BearerChallenge; readonly as: RegistryLogin }) => {
    const realm = allowedRealm(challenge.realm, { registry: server, realms });
    // What we want, whatever the registry says that we do: no other repository, and nothing but to read.
    const scope = `repository:${path}:pull`;
    return requestToken(client, { realm, service: challenge.service ?? server.host, scope, login: as }, signal);
  };

  const answer = async (registry: URL, { challenge, signal }: Asked): Promise<string | undefined> => {
    delete session.authorization;
    if (challenge === undefined || login.kind === 'bearer') return undefined;
    session.challenge = challenge;
    if (challenge.scheme === 'bearer') {
      const { token, expiresInMs } = await tokenOf(registry, { challenge, as: login, signal });
      session.authorization = { value: `Bearer ${token}`, usableUntilMs: clock.monotonic() + expiresInMs * USED_LIFE };
    } else if (login.kind === 'basic') {
      session.authorization = { value: basicAuthorization(login), usableUntilMs: Number.POSITIVE_INFINITY };
    }
    return session.authorization?.value;
  };

  return {
    answer,
    async known(registry, signal) {
      if (login.kind === 'bearer') return `Bearer ${login.token}`;
      const { authorization, challenge } = session;
      if (authorization === undefined) return undefined;
      if (clock.monotonic() < authorization.usableUntilMs) return authorization.value;
      // A token that ran out is replaced without asking what for.
      return await answer(registry, { challenge, signal });
    },
    async anonymously(server, { challenge, signal }) {
      if (challenge?.scheme !== 'bearer') return undefined;
      const { token }: Token = await tokenOf(server, { challenge, as: { kind: 'anonymous' }, signal });
      return `Bearer ${token}`;
    },
  };
}

type BearerChallenge = Extract<Challenge, { readonly scheme: 'bearer' }>;
