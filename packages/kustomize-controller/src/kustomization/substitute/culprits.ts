import type { Piece } from '@gotk/envsubst';

/** Each costs a look at the whole object. */
const MAX_TRIED = 32;
const MAX_NAMED = 5;

/**
 * The variables whose values spoil a text that would be good without them: those that make it good when one is replaced by a letter. All of them when it takes more
 * than one.
 */
export function culprits(pieces: readonly Piece[], isGood: (pieces: readonly Piece[]) => boolean): readonly string[] {
  const names = [...new Set(pieces.flatMap(({ variables }) => variables.slice(0, 1)))];
  const tried = names.slice(0, MAX_TRIED);
  const guilty = tried.filter((name) => isGood(pieces.map((piece) => (piece.variables[0] === name ? { ...piece, text: 'x' } : piece))));
  return (guilty.length > 0 ? guilty : names).slice(0, MAX_NAMED);
}
