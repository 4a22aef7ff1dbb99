import { ApiError } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { ownIdentity } from './own-identity.ts';
import { type ServiceAccountReader, workloadIdentityOf } from './service-account.ts';

/** What an API server would answer, and what it was asked to create. */
function server(token: string | Error = 'minted') {
  const created: unknown[] = [];
  const client = {
    async get(_resource: unknown, { name }: { readonly name: string }) {
      if (name === 'none') throw new ApiError('not found', { status: 404, reason: 'NotFound' });
      return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'team', annotations: { role: 'arn' } } };
    },
    async create(_resource: unknown, object: unknown, { subresource }: { readonly subresource?: string }) {
      created.push({ object, subresource });
      if (token instanceof Error) throw token;
      return { apiVersion: 'v1', kind: 'TokenRequest', metadata: { name: 'x' }, status: { token } };
    },
  };
  return { client: client as unknown as ServiceAccountReader['client'], created };
}

const { signal } = new AbortController();

describe('the identity of a ServiceAccount', () => {
  const identityFrom = async (token?: string | Error, name = 'bare') => {
    const { client, created } = server(token);
    return { created, identity: await workloadIdentityOf(name, { client, namespace: 'team', signal }) };
  };

  test('is a token for whoever shall believe it, asked for when it is needed', async () => {
    const { identity, created } = await identityFrom();
    expect(identity).toMatchObject({ namespace: 'team', name: 'bare', annotations: { role: 'arn' } });
    expect(created).toEqual([]);
    expect(await identity.token(['sts.amazonaws.com'], signal)).toBe('minted');
    expect(created).toMatchObject([{ subresource: 'token', object: { kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'] } } }]);
  });

  test('is none when the account is not there', async () => {
    await expect(identityFrom('minted', 'none')).rejects.toThrow("ServiceAccount 'none' not found");
  });

  test('tells what is missing when the controller may not ask for it', async () => {
    const { identity } = await identityFrom(new ApiError('forbidden', { status: 403, reason: 'Forbidden' }));
    await expect(identity.token(['x'], signal)).rejects.toThrow("grant 'create' on 'serviceaccounts/token'");
  });

  test('is none when the answer has no token', async () => {
    const { identity } = await identityFrom('');
    await expect(identity.token(['x'], signal)).rejects.toThrow("gave no token for ServiceAccount 'bare'");
  });
});

describe("the controller's own identity", () => {
  const tokenOf = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  const from = (file: string | Error) =>
    ownIdentity(
      { variables: {}, readFile: () => (typeof file === 'string' ? Promise.resolve(file) : Promise.reject(file)) },
      server().client,
    );

  test('is of the account that the token in its pod is of', async () => {
    const identity = await from(tokenOf({ sub: 'system:serviceaccount:flux-system:kustomize-controller' }));
    expect(identity).toMatchObject({ namespace: 'flux-system', name: 'kustomize-controller' });
    expect(await identity.token(['x'], signal)).toBe('minted');
  });

  test.each([
    ['no token', new Error('ENOENT')],
    ['a token of somebody else', tokenOf({ sub: 'system:node:one' })],
    ['no JWT', 'CANARY'],
  ])('is none where there is %s', async (_what, file) => {
    await expect(from(file)).rejects.toThrow(/^(failed to read the token of the controller|the token) at \S+/);
  });
});
