const MAX_NAME_BYTES = 255;

/** Code points that HFS+ ignores when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Whether a name is only a name: not a way out, and not `.git` in any spelling that some file system takes for it (git-fsck,
 * CVE-2014-9390).
 */
export function isHarmless(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and its like are what the rule is about.
  if (name === '' || name === '.' || name === '..' || /[/\\\u0000-\u001f]/.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES)
    return false;
  // What all spellings have in common is seldom in a name.
  if (!/g/i.test(name)) return true;
  const folded =
    name
      .replace(IGNORED_BY_HFS, '')
      .toLowerCase()
      .split(':')[0]
      ?.replace(/[. ]+$/, '') ?? '';
  return folded !== '.git' && !/^git~\d+$/.test(folded);
}
