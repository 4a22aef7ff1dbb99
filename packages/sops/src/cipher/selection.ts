import { RE2JS, RE2JSException } from 're2js';
import { SopsError } from '../sops-error.ts';

/** Which values of a file are encrypted: at most one of the rules is set. */
export interface Selection {
  readonly rule:
    | { readonly kind: 'unencrypted-suffix' | 'encrypted-suffix'; readonly suffix: string }
    | {
        readonly kind: 'unencrypted-regex' | 'encrypted-regex' | 'unencrypted-comment-regex' | 'encrypted-comment-regex';
        readonly pattern: string;
      };
}

export interface Place {
  /** The keys on the way to the value. */
  readonly path: readonly string[];
  /** Whether a comment above it, or above what it is in, matches; a comment is not above itself. */
  readonly isMarked: boolean;
  /** Its text, if it is a comment itself. */
  readonly comment?: string;
}

export interface Selector {
  isEncrypted(place: Place): boolean;
  /** Whether a comment, as it stands in the file, says something about what is below it. */
  isMark(comment: string): boolean;
}

/** Tells which values are encrypted. Throws `SopsError` for a pattern that is none: upstream takes it for one that matches nothing. */
export function selector({ rule }: Selection): Selector {
  const never = () => false;
  switch (rule.kind) {
    case 'unencrypted-suffix':
      return { isEncrypted: ({ path }) => !path.some((key) => key.endsWith(rule.suffix)), isMark: never };
    case 'encrypted-suffix':
      return { isEncrypted: ({ path }) => path.some((key) => key.endsWith(rule.suffix)), isMark: never };
    case 'unencrypted-regex': {
      const matches = matcher(rule.pattern);
      return { isEncrypted: ({ path }) => !path.some(matches), isMark: never };
    }
    case 'encrypted-regex': {
      const matches = matcher(rule.pattern);
      return { isEncrypted: ({ path }) => path.some(matches), isMark: never };
    }
    case 'unencrypted-comment-regex': {
      const isMark = matcher(rule.pattern);
      return { isEncrypted: ({ isMarked, comment }) => !isMarked && (comment === undefined || !isMark(comment)), isMark };
    }
    case 'encrypted-comment-regex':
      // The comment that says so stays readable itself.
      return { isEncrypted: ({ isMarked }) => isMarked, isMark: matcher(rule.pattern) };
  }
}

/** Of one key or comment; what is longer is refused, since its length is the price. */
const MAX_TEXT = 4_096;

function matcher(pattern: string): (text: string) => boolean {
  const regex = compiled(pattern);
  const known = new Map<string, boolean>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (text.length > MAX_TEXT) throw new SopsError('too-large', `a key or comment is longer than ${MAX_TEXT} characters`);
    const matches = regex.matcher(text).find();
    known.set(text, matches);
    return matches;
  };
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) throw new SopsError('malformed', 'its metadata has a regular expression that is none');
    throw error;
  }
}
