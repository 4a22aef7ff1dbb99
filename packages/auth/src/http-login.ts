/** Credentials for HTTP, bound to the origin that they were given for. */
export type HttpLogin =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly origin: string; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly origin: string; readonly token: string };

/** A Secret that cannot be used to log in. The message names the Secret and the key, and none of its values. */
export class InvalidLogin extends Error {
  override readonly name = 'InvalidLogin';
}

/** The value of an Authorization header, or of a Proxy-Authorization. */
export const basicAuthorization = ({ username, password }: { readonly username: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The Authorization header for a request to this URL; undefined for any other origin than the credentials' own. */
export function authorizationFor(login: HttpLogin, url: URL): string | undefined {
  switch (login.kind) {
    case 'anonymous':
      return undefined;
    case 'basic':
      return url.origin === login.origin ? basicAuthorization(login) : undefined;
    case 'bearer':
      return url.origin === login.origin ? `Bearer ${login.token}` : undefined;
  }
}
