import type { SopsLimits } from '../limits.ts';
import { SopsError } from '../sops-error.ts';
import { type Branch, entriesOf, type Item, isComment, type Tree } from '../tree.ts';
import { type Metadata, metadataOf } from './metadata.ts';
import { unflatten } from './unflatten.ts';

/** Where a format has its metadata: in an entry, in one whose keys are flat (INI), or in keys of the file (dotenv). */
export type MetadataPlace = 'entry' | 'flat-entry' | 'prefix';

export const ENTRY = 'sops';
const PREFIX = `${ENTRY}_`;

export interface Extracted {
  /** What is left. */
  readonly tree: Tree;
  readonly metadata: Metadata;
}

/** Takes the metadata out of a file: of the first document's, every document has a copy. Throws `SopsError`. */
export function extractMetadata(tree: Tree, place: MetadataPlace, limits: SopsLimits): Extracted {
  const entry = place === 'prefix' ? prefixed(tree[0]) : entryOf(tree[0]);
  const nested = place === 'entry' ? entry : unflatten(place === 'flat-entry' ? withBreaks(entry) : entry);
  const isMetadata = (item: Item, document: number): boolean =>
    !isComment(item) && (place === 'prefix' ? document === 0 && item.key.startsWith(PREFIX) : item.key === ENTRY);
  const rest = tree.map((branch, document): Branch => ({ ...branch, items: branch.items.filter((item) => !isMetadata(item, document)) }));
  return { tree: rest, metadata: metadataOf(nested, limits) };
}

const missing = () => new SopsError('malformed', 'it has no SOPS metadata');

function entryOf(document: Branch | undefined): Branch {
  const entries = (document === undefined ? [] : entriesOf(document)).filter(({ key }) => key === ENTRY);
  if (entries.length > 1) throw new SopsError('malformed', `it has more than one '${ENTRY}'`);
  if (entries[0] === undefined) throw missing();
  if (entries[0].value.kind !== 'branch') throw new SopsError('malformed', `its '${ENTRY}' is no mapping`);
  return entries[0].value;
}

function prefixed(document: Branch | undefined): Branch {
  const items = (document?.items ?? []).flatMap((item) =>
    !isComment(item) && item.key.startsWith(PREFIX) ? [{ ...item, key: item.key.slice(PREFIX.length) }] : [],
  );
  if (items.length === 0) throw missing();
  return { kind: 'branch', items };
}

/** INI's keep their line breaks as two characters. */
function withBreaks({ items }: Branch): Branch {
  const opened = (item: Item): Item =>
    !isComment(item) && item.value.kind === 'text'
      ? { ...item, value: { kind: 'text', bytes: Buffer.from(item.value.bytes.toString('utf8').replaceAll('\\n', '\n')) } }
      : item;
  return { kind: 'branch', items: items.map(opened) };
}
