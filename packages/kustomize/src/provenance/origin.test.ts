import { describe, expect, test } from 'vitest';
import { builtBy, renderOrigin, renderOrigins, within } from './origin.ts';

describe('an origin', () => {
  test('is written as YAML, its fields in the order of kustomize, empty ones left out', () => {
    expect(renderOrigin({ ref: 'v1', repo: 'https://example.com', path: 'a.yaml' })).toBe(
      'path: a.yaml\nrepo: https://example.com\nref: v1\n',
    );
    expect(renderOrigin({ path: '' })).toBe('');
    const configuredBy = { apiVersion: 'builtin', kind: 'X', name: 'p', namespace: 'ns' };
    expect(renderOrigin({ configuredIn: 'k.yaml', configuredBy })).toBe(
      'configuredIn: k.yaml\nconfiguredBy:\n  apiVersion: builtin\n  kind: X\n  name: p\n  namespace: ns\n',
    );
  });

  test('has quotes where it would be something else', () => {
    expect(renderOrigin({ path: '1' })).toBe('path: "1"\n');
  });
});

test('several are a list', () => {
  const list = [{ path: 'a' }, { configuredIn: 'k.yaml', configuredBy: { apiVersion: 'builtin', kind: 'X' } }];
  expect(renderOrigins(list)).toBe('- path: a\n- configuredIn: k.yaml\n  configuredBy:\n    apiVersion: builtin\n    kind: X\n');
  expect(renderOrigins([])).toBe('');
});

describe('what a kustomization names', () => {
  test.each([
    ['', 'a.yaml', 'a.yaml'],
    ['../base', 'a.yaml', '../base/a.yaml'],
    ['../base', '../a.yaml', '../a.yaml'],
    ['..', '../a/./b//c', '../../a/b/c'],
  ])('in %j as %j comes from %j', (path, name, expected) => {
    expect(within({ path, ref: 'v1' }, name)).toEqual({ path: expected, ref: 'v1' });
  });

  test('by an address comes from there', () => {
    expect(within({ path: 'a', ref: 'v1' }, 'https://example.com/a')).toEqual({ repo: 'https://example.com/a' });
  });
});

test('what a plugin of kustomize makes comes from the kustomization file', () => {
  const by = { file: 'tree/app/k.yaml', kind: 'X' };
  const configuredBy = { apiVersion: 'builtin', kind: 'X' };
  expect(builtBy({}, by)).toEqual({ configuredIn: 'k.yaml', configuredBy });
  expect(builtBy({ path: '../a', repo: 'r', ref: 'v1' }, by)).toEqual({ repo: 'r', ref: 'v1', configuredIn: '../a/k.yaml', configuredBy });
});
