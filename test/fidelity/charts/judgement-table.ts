import type { Judgement } from './compare-renderings.ts';

export const HEADING = 'objects  random    helm   first   later';

/** A line of figures, and one that says how ours differs. */
export function rowOf(title: string, { objects, random, helmSeconds, firstSeconds, laterSeconds, verdict }: Judgement): string {
  const seconds = [helmSeconds, firstSeconds, laterSeconds].map((value) => `${value.toFixed(3)}`.padStart(7));
  return `${String(objects).padStart(7)} ${String(random).padStart(7)} ${seconds.join(' ')}  ${title}\n${' '.repeat(41)}${verdict}`;
}

export function summaryOf(judgements: readonly Judgement[]): string {
  const sum = (of: (judgement: Judgement) => number): number => judgements.reduce((total, judgement) => total + of(judgement), 0);
  const different = judgements.filter(({ isSame }) => !isSame).length;
  const helmSeconds = sum((judgement) => judgement.helmSeconds);
  const ratio = (seconds: number): string => (seconds / helmSeconds).toFixed(2);
  return (
    `${judgements.length - different} same, ${different} different; ${judgements.filter(({ isByteEqual }) => isByteEqual).length} byte for byte; ` +
    `${sum(({ random }) => random)} values that the real program draws at random were compared by shape\n` +
    `helm ${helmSeconds.toFixed(1)} s, a process each; ours in this process ${ratio(sum((judgement) => judgement.firstSeconds))} of that the first time, ` +
    `${ratio(sum((judgement) => judgement.laterSeconds))} later`
  );
}
