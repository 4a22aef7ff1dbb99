import type { Artifact } from '@gotk/api';

const SOURCE = 'org.opencontainers.image.source';
const REVISION = 'org.opencontainers.image.revision';

/** What is told of a new artifact: where it is from, and what it was made of if whoever pushed it said so. */
export function newsOf({ revision, metadata = {} }: Artifact, url: string): string {
  const { [SOURCE]: source = '', [REVISION]: origin = '' } = metadata;
  const made = source === '' || origin === '' ? '' : `, origin source '${source}', origin revision '${origin}'`;
  return `stored artifact with revision '${revision}' from '${url}'${made}`;
}
