/** An address without what may be secret in it: login, query and fragment. */
export const withoutSecrets = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
