// What parses kubeconfigs of tenants, with the YAML parser: loaded together, when the first is met.
export { cloudClusterOf, cloudConnection, openCluster } from './cloud-connection.ts';
export { configMapConnection } from './config-map-kubeconfig.ts';
export { secretConnection } from './secret-kubeconfig.ts';
