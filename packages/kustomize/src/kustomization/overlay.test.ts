import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { emptyKustomization, type KustomizationFile } from './kustomization-file.ts';
import { type Overlay, withOverlay } from './overlay.ts';

const file: KustomizationFile = emptyKustomization('k.yaml');
const overlaid = (overlay: Overlay, kustomization: Partial<KustomizationFile> = {}) =>
  withOverlay({ ...file, ...kustomization }, overlay, { tree: memoryTree({}), isWritten: true });

describe('namespace, prefix and suffix', () => {
  const written = { namespace: 'n', namePrefix: 'p-', nameSuffix: '-s' };

  test('take the place of those that are written', () => {
    expect(overlaid({ targetNamespace: 'N', namePrefix: 'P-', nameSuffix: '-S' }, written)).toMatchObject({
      namespace: 'N',
      namePrefix: 'P-',
      nameSuffix: '-S',
    });
  });

  test('that are not given leave them, those that are empty do not', () => {
    expect(overlaid({}, written)).toMatchObject(written);
    expect(overlaid({ targetNamespace: '', namePrefix: '' }, written)).toMatchObject({ namespace: '', namePrefix: '', nameSuffix: '-s' });
  });
});

describe('images', () => {
  const images = (overlay: Overlay['images'], written: KustomizationFile['images'] = []) =>
    overlaid({ images: overlay ?? [] }, { images: written }).images;

  test('of other names come behind those that are written', () => {
    expect(images([{ name: 'b', newTag: '2' }], [{ name: 'a', newTag: '1' }])).toEqual([
      { name: 'a', newTag: '1' },
      { name: 'b', newTag: '2' },
    ]);
  });

  test('of the same name change what is written, where it stands', () => {
    const written = [
      { name: 'a', newName: 'x', newTag: '1' },
      { name: 'b', newTag: '1' },
    ];
    expect(images([{ name: 'a', newTag: '2' }], written)).toEqual([{ name: 'a', newName: 'x', newTag: '2' }, written[1]]);
  });

  test.each([
    [{ newTag: '2' }, { newTag: '2' }],
    [{ digest: 'sha256:2' }, { digest: 'sha256:2' }],
    [{ newName: 'y' }, { newName: 'y', newTag: '1', digest: 'sha256:1' }],
  ])('with %j leave no other tag or digest than they say', (over, after) => {
    expect(images([{ name: 'a', ...over }], [{ name: 'a', newTag: '1', digest: 'sha256:1' }])).toEqual([{ name: 'a', ...after }]);
  });

  test('need a name', () => {
    expect(() => images([{ name: 'a' }, { name: '' }])).toThrow(new BuildError('spec.images[1]: name is required'));
  });
});

describe('patches', () => {
  test('come behind those that are written', () => {
    const written = overlaid({ patches: [{ patch: 'a' }] }).patches;
    const { patches } = overlaid({ patches: [{ patch: 'b', target: { kind: 'Toy' } }] }, { patches: written });
    expect(patches.map(({ source, target, at }) => ({ source, target, at }))).toEqual([
      { source: { text: 'a' }, target: undefined, at: 'spec.patches[0]' },
      { source: { text: 'b' }, target: { kind: 'Toy' }, at: 'spec.patches[0]' },
    ]);
  });

  test('may only ask for targets by what there is', () => {
    expect(() => overlaid({ patches: [{ patch: 'b', target: { kinds: 'Toy' } }] })).toThrow(
      /^spec\.patches\[0\]\S*: unknown field 'kinds'/,
    );
  });
});

describe('a kustomization that says nothing', () => {
  test.each<[Overlay, boolean]>([
    [{}, true],
    [{ commonMetadata: { labels: { a: 'b' } } }, true],
    [{ targetNamespace: '' }, true],
    [{ targetNamespace: 'n' }, false],
    [{ nameSuffix: '-s' }, false],
    [{ images: [{ name: 'a' }] }, false],
    [{ patches: [{ patch: 'a' }] }, false],
  ])('with %j is empty: %s', (overlay, isEmpty) => {
    expect(overlaid(overlay, { isEmpty: true }).isEmpty).toBe(isEmpty);
  });
});
