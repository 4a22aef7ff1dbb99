import { expect, test } from 'vitest';
import { identityHeaders } from './impersonation.ts';

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
