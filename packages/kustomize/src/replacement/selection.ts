import { parseApiVersion, parseLabelSelector } from '@gotk/apimachinery';
import type { YamlNode } from '@gotk/apimachinery/yaml';
import { RE2JS } from 're2js';
import { BuildError } from '../build-error.ts';
import type { BuildResource } from '../resource/resource.ts';
import { isNull, textOf } from './node.ts';
import type { Place } from './place.ts';
import type { IdSelector, ReplacementSelector, ReplacementTarget } from './replacement-rule.ts';

/** A resource while replacements are made in it. */
export interface Candidate {
  readonly resource: BuildResource;
  readonly root: Place;
  isChanged: boolean;
}

/** Whether one of the names that a resource has or had is the one of a source. `default` and no namespace are the same here. */
export const isSource = (candidate: Candidate, selector: IdSelector): boolean =>
  idsOf(candidate).some(
    (id) =>
      (['group', 'version', 'kind', 'name'] as const).every((field) => selector[field] === '' || selector[field] === id[field]) &&
      (selector.namespace === '' || selector.namespace === (id.namespace || 'default')),
  );

/** Compiles what a target selects and does not reject. Throws `BuildError`; a label selector is only read when something is held against it. */
export function compileTarget({ select, reject }: ReplacementTarget, at: string): (candidate: Candidate) => boolean {
  const selects = idMatcher(select, `${at}.select`);
  const hasLabels = labelMatcher(select, `${at}.select`);
  const rejects = reject.filter((selector) => Object.values(idSelectorOf(selector)).some((value) => value !== ''));
  const rejectsId = rejects.map((selector) => idMatcher(selector, `${at}.reject`));
  const rejectsLabels = reject
    .filter(({ labelSelector, annotationSelector }) => labelSelector !== '' || annotationSelector !== '')
    .map((selector) => labelMatcher(selector, `${at}.reject`));
  return (candidate) => {
    if (!hasLabels(candidate.root.node)) return false;
    // Labels and names reject each for themselves, even within one selector.
    if (rejectsLabels.some((matches) => matches(candidate.root.node))) return false;
    const ids = idsOf(candidate);
    return !ids.some((id) => rejectsId.some((matches) => matches(id))) && ids.some(selects);
  };
}

const idSelectorOf = ({ group, version, kind, name, namespace }: IdSelector): IdSelector => ({ group, version, kind, name, namespace });

/** The id of today, with the namespace as it is written, and all that were before. */
function idsOf({ resource, root }: Candidate): readonly IdSelector[] {
  const metadata = fieldOf(root.node, 'metadata');
  const { group, version } = parseApiVersion(textOf(fieldOf(root.node, 'apiVersion')));
  const current = {
    group,
    version,
    kind: textOf(fieldOf(root.node, 'kind')),
    name: textOf(fieldOf(metadata, 'name')),
    namespace: isNull(fieldOf(metadata, 'namespace')) ? '' : textOf(fieldOf(metadata, 'namespace')),
  };
  const past = resource.past.map(({ kind, name, namespace }) => ({
    group,
    version,
    kind,
    name,
    // kustomize's name for having none.
    namespace: namespace === '' ? '_non_namespaceable_' : namespace,
  }));
  return [current, ...past];
}

const NOTHING: YamlNode = { kind: 'scalar', text: '', tag: '!!null', style: 'plain' };

const fieldOf = (node: YamlNode, name: string): YamlNode =>
  (node.kind === 'mapping' ? node.entries.find(({ key }) => textOf(key) === name)?.value : undefined) ?? NOTHING;

function idMatcher(selector: IdSelector, at: string): (id: IdSelector) => boolean {
  const matchers = (['group', 'version', 'kind', 'name', 'namespace'] as const)
    .filter((field) => selector[field] !== '')
    .map((field) => ({ field, pattern: compile(selector[field], `${at}.${field}`) }));
  return (id) => matchers.every(({ field, pattern }) => pattern.matcher(id[field]).find());
}

function compile(pattern: string, at: string): RE2JS {
  try {
    return RE2JS.compile(`^(?:${pattern})$`);
  } catch (error) {
    throw new BuildError(`${at}: '${pattern}' is not a regular expression`, { cause: error });
  }
}

type Labels = Readonly<Record<string, string>>;

function labelMatcher(selector: ReplacementSelector, at: string): (root: YamlNode) => boolean {
  const annotations = lazySelector(selector.annotationSelector, `${at}.annotationSelector`);
  const labels = lazySelector(selector.labelSelector, `${at}.labelSelector`);
  return (root) => {
    const metadata = fieldOf(root, 'metadata');
    // Both, even when the first says no: a selector that is none is an error.
    const matches = [annotations(labelsOf(fieldOf(metadata, 'annotations'))), labels(labelsOf(fieldOf(metadata, 'labels')))];
    return matches.every(Boolean);
  };
}

function lazySelector(text: string, at: string): (labels: Labels) => boolean {
  if (text === '') return () => true;
  let compiled: ((labels: Labels) => boolean) | undefined;
  return (labels) => {
    try {
      compiled ??= parseLabelSelector(text);
    } catch (error) {
      throw new BuildError(`${at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    return compiled(labels);
  };
}

const labelsOf = (node: YamlNode): Labels =>
  node.kind === 'mapping' ? Object.fromEntries(node.entries.map(({ key, value }) => [textOf(key), textOf(value)])) : {};
