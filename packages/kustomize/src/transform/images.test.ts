import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import type { ImageRule } from '../kustomization/rules.ts';
import { type JsonMap, newResource } from '../resource/resource.ts';
import { replaceImages, replacer } from './images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const after = (image: string, rule: Omit<ImageRule, 'name'> & { name?: string }): string => replacer({ name: 'nginx', ...rule })(image);

describe('one image', () => {
  test.each<[string, Omit<ImageRule, 'name'>, string]>([
    ['nginx', { newTag: '2' }, 'nginx:2'],
    ['nginx:1', { newTag: '2' }, 'nginx:2'],
    [`nginx@${DIGEST}`, { newTag: '2' }, 'nginx:2'],
    [`nginx:1@${DIGEST}`, { newTag: '2' }, 'nginx:2'],
    ['nginx:1', { newName: 'web' }, 'web:1'],
    [`nginx:1@${DIGEST}`, { newName: 'web' }, `web:1@${DIGEST}`],
    ['nginx:1', { digest: DIGEST }, `nginx@${DIGEST}`],
    ['nginx:1', { newTag: '2', digest: DIGEST }, `nginx:2@${DIGEST}`],
    ['nginx:1', { newName: 'localhost:5000/web', newTag: '2' }, 'localhost:5000/web:2'],
    ['nginx:1', { tagSuffix: '-x' }, 'nginx:1-x'],
    [`nginx:1@${DIGEST}`, { tagSuffix: '-x' }, 'nginx:1-x'],
    ['nginx:1', {}, 'nginx:1'],
  ])('%s with %j is %s', (image, rule, expected) => {
    expect(after(image, rule)).toBe(expected);
  });

  test.each(['mynginx:1', 'nginx-extra:1', 'library/nginx:1', 'nginx/nginx:1', '', 'nginx:1:2'])('%j is another one', (image) => {
    expect(after(image, { newTag: '2' })).toBe(image);
  });

  test('the port of a registry is no tag', () => {
    expect(after('localhost:5000/nginx', { name: 'localhost:5000/nginx', newTag: '2' })).toBe('localhost:5000/nginx:2');
    expect(after('localhost:5000/nginx:1', { name: 'localhost:5000/nginx', newName: 'nginx' })).toBe('nginx:1');
  });

  test('a name is a regular expression; one that is none is about no image', () => {
    expect(after('docker.io/nginx:1', { name: 'docker.io/.*', newTag: '2' })).toBe('docker.io/nginx:2');
    expect(after('[:1', { name: '[', newTag: '2' })).toBe('[:1');
  });

  test('a name made to blow up takes no time', () => {
    const image = `${'a'.repeat(200)}!`;
    expect(after(image, { name: '(a+)+', newTag: '2' })).toBe(image);
  });
});

function replaced(object: JsonMap, ...rules: readonly ImageRule[]): JsonMap {
  const resource = newResource(object, 'a.yaml');
  for (const rule of rules) replaceImages([resource], rule);
  return resource.object;
}

test('containers are found wherever they are, and image volumes where pods are', () => {
  const pod = {
    initContainers: [{ image: 'nginx:1' }],
    containers: [{ image: 'nginx:1' }],
    volumes: [{ image: { reference: 'nginx:1' } }],
  };
  const expected = {
    initContainers: [{ image: 'nginx:2' }],
    containers: [{ image: 'nginx:2' }],
    volumes: [{ image: { reference: 'nginx:2' } }],
  };
  const rule = { name: 'nginx', newTag: '2' };
  expect(replaced({ kind: 'Pod', spec: structuredClone(pod) }, rule)).toEqual({ kind: 'Pod', spec: expected });
  expect(replaced({ kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: structuredClone(pod) } } } } }, rule)).toEqual({
    kind: 'CronJob',
    spec: { jobTemplate: { spec: { template: { spec: expected } } } },
  });
  expect(replaced({ kind: 'Odd', deep: [{ containers: [{ image: 'nginx:1' }] }] }, rule)).toEqual({
    kind: 'Odd',
    deep: [{ containers: [{ image: 'nginx:2' }] }],
  });
});

test('what only looks like a container is left alone', () => {
  const objects: JsonMap[] = [
    { kind: 'CustomResourceDefinition', spec: { containers: [{ image: 'nginx:1' }] } },
    { kind: 'Odd', deep: { containers: { image: 'nginx:1' }, image: 'nginx:1', ephemeralContainers: [{ image: 'nginx:1' }] } },
    { kind: 'Odd', spec: { containers: [null, { image: 5 }, { image: null }] } },
  ];
  expect(objects.map((object) => replaced(structuredClone(object), { name: 'nginx', newTag: '2' }))).toEqual(objects);
});

test('rules are chained: each sees what the one before made', () => {
  const object = { kind: 'Pod', spec: { containers: [{ image: 'a:1' }] } };
  expect(replaced(object, { name: 'a', newName: 'b' }, { name: 'b', newTag: '2' })).toMatchObject({
    spec: { containers: [{ image: 'b:2' }] },
  });
});

test('an image that no registry could have costs no time, whatever the rule', () => {
  const object = { kind: 'Pod', spec: { containers: [{ image: 'a'.repeat(1024 * 1024) }] } };
  const spentMs = startCpuTime();
  expect(replaced(structuredClone(object), { name: '(a+)+'.repeat(50), newName: 'b' })).toEqual(object);
  expect(spentMs()).toBeLessThan(1_000);
});
