import { describe, expect, test } from 'vitest';
import { assertStorable, difference, type Inventory, inventoryOf, sameInventory, union } from './inventory.ts';

const entry = (id: string, v = 'v1') => ({ id, v });
const id = (name: string) => ({ namespace: 'shop', name, group: '', kind: 'ConfigMap' });

describe('inventory', () => {
  test('is sorted and holds an object once', () => {
    const inventory = inventoryOf([
      { id: id('b'), version: 'v1' },
      { id: id('a'), version: 'v1' },
      { id: id('b'), version: 'v1' },
    ]);
    expect(inventory.map((each) => each.id)).toEqual(['shop_a__ConfigMap', 'shop_b__ConfigMap']);
  });

  test('a union keeps what either has, in the newer version', () => {
    expect(union([entry('x', 'v1beta1'), entry('y')], [entry('x', 'v1'), entry('a')])).toEqual([entry('a'), entry('x', 'v1'), entry('y')]);
  });

  test('an object that only changed its version is not in the difference', () => {
    expect(difference([entry('x', 'v1beta1'), entry('y')], [entry('x', 'v1')])).toEqual([entry('y')]);
  });

  test('equality notices a changed version', () => {
    expect(sameInventory([entry('x')], [entry('x')])).toBe(true);
    expect(sameInventory([entry('x')], [entry('x', 'v2')])).toBe(false);
    expect(sameInventory([entry('x')], [])).toBe(false);
  });

  test('10,000 objects with ordinary names can be recorded, and one that cannot is refused with both sizes', () => {
    const of = (count: number, name: string): Inventory =>
      Array.from({ length: count }, (_, index) => entry(`team-a_${name}-${index}_apps_Deployment`));
    expect(() => assertStorable(of(10_000, 'web-frontend'))).not.toThrow();
    expect(() => assertStorable(of(10_000, 'x'.repeat(200)))).toThrow(/inventory of 10000 objects needs \d+ bytes, more than the 1048576/);
  });
});
