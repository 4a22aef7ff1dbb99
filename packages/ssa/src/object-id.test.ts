import { describe, expect, test } from 'vitest';
import { objectId, parseObjectId, renderObjectId, renderSubject } from './object-id.ts';

describe('object id', () => {
  test('is written as namespace, name, group and kind', () => {
    const id = objectId({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } });
    expect(renderObjectId(id)).toBe('shop_web_apps_Deployment');
    expect(renderSubject(id)).toBe('Deployment/shop/web');
  });

  test('starts with an underscore for cluster-scoped objects', () => {
    const id = objectId({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(renderObjectId(id)).toBe('_shop__Namespace');
    expect(renderSubject(id)).toBe('Namespace/shop');
  });

  test.each([
    'shop_web_apps_Deployment',
    '_shop__Namespace',
    '_system__node__reader_rbac.authorization.k8s.io_ClusterRole',
    'shop_my_role_rbac.authorization.k8s.io_Role',
    '_widgets.example.com_apiextensions.k8s.io_CustomResourceDefinition',
  ])('%s is the same after parsing and rendering', (text) => {
    expect(renderObjectId(parseObjectId(text))).toBe(text);
  });

  test('keeps colons of RBAC names readable for a ConfigMap key', () => {
    const id = { namespace: '', name: 'system:node:reader', group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' };
    expect(renderObjectId(id)).toBe('_system__node__reader_rbac.authorization.k8s.io_ClusterRole');
    expect(parseObjectId(renderObjectId(id))).toEqual(id);
  });

  test.each(['', 'web', 'a_b', 'a_b_c', '___', '_x__'])("refuses '%s'", (text) => {
    expect(() => parseObjectId(text)).toThrow('is not an object id');
  });
});
