import { GitError, type ReferenceSpec, type RemoteConnection, type Revision } from '@gotk/git';

const TAGS = 'refs/tags/';
const PEELED = '^{}';

/** The tag, by its name below `refs/tags/`, that a reference leads to a commit by; undefined when it is none that does. The order of precedence is that of `resolveReference`. */
export function tagBehind({ commit, name, semver, tag }: ReferenceSpec, revision: Pick<Revision, 'name'>): string | undefined {
  if (commit) return undefined;
  if (name) return name.startsWith(TAGS) ? name.slice(TAGS.length).replace(PEELED, '') : undefined;
  return semver || tag ? revision.name : undefined;
}

export interface FoundTag {
  readonly name: string;
  /** Of an annotated tag. */
  readonly object: string | undefined;
}

/** The tag as the server has it, which has to lead to this commit still. Throws `GitError`. */
export async function findTag(
  connection: RemoteConnection,
  { name, commit }: { readonly name: string; readonly commit: string },
  signal: AbortSignal,
): Promise<FoundTag> {
  const full = `${TAGS}${name}`;
  let found: FoundTag | undefined;
  for await (const ref of connection.listRefs([full], signal))
    if (ref.name === full && (ref.peeled ?? ref.oid) === commit) found = { name, object: ref.peeled === undefined ? undefined : ref.oid };
  if (found === undefined) throw new GitError('reference-not-found', `tag '${name}' was moved or deleted meanwhile`);
  return found;
}
