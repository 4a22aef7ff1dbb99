import { createSecureContext, type SecureContext } from 'node:tls';
import type { ClientCertificate } from './http-access.ts';

/** Whose certificates are trusted: those of an object's own authorities, and those of the system's. */
export interface Trust {
  /** `mayTurn`: another context may trust what this one does not. */
  contextFor(
    host: string,
    certificate: ClientCertificate | undefined,
  ): { readonly secureContext: SecureContext; readonly mayTurn: boolean };
  /** Says that the object's authorities do not vouch for a host: the system's are asked from now on. */
  turnToSystem(host: string): void;
}

/**
 * Go puts both into one pool, and trusts whatever is in it, be it the root of a chain or not. To make such a pool of Node's costs 17 ms and
 * 1.3 MiB for every object with a bundle of its own: hence first the bundle, where most have what they need, and the system's, which are
 * there already, if that fails.
 */
export function createTrust(ca: string | undefined): Trust {
  const system = new Set<string>();
  const contexts = {
    own: new Map<ClientCertificate | undefined, SecureContext>(),
    system: new Map<ClientCertificate | undefined, SecureContext>(),
  };
  return {
    contextFor(host, certificate) {
      const bundle = system.has(host) ? undefined : ca;
      const known = bundle === undefined ? contexts.system : contexts.own;
      const context =
        known.get(certificate) ??
        createSecureContext({
          ...(bundle === undefined ? {} : { ca: bundle, allowPartialTrustChain: true }),
          ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
        });
      known.set(certificate, context);
      return { secureContext: context, mayTurn: bundle !== undefined };
    },
    turnToSystem: (host) => void system.add(host),
  };
}

/**
 * What OpenSSL says of a certificate that nobody vouches for. One that is expired, or another host's, is no better with other authorities.
 */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);

export const isUntrusted = (code: string | undefined): boolean => UNTRUSTED.has(code ?? '');
