import { expect, test } from 'vitest';
import { isKept, isLeftAlone, isMerged, isOnlyCreated, isReplaceable } from './object-policy.ts';

const policy = { group: 'kustomize.toolkit.fluxcd.io', fieldManager: 'kustomize-controller' };

test.each([
  ['reconcile', 'disabled', { leftAlone: true, kept: true, onlyCreated: false, replaceable: false, merged: false }],
  ['reconcile', 'Enabled', { leftAlone: false, kept: false, onlyCreated: false, replaceable: false, merged: false }],
  ['ssa', 'Ignore', { leftAlone: true, kept: true, onlyCreated: false, replaceable: false, merged: false }],
  ['ssa', 'IFNOTPRESENT', { leftAlone: false, kept: false, onlyCreated: true, replaceable: false, merged: false }],
  ['ssa', 'merge', { leftAlone: false, kept: false, onlyCreated: false, replaceable: false, merged: true }],
  ['ssa', 'Override', { leftAlone: false, kept: false, onlyCreated: false, replaceable: false, merged: false }],
  ['prune', 'Disabled', { leftAlone: false, kept: true, onlyCreated: false, replaceable: false, merged: false }],
  ['force', 'ENABLED', { leftAlone: false, kept: false, onlyCreated: false, replaceable: true, merged: false }],
  ['force', 'Disabled', { leftAlone: false, kept: false, onlyCreated: false, replaceable: false, merged: false }],
])('%s: %s means the same as label and as annotation, and nothing in another group', (key, value, expected) => {
  const read = (metadata: object) => ({
    leftAlone: isLeftAlone(metadata, policy),
    kept: isKept(metadata, policy),
    onlyCreated: isOnlyCreated(metadata, policy),
    replaceable: isReplaceable(metadata, policy),
    merged: isMerged(metadata, policy),
  });
  const ours = { [`kustomize.toolkit.fluxcd.io/${key}`]: value };
  expect(read({ labels: ours })).toEqual(expected);
  expect(read({ annotations: ours })).toEqual(expected);
  expect(read({ annotations: { [`helm.toolkit.fluxcd.io/${key}`]: value } })).toEqual({
    leftAlone: false,
    kept: false,
    onlyCreated: false,
    replaceable: false,
    merged: false,
  });
});
