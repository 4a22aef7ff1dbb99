import { describe, expect, test } from 'vitest';
import { clientOf } from '../../../test/asking.ts';
import { type CloudAnswers, expectedSignature, serviceAccount, startCloud } from '../../../test/cloud.ts';
import { secretOf } from '../../../test/secrets.ts';
import { createTokenCache } from '../../token-cache/token-cache.ts';
import { cloudGitLogin, cloudRegistryLogin } from '../cloud-login.ts';
import { awsCredentials } from './credentials.ts';
import { ldapCredentials } from './ldap-credentials.ts';

const EXPIRES = '2100-01-01T00:00:00Z';
const expiresAtMs = Date.parse(EXPIRES);
const ROLE = 'arn:aws:iam::123456789012:role/flux';
const irsa = serviceAccount({ 'eks.amazonaws.com/role-arn': ROLE });

const xml = (id: string) => `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
  <AccessKeyId>${id}</AccessKeyId><SecretAccessKey>secret+/=</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${EXPIRES}</Expiration>
</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
const STS = (region: string, domain = 'amazonaws.com') => `POST https://sts.${region}.${domain}/`;
const STS_ANSWERS: CloudAnswers = {
  [STS('eu-west-1')]: { body: xml('ASIA1') },
  [STS('cn-north-1', 'amazonaws.com.cn')]: { body: xml('ASIA2') },
};
const SHORT = { accessKeyId: 'ASIA1', secretAccessKey: 'secret+/=', sessionToken: 'session', expiresAtMs };
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'key', AWS_REGION: 'eu-west-1' };

