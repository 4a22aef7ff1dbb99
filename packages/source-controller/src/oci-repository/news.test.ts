import { expect, test } from 'vitest';
import { newsOf } from './news.ts';

const artifact = { revision: 'v1@sha256:1', path: 'p', url: 'u', digest: 'sha256:2', lastUpdateTime: '2030-01-01T00:00:00Z' };
const [source, revision] = ['org.opencontainers.image.source', 'org.opencontainers.image.revision'];

test('news name the origin where all of it is known', () => {
  expect(newsOf(artifact, 'oci://r/app')).toBe("stored artifact with revision 'v1@sha256:1' from 'oci://r/app'");
  expect(newsOf({ ...artifact, metadata: { [source]: 's' } }, 'oci://r/app')).not.toContain('origin');
  expect(newsOf({ ...artifact, metadata: { [source]: 's', [revision]: 'main@sha1:0' } }, 'oci://r/app')).toBe(
    "stored artifact with revision 'v1@sha256:1' from 'oci://r/app', origin source 's', origin revision 'main@sha1:0'",
  );
});
