import { type ControllerEnvironment, fieldsOf, InvalidLogin, type WorkloadIdentity } from '@gotk/auth';
import { type ServiceAccountReader, tokenOf } from './service-account.ts';

const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * The controller's own ServiceAccount as an identity: the one that the token in its pod is of. Throws `InvalidLogin` where there is no such
 * token.
 */
export async function ownIdentity({ readFile }: ControllerEnvironment, client: ServiceAccountReader['client']): Promise<WorkloadIdentity> {
  const token = await readFile(TOKEN_FILE).catch(() => {
    throw new InvalidLogin(`failed to read the token of the controller at ${TOKEN_FILE}`);
  });
  const subject = fieldsOf(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).sub;
  const [, namespace, name] = /^system:serviceaccount:([^:]{1,253}):([^:]{1,253})$/.exec(typeof subject === 'string' ? subject : '') ?? [];
  if (namespace === undefined || name === undefined) throw new InvalidLogin(`the token at ${TOKEN_FILE} is of no ServiceAccount`);
  return { namespace, name, annotations: {}, token: (audiences, signal) => tokenOf(name, { client, namespace, signal }, audiences) };
}
