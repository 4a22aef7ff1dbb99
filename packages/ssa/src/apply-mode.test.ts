import { describe, expect, test } from 'vitest';
import { applyModeOf, isForced, isPruneDisabled, isSkipped } from './apply-mode.ts';

const applier = { group: 'kustomize.toolkit.fluxcd.io', fieldManager: 'kustomize-controller' };
const annotated = (key: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', annotations: { [`kustomize.toolkit.fluxcd.io/${key}`]: value } },
});
const labelled = (key: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', labels: { [`kustomize.toolkit.fluxcd.io/${key}`]: value } },
});

describe('apply mode', () => {
  test.each([
    ['ssa', 'Override', 'override'],
    ['ssa', 'merge', 'merge'],
    ['ssa', 'IFNOTPRESENT', 'if-not-present'],
    ['ssa', 'Ignore', 'skip'],
    ['reconcile', 'Disabled', 'skip'],
    ['reconcile', 'enabled', 'override'],
  ])('%s: %s means %s, as label or as annotation', (key, value, mode) => {
    expect(applyModeOf(applier, annotated(key, value))).toBe(mode);
    expect(applyModeOf(applier, labelled(key, value))).toBe(mode);
  });

  test('an object that is not reconciled is not pruned either', () => {
    expect(isPruneDisabled(applier, annotated('prune', 'Disabled'))).toBe(true);
    expect(isPruneDisabled(applier, annotated('reconcile', 'disabled'))).toBe(true);
    expect(isPruneDisabled(applier, annotated('ssa', 'ignore'))).toBe(true);
    expect(isPruneDisabled(applier, annotated('ssa', 'merge'))).toBe(false);
  });

  test('policies of another group mean nothing', () => {
    expect(isSkipped({ group: 'helm.toolkit.fluxcd.io' }, annotated('reconcile', 'disabled'))).toBe(false);
  });

  test('force is asked for object by object', () => {
    expect(isForced(applier, annotated('force', 'Enabled'))).toBe(true);
    expect(isForced(applier, annotated('force', 'false'))).toBe(false);
  });
});
