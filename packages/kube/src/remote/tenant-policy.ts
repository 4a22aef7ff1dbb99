/** What the operator lets tenants' kubeconfigs do beyond naming a server and a login. All of it is refused by default. */
export interface TenantPolicy {
  /** `--insecure-kubeconfig-exec`: start the program that the kubeconfig names, with the controller's rights. */
  readonly allowExec?: boolean;
  /** `--insecure-kubeconfig-tls`: trust whoever answers. */
  readonly allowInsecureTls?: boolean;
  /** Connect to loopback, link-local and metadata addresses. */
  readonly allowLocalAddresses?: boolean;
}
