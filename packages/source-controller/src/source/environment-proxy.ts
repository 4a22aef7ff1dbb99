import { environmentProxy, type HttpProxy } from '@gotk/auth';

/** What the controller was started with. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The same access by the proxy that the controller's environment names for the address, unless the object names one. */
export function withEnvironmentProxy<Access extends { readonly proxy?: HttpProxy }>(
  access: Access,
  url: URL,
  variables: Variables,
): Access {
  if (access.proxy !== undefined) return access;
  const proxy = environmentProxy(url, variables);
  return proxy === undefined ? access : { ...access, proxy };
}
