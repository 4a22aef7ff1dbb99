import { compareReleases } from './compare-releases.ts';
import { renderByUs } from './our-helm.ts';
import { renderByHelm } from './real-helm.ts';
import type { Rendered } from './rendered.ts';

export interface RenderingCase {
  /** The real program. */
  readonly helm: string;
  /** Of the chart. */
  readonly directory: string;
  /** The file of values. */
  readonly values: string;
  /** Whether it is all right that the real program refuses the values: many charts do, without any. */
  readonly mayFail: boolean;
  /** Whether it may be refused in other words: those about broken YAML are our own. */
  readonly inOwnWords?: boolean;
}

export interface Judgement {
  readonly isSame: boolean;
  readonly isByteEqual: boolean;
  /** In one line. */
  readonly verdict: string;
  readonly objects: number;
  /** Values that the real program draws at random. */
  readonly random: number;
  readonly helmSeconds: number;
  /** Ours, the first time, and the median of three more. */
  readonly firstSeconds: number;
  readonly laterSeconds: number;
}

/** Renders a chart by both, and says how ours differs. Throws when ours fails in another way than a chart may make it. */
export function compareRenderings({ helm, directory, values, mayFail, inOwnWords = false }: RenderingCase): Judgement {
  const real = renderByHelm(helm, directory, values);
  const ours = renderByUs(directory, values);
  const later = [1, 2, 3].map(() => renderByUs(directory, values).seconds).sort((a, b) => a - b);
  const timing = { helmSeconds: real.seconds, firstSeconds: ours.seconds, laterSeconds: later[1] ?? 0 };
  if (typeof real.outcome === 'string') return { ...timing, ...judgeFailure(real.outcome, ours.outcome, { mayFail, inOwnWords }) };
  if (typeof ours.outcome === 'string') {
    return {
      ...timing,
      isSame: false,
      isByteEqual: false,
      verdict: `DIFFERENT: ours fails: ${lineOf(ours.outcome)}`,
      objects: 0,
      random: 0,
    };
  }
  return { ...timing, ...judge({ first: real.outcome, again: () => renderByHelm(helm, directory, values).outcome }, ours.outcome) };
}

type Verdict = Pick<Judgement, 'isSame' | 'isByteEqual' | 'verdict' | 'objects' | 'random'>;

interface Repeatable {
  readonly first: Rendered;
  readonly again: () => Rendered | string;
}

function judge({ first, again }: Repeatable, got: Rendered): Verdict {
  let compared = compareReleases({ first }, got);
  if (compared.difference !== undefined || compared.bytes.difference !== undefined) {
    const second = again();
    if (typeof second === 'string') throw new Error(`the real program fails the second time: ${second}`);
    compared = compareReleases({ first, second }, got);
  }
  const { objects, random, difference, bytes } = compared;
  const isByteEqual = bytes.difference === undefined;
  const verdict =
    difference !== undefined
      ? `DIFFERENT: ${difference}`
      : isByteEqual
        ? 'same, byte for byte'
        : `same, but not its text: ${bytes.difference}`;
  return { isSame: difference === undefined, isByteEqual, verdict, objects, random };
}

function judgeFailure(
  message: string,
  ours: Rendered | string,
  { mayFail, inOwnWords }: Required<Pick<RenderingCase, 'mayFail' | 'inOwnWords'>>,
): Verdict {
  const without = { objects: 0, random: 0 };
  if (!mayFail)
    return {
      ...without,
      isSame: false,
      isByteEqual: false,
      verdict: `DIFFERENT: the real program refuses these values: ${lineOf(message)}`,
    };
  if (typeof ours !== 'string')
    return { ...without, isSame: false, isByteEqual: false, verdict: `DIFFERENT: should fail: ${lineOf(message)}` };
  const isByteEqual = ours === message;
  if (!isByteEqual && inOwnWords)
    return { ...without, isSame: true, isByteEqual, verdict: `neither renders it: ${lineOf(message)}; in our words: ${lineOf(ours)}` };
  return {
    ...without,
    isSame: isByteEqual,
    isByteEqual,
    verdict: isByteEqual
      ? `same, neither renders it: ${lineOf(message)}`
      : `DIFFERENT: expected the message ${JSON.stringify(message)}, got ${JSON.stringify(ours)}`,
  };
}

const lineOf = (message: string): string => message.replaceAll(/\s+/g, ' ').slice(0, 400);
