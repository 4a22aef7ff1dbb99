import { compareText, LEGACY_ORDER, ranksOf } from '@gotk/apimachinery';

interface Kind {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

const LEGACY_RANKS = ranksOf(LEGACY_ORDER);

/** Orders by the rank of the kind, then by group, version and kind as text. */
export const compareKinds = (a: Kind, b: Kind): number =>
  (LEGACY_RANKS.get(a.kind ?? '') ?? 0) - (LEGACY_RANKS.get(b.kind ?? '') ?? 0) || compareText(textOf(a), textOf(b));

/** What is missing sorts behind everything written. */
export const textOf = ({ group, version, kind }: Kind): string => [group || '~G', version || '~V', kind || '~K'].join('_');
