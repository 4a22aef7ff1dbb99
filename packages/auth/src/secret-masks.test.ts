import { describe, expect, test } from 'vitest';
import { createSecretMasks } from './secret-masks.ts';

describe('masks of namespaces', () => {
  test('know what was learned for their own, and nothing of others', () => {
    const masks = createSecretMasks();
    masks.of('apples').learn('hunter2-of-apples');
    masks.of('pears').learnSecret({ stringData: { word: 'Deployment', more: 'reconciliation' } });
    const text = 'Deployment failed: hunter2-of-apples';
    expect(masks.of('apples').mask(text)).toBe('Deployment failed: *****');
    expect(masks.of('pears').mask(text)).toBe('***** failed: hunter2-of-apples');
    expect(masks.of('plums').mask(text)).toBe(text);
    expect([masks.of('apples').size, masks.of('pears').size, masks.of('plums').size]).toEqual([1, 2, 0]);
  });

  test('mask what looks like a credential whether or not they know anything', () => {
    const masks = createSecretMasks();
    masks.of('apples').learn('hunter2-of-apples');
    const text = 'hunter2-of-apples at https://u:p@example.com';
    expect(masks.of('apples').redact(text)).toBe('***** at https://*****@example.com');
    expect(masks.of('pears').redact(text)).toBe('hunter2-of-apples at https://*****@example.com');
  });

  test('have room in common, and none can take it from another', () => {
    const masks = createSecretMasks({ maxCharacters: 50_000 });
    masks.of('apples').learn('hunter2-of-apples');
    for (let index = 0; index < 500; index += 1) masks.of('pears').learn(`${index}-${'x'.repeat(500)}`);
    expect(masks.of('pears').size).toBeLessThan(60);
    expect(masks.of('pears').size).toBeGreaterThan(20);
    expect(masks.of('pears').mask(`499-${'x'.repeat(500)}`)).toBe('*****');
    expect(masks.of('apples').mask('hunter2-of-apples')).toBe('*****');
    // What was forgotten made room again.
    for (let index = 0; index < 20; index += 1) masks.of(`plums-${index}`).learn(`secret-of-plums-${index}`);
    expect(masks.of('plums-0').mask('secret-of-plums-0')).toBe('*****');
    expect(masks.of('pears').size).toBeGreaterThan(20);
  });

  test('have room for so many values each', () => {
    const masks = createSecretMasks({ maxValues: 2 });
    for (const value of ['first-value', 'second-value', 'third-value']) masks.of('apples').learn(value);
    expect(masks.of('apples').mask('first-value second-value third-value')).toBe('first-value ***** *****');
  });
});
