import type { HttpLogin } from '../http-login.ts';

/** Which servers may be connected to. `remote`: none at a loopback, link-local or metadata address, whatever its name says. */
export type Reach = 'remote' | 'anywhere';

/** A certificate that the client shows, in PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A proxy for HTTP and HTTPS. */
export interface HttpProxy {
  /** `http:` or `https:`, without a login. */
  readonly address: URL;
  readonly login?: { readonly username: string; readonly password: string };
}

/** How to get to a server and be let in. The login and the client certificate belong to one origin each and are never sent elsewhere. */
export interface HttpAccess {
  readonly login: HttpLogin;
  /** PEM bundle that servers' certificates are checked against, instead of the system's. */
  readonly ca?: string;
  readonly clientCertificate?: ClientCertificate & { readonly origin: string };
  readonly proxy?: HttpProxy;
}

export const ANONYMOUS: HttpAccess = { login: { kind: 'anonymous' } };
