/** How to reach an API server, and as whom. PEM throughout. */
export interface ClusterConnection {
  /** `https://host:port` with an optional path prefix. */
  readonly server: string;
  readonly ca?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** Asked for every request; the implementation caches and refreshes (projected tokens rotate). `fresh`: the server has just refused the one before. */
  readonly token?: (options?: { readonly fresh: boolean }) => Promise<string | undefined>;
}
