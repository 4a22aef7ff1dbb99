import { expect, test } from 'vitest';
import { identityHeaders, serviceAccountIdentity } from './impersonation.ts';

test('carries user, groups and uid', () => {
  expect(identityHeaders({ userName: 'system:serviceaccount:apps:deployer' })).toEqual({
    'impersonate-user': 'system:serviceaccount:apps:deployer',
  });
  expect(identityHeaders({ userName: 'jane', groups: ['dev', 'ops'], uid: 'u1' })).toEqual({
    'impersonate-user': 'jane',
    'impersonate-group': ['dev', 'ops'],
    'impersonate-uid': 'u1',
  });
});

test.each(['', ' ', 'a b', 'a\r\nauthorization: x', 'ä', '\0', 'a\n'])('%j is no name, and never no impersonation at all', (name) => {
  expect(() => identityHeaders({ userName: name })).toThrow(/^cannot impersonate/);
  expect(() => identityHeaders({ userName: 'jane', groups: [name] })).toThrow(/^cannot impersonate/);
  expect(() => identityHeaders({ userName: 'jane', uid: name })).toThrow(/^cannot impersonate/);
});

test('a ServiceAccount is a user by its namespace and name', () => {
  expect(serviceAccountIdentity({ namespace: 'apps', name: 'deployer' })).toEqual({ userName: 'system:serviceaccount:apps:deployer' });
  expect(serviceAccountIdentity({ namespace: 'apps', name: 'deployer.v2' }).userName).toBe('system:serviceaccount:apps:deployer.v2');
});

test.each(['', 'kube-system:admin', 'a/b', 'A', 'a b', '-a', 'a.', 'a'.repeat(254), 'a\nb'])(
  '%j cannot make a ServiceAccount somebody else',
  (name) => {
    expect(() => serviceAccountIdentity({ namespace: 'apps', name })).toThrow(/^cannot impersonate ServiceAccount .*: not a name$/);
    expect(() => serviceAccountIdentity({ namespace: name, name: 'deployer' })).toThrow(
      /^cannot impersonate ServiceAccount .*: not a name$/,
    );
  },
);
