import type { Piece } from '@gotk/envsubst';

/** Nobody can recognise shorter ones, and a mask takes no more at once. */
const MIN_LENGTH = 6;
const MAX_TEXTS = 1_000;

/** What has been made of secret variables: as secret as they are, and nowhere else to be read. */
export function secretTexts(pieces: Iterable<Piece>, secret: ReadonlySet<string>): readonly string[] {
  const texts = new Set<string>();
  for (const { text, variables } of secret.size === 0 ? [] : pieces) {
    if (text.length >= MIN_LENGTH && variables.some((name) => secret.has(name))) texts.add(text);
    if (texts.size === MAX_TEXTS) break;
  }
  return [...texts];
}
