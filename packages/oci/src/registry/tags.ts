import { type JsonValue, parsePlainJson } from '@gotk/apimachinery';
import { OciError } from '../oci-error.ts';
import { isTag } from '../reference.ts';
import type { Exchange } from './exchange.ts';
import { pagesOf } from './pages.ts';

/** More than any repository has that people choose versions from. */
const MAX_TAGS = 200_000;
const TAGS_PER_PAGE = 1_000;

/** All tags of a repository. What cannot be a tag is left out. Throws `OciError`, or the signal's reason. */
export async function listTags(exchange: Exchange, path: string, signal: AbortSignal): Promise<readonly string[]> {
  const tags: string[] = [];
  for await (const bytes of pagesOf(exchange, `/v2/${path}/tags/list?n=${TAGS_PER_PAGE}`, { signal })) {
    for (const tag of tagsIn(bytes)) if (isTag(tag)) tags.push(tag);
    if (tags.length > MAX_TAGS) throw new OciError('too-large', `the repository has more than ${MAX_TAGS} tags`);
  }
  return tags;
}

function tagsIn(bytes: Buffer): readonly string[] {
  let list: JsonValue;
  try {
    list = parsePlainJson(bytes.toString('utf8'));
  } catch (error) {
    throw new OciError('protocol', 'the list of tags is not JSON', { cause: error });
  }
  const tags = typeof list === 'object' && list !== null && 'tags' in list ? list.tags : undefined;
  // A repository without tags has null.
  if (tags === null || tags === undefined) return [];
  if (!Array.isArray(tags)) throw new OciError('protocol', 'the list of tags is no list');
  return tags.filter((tag: JsonValue) => typeof tag === 'string');
}
