import { readFile } from 'node:fs/promises';
import { definitions } from '@gotk/api';
import { build, memoryTree } from '@gotk/kustomize';
import { expect, test } from 'vitest';
import { resources, testbed } from './testbed.ts';

test.each([
  ['sources.md', 6],
  ['kustomizations.md', 2],
])('every manifest that docs/%s shows is taken by the API server as it stands', async (file, kinds) => {
  await using bed = await testbed();
  const page = await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  const shown = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ''], index) => [`${index}.yaml`, text] as const);
  const { objects } = build(memoryTree(Object.fromEntries(shown)), '/', { overlay: { targetNamespace: bed.namespace } });
  expect(new Set(objects.map(({ kind }) => kind)).size).toBe(kinds);
  for (const object of objects) {
    const resource = [...definitions.map((definition) => definition.resource), resources.configMap].find(
      ({ kind }) => kind === object.kind,
    );
    if (resource === undefined) throw new Error(`${object.kind} is none of the kinds that pages show`);
    const options = { fieldManager: 'reader', force: true, dryRun: true, fieldValidation: 'Strict', signal: bed.signal } as const;
    await bed.client.apply(resource, object, options);
  }
});
