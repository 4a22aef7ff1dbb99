import { GitError, type Remote, sharesLogin } from '@gotk/git';

/**
 * How to get to a submodule of a repository, or of one of its submodules. A login goes to the origin that it is for and nowhere else: elsewhere we are strangers, and over SSH,
 * which lets no strangers in, there is no way. Throws `GitError`.
 */
export function remoteOfSubmodule(root: Remote, address: URL): Remote {
  const url = new URL(address);
  if (url.protocol === 'ssh:') {
    if (!('identity' in root.access) || !sharesLogin(root.url, url))
      throw new GitError('unauthorized', `a submodule is at ssh://${url.host}, for which the repository's Secret has no login`);
    const username = decodeURIComponent(url.username) || root.access.username;
    return { ...root, url, access: { ...root.access, username } };
  }
  url.username = '';
  // The login and the client certificate of this access name their origin.
  if (!('identity' in root.access)) return { url, access: root.access };
  const proxy = 'proxy' in root ? root.proxy : undefined;
  return { url, access: { login: { kind: 'anonymous' }, ...(proxy === undefined ? {} : { proxy }) } };
}
