/** Whether kustomize would take what a kustomization names for something that is not in the tree: an address of HTTP, or of a Git repository. */
export function isRemote(written: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:/i.test(written) ||
    /^git@/.test(written) ||
    /^(www\.)?(github|gitlab|bitbucket)\.(com|org)[/:]/.test(written) ||
    written.includes('?ref=')
  );
}
