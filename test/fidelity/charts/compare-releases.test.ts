import { expect, test } from 'vitest';
import { compareReleases } from './compare-releases.ts';
import type { Rendered } from './rendered.ts';

const HOOK = {
  path: 'app/templates/job.yaml',
  manifest: 'kind: Job\nmetadata: {name: a}',
  events: ['test'],
  weight: 0,
  deletePolicies: [],
};

const release = (own: Partial<Rendered> = {}): Rendered => ({
  manifest: '---\n# Source: app/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: a}\ndata: {text: "one\\n"}\n',
  hooks: [HOOK],
  notes: 'hello\n',
  ...own,
});

test('two equal releases are the same, byte for byte', () => {
  expect(compareReleases({ first: release() }, release())).toEqual({ objects: 2, random: 0, bytes: { random: 0 } });
});

test('objects may be written in other ways, which the comparison of bytes tells', () => {
  const manifest = '---\n# Source: app/templates/a.yaml\ndata: {text: "one\\n"}\nkind: ConfigMap\nmetadata: {name: "a"}\n';
  const { difference, bytes } = compareReleases({ first: release() }, release({ manifest }));
  expect(difference).toBeUndefined();
  expect(bytes.difference).toBe('text line 3: expected "kind: ConfigMap", got "data: {text: \\"one\\\\n\\"}"');
});

test.each([
  ['an object', { manifest: release().manifest.replace('one', 'two') }, 'object 1 of 1, ConfigMap a: data.text'],
  ['an object more', { manifest: `${release().manifest}---\nkind: Secret\nmetadata: {name: b}\n` }, '1 more objects, the first Secret b'],
  ['an object less', { manifest: '' }, 'object 1 of 1, ConfigMap a: : expected {"kind":"ConfigMap"'],
  ['a hook', { hooks: [{ ...HOOK, weight: 1 }] }, 'hook 1 of 1, app/templates/job.yaml: weight: expected 0, got 1'],
  ['the notes', { notes: 'hello' }, 'notes line 2: expected "", got nothing'],
])('what differs in %s is said', (_, own, difference) => {
  expect(compareReleases({ first: release() }, release(own)).difference).toContain(difference);
});
