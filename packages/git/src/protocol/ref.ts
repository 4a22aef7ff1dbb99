export interface Ref {
  readonly name: string;
  /** What the reference points to: a commit, or an annotated tag. */
  readonly oid: string;
  /** What an annotated tag stands for in the end. */
  readonly peeled: string | undefined;
}

/** Whether this is the id of an object, in full: it also names files. */
export const isObjectId = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/** Longer than any that a Git could keep in a file. */
const MAX_NAME = 4_096;

/** The rules of git-check-ref-format that keep a name from meaning something else. */
export function isRefName(name: string): boolean {
  if (name === 'HEAD') return true;
  if (name.length > MAX_NAME || !name.startsWith('refs/')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the rule is about.
  return !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock\/|\/$|\.$|\.lock$/.test(name);
}

/** What a caller wants listed, and what became of the rest. */
export interface Wanted {
  /** References whose names begin so; all when there is none. */
  readonly prefixes: readonly string[];
  /** Called for each line that no Git would have sent: somebody's attempt at something. */
  readonly onIgnored: () => void;
}

/** Whether a reference is what was asked for: a server may send more (gitprotocol-v2, ls-refs). */
export function isWanted({ name, oid, peeled }: Ref, { prefixes, onIgnored }: Wanted): boolean {
  if (prefixes.length > 0 && !prefixes.some((prefix) => name.startsWith(prefix))) return false;
  const sound = isObjectId(oid) && isRefName(name) && (peeled === undefined || isObjectId(peeled));
  if (!sound) onIgnored();
  return sound;
}
