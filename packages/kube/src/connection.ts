/**
 * How to reach an API server, and as whom. PEM throughout.
 *
 * What rotates may be a getter: certificates are read anew for each request, and new ones are used from the next connection on.
 */
export interface ClusterConnection {
  /** `https://host:port` with an optional path prefix. Plain `http` is for loopback addresses alone. */
  readonly server: string;
  /** Absent: the roots that Node brings. */
  readonly ca?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  /**
   * `remote`: never a loopback, link-local or metadata address, whatever the server's name stands for. For connections that somebody else has described,
   * who must not reach what only we can.
   */
  readonly reach?: 'anywhere' | 'remote';
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
  /** Asked for every request; the implementation caches and refreshes (projected tokens rotate). `fresh`: the server has just refused the one before. */
  readonly token?: (options?: { readonly fresh: boolean }) => Promise<string | undefined>;
}
