import { IdentityError } from '../identity-error.ts';
import { type CloudMeans, cached, type WorkloadIdentity } from '../means.ts';
import type { AwsCredentials, AwsPlace } from './aws-credentials.ts';
import { controllerCredentials } from './controller-credentials.ts';
import { assumeRole } from './sts.ts';

/** A tenant's region becomes part of the names of hosts that get tokens. */
const REGION = /^[a-z0-9-]{1,40}$/;
/** What may be assumed. */
export const ROLE = /^arn:aws[\w-]*:iam::\d{1,30}:role\/.{1,200}$/;
const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';

/**
 * Credentials of the controller, or of the role that a ServiceAccount is annotated with. Throws `IdentityError`, or the signal's reason.
 */
export async function awsCredentials({ region, stsEndpoint }: AwsPlace, means: CloudMeans): Promise<AwsCredentials> {
  const { identity, environment } = means;
  const place = region ?? (identity === undefined ? environment.variables.AWS_REGION : undefined) ?? '';
  if (place === '')
    throw new IdentityError(
      'aws',
      'misconfigured',
      identity === undefined ? 'AWS_REGION is not set for the controller' : 'a ServiceAccount needs a region in spec.region',
    );
  if (!REGION.test(place)) throw new IdentityError('aws', 'misconfigured', `'${place.slice(0, 60)}' is no region`);
  return await cached(['aws', place, stsEndpoint ?? ''], means, (shared) =>
    identity === undefined
      ? controllerCredentials({ region: place, stsEndpoint }, shared)
      : credentialsOf(identity, { region: place, stsEndpoint }, shared),
  );
}

async function credentialsOf(
  identity: WorkloadIdentity,
  { region, stsEndpoint }: AwsPlace & { readonly region: string },
  means: CloudMeans,
): Promise<AwsCredentials> {
  const role = identity.annotations[ROLE_ANNOTATION] ?? '';
  if (!ROLE.test(role))
    throw new IdentityError('aws', 'misconfigured', `ServiceAccount '${identity.name}' has no role in its annotation ${ROLE_ANNOTATION}`);
  const token = await identity.token(['sts.amazonaws.com'], means.signal);
  // A session's name has 64 characters at most.
  const session = `${identity.name}.${identity.namespace}.${region}.fluxcd.io`.slice(0, 64);
  return await assumeRole({ role, session, token, region, stsEndpoint }, means);
}
