import type { YamlNode } from '@gotk/apimachinery/yaml';
import { BuildError } from '../build-error.ts';
import { type BuildResource, idOf, renderId } from '../resource/resource.ts';
import { Budget } from './budget.ts';
import { explained, rootOf, settle } from './edit-object.ts';
import { splitFieldPath } from './field-path.ts';
import { lookUp } from './lookup.ts';
import { matchPath } from './match.ts';
import { copyOf, isNull, Mismatch, scalar, textOf } from './node.ts';
import { type Place, rootPlace } from './place.ts';
import type { FieldOptions, Replacement, ReplacementTarget, SourceField } from './replacement-rule.ts';
import { type Candidate, compileTarget, isSource } from './selection.ts';
import { replaceInText } from './structured-text.ts';

/**
 * Copies values from field to field, each replacement seeing what the one before left. What is copied is a text: a field keeps the type that it has, and one
 * that is made takes the type that the text has in a manifest. Lists and objects are copied as a whole, each target getting its own.
 *
 * Throws `BuildError` for a source that is not one field of one object, a field that is missing, and a text that does not fit.
 */
export function applyReplacements(resources: readonly BuildResource[], replacements: readonly Replacement[]): void {
  if (replacements.length === 0) return;
  const candidates = resources.map((resource): Candidate => ({ resource, root: rootOf(resource), isChanged: false }));
  const budget = new Budget();
  for (const replacement of replacements) {
    budget.at = replacement.at;
    apply(candidates, replacement, budget);
  }
  for (const candidate of candidates) if (candidate.isChanged) settle(candidate.resource, candidate.root, 'the replacements');
}

function apply(candidates: readonly Candidate[], { source, targets, at }: Replacement, budget: Budget): void {
  const value = 'text' in source ? rootPlace(scalar(source.text, undefined)) : sourcePlace(candidates, source, at);
  targets.forEach((target, index) => {
    const where = `${at}.targets[${index}]`;
    const isSelected = compileTarget(target, where);
    const paths = target.fieldPaths.map((path) => ({ path, parts: splitFieldPath(path, where) }));
    for (const candidate of candidates) {
      if (!isSelected(candidate)) continue;
      candidate.isChanged = true;
      for (const { path, parts } of paths) {
        explained(`${where}: field '${path}' of ${nameOf(candidate)}`, () => copyTo(candidate.root, parts, { value, target, budget }));
      }
    }
  });
}

const nameOf = ({ resource }: Candidate): string => renderId(idOf(resource));

function sourcePlace(candidates: readonly Candidate[], source: SourceField, at: string): Place {
  const [found, other] = candidates.filter((candidate) => isSource(candidate, source));
  if (found === undefined) throw new BuildError(`${at}.source: there is no such object`);
  if (other !== undefined) throw new BuildError(`${at}.source: may be ${nameOf(found)} or ${nameOf(other)}`);
  const where = `${at}.source: field '${source.fieldPath}' of ${nameOf(found)}`;
  return explained(where, () => {
    const parts = splitFieldPath(source.fieldPath, where).filter((part) => part.trim() !== '');
    const place = lookUp(found.root, parts);
    if (place === undefined || isNothing(place.node)) throw new Mismatch('it is missing or empty');
    return refined(place, source.options);
  });
}

const isNothing = (node: YamlNode): boolean =>
  isNull(node) || (node.kind === 'sequence' && node.items.length === 0) || (node.kind === 'mapping' && node.entries.length === 0);

/** Without a delimiter it is the place itself: what a target changes there, the next one gets. */
function refined(place: Place, { delimiter, index }: FieldOptions): Place {
  if (delimiter === '') return place;
  const { node } = place;
  if (node.kind !== 'scalar') throw new Mismatch('only a text has a delimiter');
  const range = index < 0 ? undefined : rangeOf(node.text, { delimiter, index });
  if (range === undefined) throw new Mismatch(`it has no part ${index}`);
  return rootPlace({ ...node, text: node.text.slice(range.start, range.end) });
}

interface Copying {
  readonly value: Place;
  readonly target: ReplacementTarget;
  readonly budget: Budget;
}

function copyTo(root: Place, parts: readonly string[], { value, target, budget }: Copying): void {
  const options = { create: target.options.create ? value.node.kind : undefined, budget };
  const change = (place: Place) => setValue(place, value.node, { options: target.options, budget });
  try {
    replaceInText(root, parts, { ...options, change });
    return;
  } catch (error) {
    // kustomize does not ask why either: what cannot be done within a text is tried as if there were none.
    if (!(error instanceof Mismatch)) throw error;
  }
  const places = matchPath(root, parts, options);
  if (places.length === 0) throw new Mismatch('there is no such field');
  for (const place of places) change(place);
}

function setValue(place: Place, value: YamlNode, { options, budget }: { readonly options: FieldOptions; readonly budget: Budget }): void {
  const { node } = place;
  const isPart = options.delimiter !== '';
  if (node.kind !== 'scalar') {
    if (isPart) throw new Mismatch('only a text has a delimiter');
    place.replace(copyOf(value, budget));
    return;
  }
  const text = isPart ? withPart(node.text, textOf(value), options) : textOf(value);
  budget.spend(text);
  place.replace({ ...node, text });
}

/** An index below zero is before the first part, one beyond the last is behind it. */
function withPart(text: string, part: string, { delimiter, index }: FieldOptions): string {
  if (index < 0) return `${part}${delimiter}${text}`;
  const range = rangeOf(text, { delimiter, index });
  return range === undefined ? `${text}${delimiter}${part}` : `${text.slice(0, range.start)}${part}${text.slice(range.end)}`;
}

/** Where a part of a text is; undefined when there are not so many. */
function rangeOf(
  text: string,
  { delimiter, index }: Pick<FieldOptions, 'delimiter' | 'index'>,
): { readonly start: number; readonly end: number } | undefined {
  let start = 0;
  for (let at = 0; at < index; at++) {
    const next = text.indexOf(delimiter, start);
    if (next < 0) return undefined;
    start = next + delimiter.length;
  }
  const end = text.indexOf(delimiter, start);
  return { start, end: end < 0 ? text.length : end };
}
