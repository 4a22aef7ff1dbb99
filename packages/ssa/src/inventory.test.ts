import { expect, test } from 'vitest';
import {
  asRecorded,
  assertStorable,
  difference,
  InventoryTooLarge,
  idOf,
  parseEntry,
  renderEntry,
  renderReference,
  union,
} from './inventory.ts';

const deployment = { namespace: 'apps', name: 'web', group: 'apps', kind: 'Deployment', version: 'v1' };

test.each([
  [deployment, 'apps_web_apps_Deployment'],
  [{ ...deployment, group: '', kind: 'Service' }, 'apps_web__Service'],
  [
    { namespace: '', name: 'system:node-reader', group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', version: 'v1' },
    '_system__node-reader_rbac.authorization.k8s.io_ClusterRole',
  ],
])('an entry and what it stands for are the same thing in two spellings (%#)', (reference, id) => {
  const entry = renderEntry(reference);
  expect(entry).toEqual({ id, v: 'v1' });
  expect(parseEntry(entry)).toEqual(reference);
});

test.each(['', 'nonsense', 'a_b', '_x__', '../../x'])('%j stands for nothing', (id) => {
  expect(parseEntry({ id, v: 'v1' })).toBeUndefined();
});

test('the union names each object once, at the newer version, in the order of ids', () => {
  const [old, other] = [renderEntry({ ...deployment, version: 'v1beta1' }), renderEntry({ ...deployment, name: 'api' })];
  expect(union([old], [renderEntry(deployment), other])).toEqual([other, renderEntry(deployment)]);
});

test('the same entries stay in the order that they are recorded in', () => {
  const [web, api] = [renderEntry(deployment), renderEntry({ ...deployment, name: 'api' })];
  expect(asRecorded([api, web], [web, api])).toEqual([web, api]);
  const newer = renderEntry({ ...deployment, version: 'v2' });
  expect(asRecorded([api, newer], [web, api])).toEqual([api, newer]);
  expect(asRecorded([api], [web, api])).toEqual([api]);
});

test('the difference goes by object, whatever its version', () => {
  expect(difference([renderEntry({ ...deployment, version: 'v1beta1' })], [renderEntry(deployment)])).toEqual([]);
  expect(difference([renderEntry(deployment)], [])).toEqual([renderEntry(deployment)]);
});

test('an inventory that etcd would not take is refused before anything is applied', () => {
  const entries = Array.from({ length: 20_000 }, (_, index) => renderEntry({ ...deployment, name: `${'n'.repeat(50)}-${index}` }));
  expect(() => assertStorable(entries)).toThrow(InventoryTooLarge);
  expect(() => assertStorable(entries.slice(0, 5_000))).not.toThrow();
});

test('an object is named by kind, namespace and name', () => {
  expect(renderReference(deployment)).toBe('Deployment/apps/web');
  expect(renderReference({ ...deployment, namespace: '', kind: 'Namespace' })).toBe('Namespace/web');
  expect(idOf(deployment)).toBe(renderEntry(deployment).id);
});
