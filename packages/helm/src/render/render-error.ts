import type { TemplateError } from '@gotk/gotemplate';
import { HelmError } from '../helm-error.ts';
import { authorMessage } from './functions/author-errors.ts';

/** A template that cannot be parsed, as Helm puts it: the place and what is wrong there. */
export function parseError(path: string, error: TemplateError): HelmError {
  if (error.kind === 'limit') return limitError(path, error);
  const tokens = error.message.split(': ');
  const message = tokens.length === 1 ? `parse error in (${path}): ${error.message}` : `parse error at (${tokens[1]}): ${tokens.at(-1)}`;
  return new HelmError('invalid-template', message, { cause: error });
}

/** A template that cannot be executed, as Helm puts it: what the author says, or the places on the way to where it went wrong, each once. */
export function executionError(path: string, error: TemplateError): HelmError {
  if (error.kind === 'limit') return limitError(path, error);
  return new HelmError('invalid-template', executionMessage(path, error), { cause: error });
}

const limitError = (path: string, error: TemplateError): HelmError =>
  new HelmError('too-large', `cannot render ${path}: ${error.message}`, { cause: error });

function executionMessage(path: string, error: TemplateError): string {
  const [, location, rest] = splitThree(error.message);
  if (location === undefined || rest === undefined) return `execution error in (${path}): ${error.message}`;
  const said = authorMessage(rest);
  if (said !== undefined) return `execution error at (${location}): ${said}`;
  const steps: string[] = [];
  for (let current: unknown = error; current !== undefined; current = causeOf(current)) {
    const step = current instanceof Error ? stepOf(current.message) : undefined;
    // A cause that is no template's says more as a part of the whole.
    if (step === undefined) return error.message;
    if (steps.at(-1) !== step) steps.push(step);
  }
  return steps.join('').trim();
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

function splitThree(text: string): readonly string[] {
  const [first = '', second, ...rest] = text.split(': ');
  return rest.length === 0 ? [first] : [first, second ?? '', rest.join(': ')];
}

const PREFIX = 'template: ';

/** One of Go's messages in lines; undefined for what is none. */
function stepOf(message: string): string | undefined {
  if (!message.startsWith(PREFIX)) return undefined;
  const rest = message.slice(PREFIX.length);
  return rest.startsWith('no template ') ? `${message}\n` : (executingStep(rest) ?? simpleStep(rest));
}

/** `PLACE: executing "NAME" at <NODE>: MESSAGE`. */
function executingStep(rest: string): string | undefined {
  const [place, behind] = cut(rest, ': executing ');
  const name = behind === undefined ? undefined : /^"([^"]*)" at </.exec(behind);
  if (name === null || name === undefined || behind === undefined) return undefined;
  const [node, message] = cut(behind.slice(name[0].length), '>: ');
  return message === undefined ? undefined : step([place, `executing "${name[1]}" at <${node}>:`, unchained(message)]);
}

function cut(text: string, at: string): readonly [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + at.length)];
}

function simpleStep(rest: string): string | undefined {
  const at = rest.lastIndexOf(': ');
  return at < 0 ? undefined : step([rest.slice(0, at), '', unchained(rest.slice(at + 2))]);
}

/** Without the error that comes behind it. */
const unchained = (message: string): string => {
  const at = message.indexOf(' template:');
  return at < 0 ? message : message.slice(0, at);
};

const step = ([place, node, message]: readonly [string, string, string]): string =>
  `${place === '' ? '' : `${place}\n  `}${node === '' ? '' : `${node}\n    `}${message === '' ? '' : `${message}\n`}`;
