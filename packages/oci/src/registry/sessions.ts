import { createHash } from 'node:crypto';
import { latest } from '@gotk/apimachinery';
import type { HttpAccess, Reach, RegistryLogin } from '@gotk/auth';
import type { RepositoryName } from '../reference.ts';
import type { Challenge } from './challenge.ts';

/** What is remembered of one repository for one login, from one run to the next: it saves two requests of three. */
export interface RegistrySession {
  /** How a registry is to be asked that may be asked insecurely. */
  protocol?: 'https:' | 'http:';
  challenge?: Challenge;
  authorization?: { readonly value: string; readonly usableUntilMs: number };
}

/** Sessions, by all that they depend on. Holds tokens: in memory alone. */
export interface RegistrySessions {
  /** The session under a `sessionKey`. */
  of(key: string): RegistrySession;
}

/** Keeps the sessions used last, so many at most. */
export function createRegistrySessions(capacity = 1_000): RegistrySessions {
  const sessions = latest<string, RegistrySession>(capacity);
  return {
    of(key) {
      const session = sessions.get(key) ?? {};
      sessions.set(key, session);
      return session;
    },
  };
}

export interface SessionIdentity {
  readonly repository: RepositoryName;
  readonly login: RegistryLogin;
  readonly access: Omit<HttpAccess, 'login'>;
  readonly reach: Reach;
  readonly insecure: boolean;
}

/**
 * Covers all that decides what a registry says: neither one tenant's proxy or authority nor its login must speak for another tenant. A
 * digest: it holds no secret.
 */
export function sessionKey({ repository, login, access: { ca, clientCertificate, proxy }, reach, insecure }: SessionIdentity): string {
  const parts = [repository, login, reach, insecure, ca, clientCertificate, proxy?.address.href, proxy?.login];
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('base64');
}