describe("the controller's credentials", () => {
  test('are those of its environment', async () => {
    await using cloud = await startCloud({});

    expect(await awsCredentials({}, cloud.means({ variables: KEYS }))).toMatchObject({ accessKeyId: 'AKIA', secretAccessKey: 'key' });
    expect(cloud.asked).toEqual([]);
  });

  test('are those of its role, for the token that it was given (IRSA)', async () => {
    await using cloud = await startCloud(STS_ANSWERS);
    const variables = { AWS_REGION: 'eu-west-1', AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/token' };

    expect(await awsCredentials({}, cloud.means({ variables, files: { '/var/token': 'web-identity\n' } }))).toEqual(SHORT);
    expect(cloud.asked[0]?.form).toMatchObject({ Action: 'AssumeRoleWithWebIdentity', RoleArn: ROLE, WebIdentityToken: 'web-identity' });
  });

  test.each([
    [
      'of EKS Pod Identity',
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/pod' },
      '169.254.170.23/v1/credentials',
    ],
    ['of ECS', { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-token' }, '169.254.170.2/v2/x'],
  ])('are those %s', async (_, variables, address) => {
    const body = { AccessKeyId: 'ASIA1', SecretAccessKey: 'secret+/=', Token: 'session', Expiration: EXPIRES };
    await using cloud = await startCloud({ [`GET http://${address}`]: { body } });

    expect(await awsCredentials({ region: 'eu-west-1' }, cloud.means({ variables, files: { '/var/pod': 'pod-token\n' } }))).toEqual(SHORT);
    expect(cloud.asked[0]?.headers.authorization).toBe('pod-token');
  });

  test("are those of the machine's role, asked for with a token (IMDSv2)", async () => {
    const roles = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/';
    const guarded =
      (body: unknown) =>
      ({ headers }: { headers: Record<string, unknown> }) =>
        headers['x-aws-ec2-metadata-token'] === 'imds' ? { body } : { status: 401, body: '' };
    await using cloud = await startCloud({
      'PUT http://169.254.169.254/latest/api/token': { body: 'imds' },
      [`GET ${roles}`]: guarded('node-role\n'),
      [`GET ${roles}node-role`]: guarded({ AccessKeyId: 'ASIA1', SecretAccessKey: 'secret+/=', Token: 'session', Expiration: EXPIRES }),
    });

    expect(await awsCredentials({ region: 'eu-west-1' }, cloud.means())).toEqual(SHORT);
  });

  test('are missed after five seconds where there is no metadata service', async () => {
    await using cloud = await startCloud({});
    const { clock } = cloud;
    const means = { ...cloud.means(), reroute: () => new URL('http://192.0.2.1/') };
    const failure = awsCredentials({ region: 'eu-west-1' }, means).catch((error: unknown) => error);

    await clock.advance(5_000);

    expect(await failure).toMatchObject({ provider: 'aws', kind: 'unreachable' });
  });

  test.each([
    [{}, 'AWS_REGION is not set for the controller'],
    [{ AWS_REGION: 'x.evil.com/' }, "'x.evil.com/' is no region"],
    [{ AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' }, 'AWS_EC2_METADATA_DISABLED is set'],
    [
      { AWS_REGION: 'eu-west-1', AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/gone' },
      'failed to read the token of the controller at /gone',
    ],
  ])('with the variables %j are an error that says what is missing', async (variables, message) => {
    await using cloud = await startCloud({});

    await expect(awsCredentials({}, cloud.means({ variables: variables as Record<string, string> }))).rejects.toMatchObject({
      kind: 'misconfigured',
      message: expect.stringContaining(message),
    });
  });
});

describe("a ServiceAccount's credentials", () => {
  test('are those of its role, for a token of its own', async () => {
    await using cloud = await startCloud(STS_ANSWERS);

    expect(await awsCredentials({ region: 'eu-west-1' }, cloud.means({ variables: KEYS, identity: irsa }))).toEqual(SHORT);
    expect(cloud.asked[0]?.form).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'app.team.eu-west-1.fluxcd.io',
      WebIdentityToken: 'CANARY-token-for-sts.amazonaws.com',
    });
  });

  test('are those of its partition, and have a name that AWS takes', async () => {
    await using cloud = await startCloud(STS_ANSWERS);
    const identity = serviceAccount({ 'eks.amazonaws.com/role-arn': 'arn:aws-cn:iam::1:role/x' }, { name: 'n'.repeat(80) });

    expect((await awsCredentials({ region: 'cn-north-1' }, cloud.means({ identity }))).accessKeyId).toBe('ASIA2');
    expect(cloud.asked[0]?.form.RoleSessionName).toHaveLength(64);
  });

  test('come from an endpoint of its own', async () => {
    await using cloud = await startCloud({ 'POST https://vpce-1.sts.eu-west-1.vpce.amazonaws.com/': { body: xml('ASIA1') } });
    const stsEndpoint = 'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com';

    expect(await awsCredentials({ region: 'eu-west-1', stsEndpoint }, cloud.means({ identity: irsa }))).toEqual(SHORT);
  });

  test.each([
    'https://evil.com/x.sts.amazonaws.com',
    'https://sts.amazonaws.com.evil.com',
    'https://sts.amazonaws.com@evil.com',
    'http://sts.amazonaws.com',
    'https://sts.amazonaws.com:8443',
    'sts.amazonaws.com',
  ])('do not come from %s', async (stsEndpoint) => {
    await using cloud = await startCloud({});

    await expect(awsCredentials({ region: 'eu-west-1', stsEndpoint }, cloud.means({ identity: irsa }))).rejects.toThrow(
      'is no endpoint of',
    );
    expect(cloud.asked).toEqual([]);
  });

  test('are fetched once while they are good, and apart for each ServiceAccount and for the controller', async () => {
    await using cloud = await startCloud(STS_ANSWERS);
    const cache = createTokenCache({ clock: cloud.clock });
    const as = (identity: typeof irsa) => awsCredentials({ region: 'eu-west-1' }, { ...cloud.means({ identity }), cache });

    await Promise.all([as(irsa), as(irsa)]);
    await as(irsa);
    expect(cloud.asked).toHaveLength(1);
    await as({ ...irsa, name: 'other' });
    await as({ ...irsa, annotations: { ...irsa.annotations, 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/other' } });
    const own = await awsCredentials({ region: 'eu-west-1' }, { ...cloud.means({ variables: KEYS }), cache });

    expect(cloud.asked).toHaveLength(3);
    expect(own.accessKeyId).toBe('AKIA');
  });

  test('are refused with what AWS says, and without the token', async () => {
    const body =
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized: CANARY-token-for-sts.amazonaws.com</Message></Error></ErrorResponse>';
    await using cloud = await startCloud({ [STS('eu-west-1')]: { status: 403, body } });

    const failure = await awsCredentials({ region: 'eu-west-1' }, cloud.means({ identity: irsa })).catch((error: unknown) => error);

    expect(failure).toMatchObject({
      provider: 'aws',
      kind: 'refused',
      message: expect.stringMatching(/^aws: failed to assume the role: .* answered 403 \(Not authorized: /),
    });
    expect(String(failure)).not.toContain('CANARY');
  });

  test.each([serviceAccount({}), serviceAccount({ 'eks.amazonaws.com/role-arn': 'role/x' })])('need a role', async (identity) => {
    await using cloud = await startCloud({});

    await expect(awsCredentials({ region: 'eu-west-1' }, cloud.means({ identity }))).rejects.toThrow(
      "ServiceAccount 'app' has no role in its annotation eks.amazonaws.com/role-arn",
    );
    await expect(awsCredentials({}, cloud.means({ identity, variables: KEYS }))).rejects.toThrow('needs a region');
  });
});

describe('a login for ECR', () => {
  const token = Buffer.from('AWS:password').toString('base64');
  const answer = { body: { authorizationData: [{ authorizationToken: token, expiresAt: expiresAtMs / 1000 }] } };

  test.each([
    ['123.dkr.ecr.eu-west-1.amazonaws.com', 'api.ecr.eu-west-1.amazonaws.com', 'ecr'],
    ['123.dkr.ecr-fips.us-east-1.amazonaws.com', 'api.ecr.us-east-1.amazonaws.com', 'ecr'],
    ['123.dkr-ecr.eu-west-1.on.aws', 'api.ecr.eu-west-1.amazonaws.com', 'ecr'],
    ['123.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn', 'ecr'],
    ['public.ecr.aws', 'api.ecr-public.us-east-1.amazonaws.com', 'ecr-public'],
  ])('at %s is asked of %s, with a signature', async (host, api, service) => {
    const publicAnswer = { body: { authorizationData: { authorizationToken: token, expiresAt: expiresAtMs / 1000 } } };
    await using cloud = await startCloud({ [`POST https://${api}/`]: host === 'public.ecr.aws' ? publicAnswer : answer });
    const variables = { ...KEYS, AWS_SESSION_TOKEN: 'session' };

    expect(await cloudRegistryLogin('aws', host, cloud.means({ variables }))).toEqual({
      login: { kind: 'basic', origin: `https://${host}`, username: 'AWS', password: 'password' },
      expiresAtMs,
    });
    const [asked] = cloud.asked;
    expect(asked?.headers.authorization).toContain(
      `/${service}/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target`,
    );
    expect(asked === undefined ? '' : asked.headers.authorization).toMatch(
      new RegExp(`Signature=${asked === undefined ? 'none' : expectedSignature(asked, api, 'key')}$`),
    );
  });

  test.each([
    'ghcr.io',
    '123.dkr.ecr.eu-west-1.amazonaws.com.evil.com',
    'x/123.dkr.ecr.eu-west-1.amazonaws.com',
    '123.dkr.ecr.a.b.amazonaws.com',
    'public.ecr.aws.evil.com',
  ])('is not for %s', async (host) => {
    await using cloud = await startCloud({});

    await expect(cloudRegistryLogin('aws', host, cloud.means({ variables: KEYS }))).rejects.toMatchObject({ kind: 'misconfigured' });
  });
});

describe('a login for CodeCommit', () => {
  const url = new URL('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app');

  test('is a signature of the address', async () => {
    await using cloud = await startCloud(STS_ANSWERS);

    const { login, expiresAtMs: until } = await cloudGitLogin('aws', url, cloud.means({ identity: irsa }));

    expect(login).toMatchObject({ kind: 'basic', origin: url.origin, username: 'ASIA1%session' });
    expect(login.kind === 'basic' ? login.password : '').toMatch(/^20260102T030405Z[0-9a-f]{64}$/);
    expect(until).toBe(cloud.clock.now() + 15 * 60_000);
  });

  test('covers the whole path, also one that begins with two slashes', async () => {
    await using cloud = await startCloud({});
    const passwordFor = async (address: string) => {
      const { login } = await cloudGitLogin('aws', new URL(address), cloud.means({ variables: KEYS }));
      return login.kind === 'basic' ? login.password : '';
    };
    const origin = 'https://git-codecommit.eu-west-1.amazonaws.com';

    expect(await passwordFor(`${origin}//v1/repos/app`)).not.toBe(await passwordFor(`${origin}/repos/app`));
  });

  test('has a user name without a token where the keys have none', async () => {
    await using cloud = await startCloud({});

    expect((await cloudGitLogin('aws', url, cloud.means({ variables: KEYS }))).login).toMatchObject({ username: 'AKIA' });
  });

  test.each([
    'http://git-codecommit.eu-west-1.amazonaws.com/x',
    'https://git-codecommit.eu-west-1.amazonaws.com.evil.com/x',
    'https://git-codecommit.a.b.amazonaws.com/x',
    'https://github.com/x',
  ])('is not for %s', async (address) => {
    await using cloud = await startCloud({});

    await expect(cloudGitLogin('aws', new URL(address), cloud.means({ variables: KEYS }))).rejects.toMatchObject({ kind: 'misconfigured' });
  });
});

describe('credentials by LDAP', () => {
  test('are those of the S3 server', async () => {
    await using cloud = await startCloud({ 'POST /': { body: xml('ASIA1') } });
    using client = clientOf();
    const secret = secretOf({ username: 'me', password: 'p&w' });

    expect(await ldapCredentials(new URL(cloud.server.url), secret, { client, signal: AbortSignal.timeout(10_000) })).toEqual(SHORT);
    expect(cloud.asked[0]?.form).toEqual({
      Action: 'AssumeRoleWithLDAPIdentity',
      Version: '2011-06-15',
      LDAPUsername: 'me',
      LDAPPassword: 'p&w',
    });
  });

  test('need a user name and a password', async () => {
    using client = clientOf();

    await expect(
      ldapCredentials(new URL('http://127.0.0.1'), secretOf({ username: 'me' }), { client, signal: AbortSignal.timeout(10_000) }),
    ).rejects.toThrow("Secret 'login' needs both 'username' and 'password' for LDAP");
  });
});
