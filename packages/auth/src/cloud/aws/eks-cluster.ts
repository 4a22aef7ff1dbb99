import { type ClusterEndpoint, type ClusterToken, clusterAuthority, clusterNamed } from '../cluster-answer.ts';
import { askCloud, type CloudMeans } from '../means.ts';
import { fieldsIn, fieldsOf, textField } from '../provider-call.ts';
import { awsCredentials } from './credentials.ts';
import { presignedUrl, signedHeaders } from './sigv4.ts';
import { domainOf } from './sts.ts';

/** Region and name become parts of addresses that get signatures. */
const ARN = /^arn:aws[\w-]{0,20}:eks:([a-z0-9-]{1,40}):\d{1,30}:cluster\/([a-zA-Z0-9][\w-]{0,99})$/;

const CALL = { provider: 'aws', step: 'describe the cluster' } as const;
/** EKS takes a token for as long as that. */
const VALID_SECONDS = 900;

/** By `DescribeCluster`: every cluster of EKS has one address. */
export async function eksEndpoints(arn: string, means: CloudMeans): Promise<readonly ClusterEndpoint[]> {
  const { region, name } = parsed(arn);
  const credentials = await awsCredentials({ region }, means);
  const url = new URL(`https://eks.${region}.${domainOf(region)}/clusters/${name}`);
  const scope = { region, service: 'eks', nowMs: means.clock.now() };
  const { authorization = '', host: _, ...headers } = signedHeaders({ method: 'GET', url }, credentials, scope);
  const secrets = [credentials.secretAccessKey, credentials.sessionToken ?? ''];
  const answer = await askCloud({ ...CALL, url, request: { headers, authorization }, secrets }, means);
  const cluster = fieldsIn(fieldsOf(answer), 'cluster');
  return [{ server: textField(cluster, 'endpoint', CALL), ca: clusterAuthority(fieldsIn(cluster, 'certificateAuthority').data, CALL) }];
}

/** The address at which AWS would say who we are, signed for this cluster: it asks there. Made afresh each time, of credentials that are shared. */
export async function eksToken(arn: string, means: CloudMeans): Promise<ClusterToken> {
  const { region, name } = parsed(arn);
  const credentials = await awsCredentials({ region }, means);
  const nowMs = means.clock.now();
  const url = new URL(`https://sts.${region}.${domainOf(region)}/?Action=GetCallerIdentity&Version=2011-06-15`);
  const scope = { region, service: 'sts', nowMs, expiresSeconds: VALID_SECONDS };
  const signed = presignedUrl({ method: 'GET', url, headers: { 'x-k8s-aws-id': name } }, credentials, scope);
  return {
    token: `k8s-aws-v1.${Buffer.from(signed).toString('base64url')}`,
    expiresAtMs: Math.min(nowMs + VALID_SECONDS * 1000, credentials.expiresAtMs),
  };
}

function parsed(arn: string): { readonly region: string; readonly name: string } {
  const [, region = '', name = ''] = clusterNamed(arn, {
    provider: 'aws',
    pattern: ARN,
    like: 'arn:aws:eks:<region>:<account>:cluster/<name>',
  });
  return { region, name };
}
