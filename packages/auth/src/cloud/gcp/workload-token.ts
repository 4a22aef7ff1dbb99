import { IdentityError } from '../identity-error.ts';
import type { CloudMeans, WorkloadIdentity } from '../means.ts';
import { exchangeToken } from './exchange.ts';
import { metadataOf } from './metadata.ts';

const ACCOUNT = 'iam.gke.io/gcp-service-account';
const PROVIDER = 'gcp.auth.fluxcd.io/workload-identity-provider';

/** A token for a ServiceAccount: as the account it is annotated with, or as itself. */
export async function workloadToken(identity: WorkloadIdentity, means: CloudMeans) {
  const annotation = (key: string, pattern: RegExp): string | undefined => {
    const value = identity.annotations[key] || undefined;
    if (value !== undefined && !pattern.test(value))
      throw new IdentityError('gcp', 'misconfigured', `ServiceAccount '${identity.name}' has an annotation ${key} that makes no sense`);
    return value;
  };
  const impersonate = annotation(ACCOUNT, /^[a-zA-Z0-9-]{1,100}@[a-zA-Z0-9-]{1,100}\.iam\.gserviceaccount\.com$/);
  const provider = annotation(
    PROVIDER,
    /^projects\/\d{1,30}\/locations\/global\/workloadIdentityPools\/[^/]{1,100}\/providers\/[^/]{1,100}$/,
  );
  const audience = provider === undefined ? await clusterAudience(means) : `//iam.googleapis.com/${provider}`;
  // GKE's own pool wants tokens for the pool, and the exchange for pool and provider.
  const subjectToken = await identity.token([provider === undefined ? poolOf(audience) : audience], means.signal);
  return await exchangeToken({ audience, subjectToken, impersonate }, means);
}

const poolOf = (audience: string): string => audience.split(':')[1] ?? '';

/** The workload identity pool of the cluster that we run in. */
async function clusterAudience(means: CloudMeans): Promise<string> {
  const read = async (path: string, what: string) => {
    const value = (await metadataOf(path, `find the cluster's ${what}`, means)).trim();
    if (!/^[\w.:-]{1,200}$/.test(value)) throw new IdentityError('gcp', 'misconfigured', `the metadata server has no ${what} of a cluster`);
    return value;
  };
  const project = await read('project/project-id', 'project');
  const location = await read('instance/attributes/cluster-location', 'location');
  const name = await read('instance/attributes/cluster-name', 'name');
  return `identitynamespace:${project}.svc.id.goog:https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${name}`;
}
