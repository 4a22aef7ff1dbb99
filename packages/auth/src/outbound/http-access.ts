import type { HttpLogin } from '../http-login.ts';

/** Which servers may be connected to. `remote`: none at a loopback, link-local or metadata address, whatever its name says. */
export type Reach = 'remote' | 'anywhere';

/** A certificate that the client shows, in PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A proxy for HTTP and HTTPS. Whoever chooses it also chooses what the names of servers stand for. */
export interface HttpProxy {
  /** `http:`, `https:` or `socks5:`, without a login. */
  readonly address: URL;
  readonly login?: { readonly username: string; readonly password: string };
}

/** How to get to a server and be let in. The login and the client certificate belong to one origin each and are never sent elsewhere. */
export interface HttpAccess {
  readonly login: HttpLogin;
  /** PEM bundle of authorities that are trusted besides the system's, as upstream has it. */
  readonly ca?: string;
  readonly clientCertificate?: ClientCertificate & { readonly origin: string };
  readonly proxy?: HttpProxy;
}

export const ANONYMOUS: HttpAccess = { login: { kind: 'anonymous' } };
