import { pointerOf } from './location.ts';

/** The way to a value, from the value to the root. */
export interface Path {
  readonly token: string;
  readonly parent: Path | undefined;
}

/** What is wrong with a value, and what that comes from. */
export interface Failure {
  readonly path: Path | undefined;
  readonly text: string;
  /** `group`: several things are wrong. `reference`: something is, where a reference leads; it is not told when it is one thing. */
  readonly kind: 'group' | 'reference' | 'plain';
  readonly causes: readonly Failure[];
}

/** More than that helps nobody, and does not fit where it is shown. */
const MAX_CHARACTERS = 16_384;

/**
 * The lines in which Helm tells what is wrong: one for each thing, below it what it comes from. Long ones end with an ellipsis.
 */
export function renderFailure(failure: Failure): string {
  const lines: string[] = [];
  const budget = { left: MAX_CHARACTERS };
  for (const cause of causesOf(failure)) addLines(lines, { failure: cause, indent: 0 }, budget);
  return budget.left < 0 ? `${lines.join('\n')}\n…` : lines.join('\n');
}

/** A group at the top says nothing by itself. */
const causesOf = (failure: Failure): readonly Failure[] => (failure.kind === 'group' ? failure.causes : [failure]);

function addLines(
  lines: string[],
  { failure, indent }: { readonly failure: Failure; readonly indent: number },
  budget: { left: number },
): void {
  if (budget.left < 0) return;
  const isTold = failure.kind !== 'reference' || failure.causes.length !== 1;
  if (isTold) {
    const line = `${'  '.repeat(indent)}- at ${quoted(pointerOf(tokensOf(failure.path)))}: ${failure.text}`;
    budget.left -= line.length;
    lines.push(line.slice(0, MAX_CHARACTERS));
  }
  for (const cause of failure.causes) addLines(lines, { failure: cause, indent: isTold ? indent + 1 : indent }, budget);
}

/** From the root. */
export function tokensOf(path: Path | undefined): readonly string[] {
  const tokens: string[] = [];
  for (let at = path; at !== undefined; at = at.parent) tokens.push(at.token);
  return tokens.reverse();
}

/** As Go quotes, with single quotes. */
export const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
