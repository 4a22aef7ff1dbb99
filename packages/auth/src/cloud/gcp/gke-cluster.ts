import { type ClusterEndpoint, clusterAuthority, clusterNamed } from '../cluster-answer.ts';
import { askCloud, type CloudMeans } from '../means.ts';
import { fieldsIn, fieldsOf, textField } from '../provider-call.ts';
import { gcpToken } from './gcp-token.ts';

/** Projects of a domain have its name before them: `example.com:project`. */
const NAME = /^projects\/[a-z0-9][\w.:-]{0,99}\/locations\/[a-z0-9][a-z0-9-]{0,39}\/clusters\/[a-z0-9][a-z0-9-]{0,99}$/;
const CALL = { provider: 'gcp', step: 'describe the cluster' } as const;
/** What is asked for of all that there is to say. */
const FIELDS = 'endpoint,masterAuth/clusterCaCertificate,privateClusterConfig,controlPlaneEndpointsConfig';

/** The address that GKE names first, then its others. */
export async function gkeEndpoints(name: string, means: CloudMeans): Promise<readonly ClusterEndpoint[]> {
  clusterNamed(name, { provider: 'gcp', pattern: NAME, like: 'projects/<project>/locations/<location>/clusters/<name>' });
  const { token } = await gcpToken(means);
  const url = new URL(`https://container.googleapis.com/v1/${name}?fields=${encodeURIComponent(FIELDS)}`);
  const answer = fieldsOf(await askCloud({ ...CALL, url, request: { authorization: `Bearer ${token}` }, secrets: [token] }, means));
  const ca = clusterAuthority(fieldsIn(answer, 'masterAuth').clusterCaCertificate, CALL);
  const control = fieldsIn(answer, 'controlPlaneEndpointsConfig');
  const [ip, once] = [fieldsIn(control, 'ipEndpointsConfig'), fieldsIn(answer, 'privateClusterConfig')];
  const others = [ip.publicEndpoint, ip.privateEndpoint, once.publicEndpoint, once.privateEndpoint];
  const dns = fieldsIn(control, 'dnsEndpointConfig').endpoint;
  return [
    ...[textField(answer, 'endpoint', CALL), ...others].filter(isText).map((host) => ({ server: `https://${host}`, ca })),
    // A name of Google's, with a certificate that everybody trusts.
    ...[dns].filter(isText).map((host) => ({ server: `https://${host}`, ca: undefined })),
  ];
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
