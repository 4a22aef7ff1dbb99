import type { GitRepository } from '@gotk/api';
import { Reason } from '@gotk/api';
import { httpAccessOf, InvalidLogin } from '@gotk/auth';
import type { Remote } from '@gotk/git';
import { isNotFound } from '@gotk/kube';
import { type Manager, Stalled } from '@gotk/runtime';

/**
 * Where the repository is and how to log in there. The Secret is read when it is needed and never kept. Throws `Stalled` for an address that cannot be one,
 * `InvalidLogin` for a Secret that is missing or cannot be used.
 */
export async function remoteOf(
  repository: GitRepository,
  { manager, signal }: { readonly manager: Pick<Manager, 'readSecret'>; readonly signal: AbortSignal },
): Promise<Remote> {
  const { spec, metadata } = repository;
  const url = addressOf(spec.url);
  const name = spec.secretRef?.name;
  if (name === undefined) return { url, access: { login: { kind: 'anonymous' } } };
  try {
    const secret = await manager.readSecret({ namespace: metadata.namespace ?? '', name }, { signal });
    return { url, access: httpAccessOf({ secret }, url, { passwordless: true }) };
  } catch (error) {
    if (isNotFound(error)) throw new InvalidLogin(`Secret '${name}' not found`);
    throw error;
  }
}

function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw new Stalled({ reason: Reason.InvalidURL, message: 'spec.url is not a URL' });
  // It would show in every listing of the object.
  if (url.password !== '')
    throw new Stalled({
      reason: Reason.InvalidURL,
      message: 'spec.url must not hold a password: put it into the Secret of spec.secretRef',
    });
  // A user name alone is part of the address that some hosts give out; whoever logs in does so with the Secret's.
  url.username = '';
  return url;
}
