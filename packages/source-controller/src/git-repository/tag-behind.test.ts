import { expect, test } from 'vitest';
import { tagBehind } from './tag-behind.ts';

test.each([
  [{ tag: 'v1' }, 'v1', 'v1'],
  [{ semver: '1.x', tag: 'v1' }, 'v1.2.0', 'v1.2.0'],
  [{ name: 'refs/tags/v3' }, 'refs/tags/v3', 'v3'],
  [{ name: 'refs/tags/v3^{}' }, 'refs/tags/v3^{}', 'v3'],
  [{ name: 'refs/heads/main', tag: 'v1' }, 'refs/heads/main', undefined],
  [{ branch: 'main' }, 'main', undefined],
  [{ commit: '0'.repeat(40), tag: 'v1' }, '', undefined],
  [{ tag: '', branch: 'main' }, 'main', undefined],
  [{}, 'master', undefined],
])('%j leads by the tag that its most specific field names', (ref, name, expected) => {
  expect(tagBehind(ref, { name })).toBe(expected);
});
