import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { registerLibraries } from './libraries.ts';
import { celValue } from './values.ts';

/** The expression can never be evaluated: a wrong word, an unknown variable, a result of another type than was asked for. Only another expression helps. */
export class InvalidExpression extends Error {
  override readonly name = 'InvalidExpression';
}

/** The expression is fine, and has no answer for these values: a key that is not there, a division by zero. */
export class EvaluationFailed extends Error {
  override readonly name = 'EvaluationFailed';
}

/** What an expression's answer may be. */
export interface CelResults {
  readonly bool: boolean;
  readonly string: string;
}

export interface CelExpression<T> {
  /**
   * Evaluating it may take far longer than reading it: it loops over its input, looks for a pattern in it, or builds something larger of it. Whatever a tenant
   * writes of that sort belongs in a thread with a deadline; everything else ends within the time that it takes to read input and expression.
   */
  readonly mayLoop: boolean;
  /** Throws `EvaluationFailed`. The variables are JSON; integers are CEL's `int`. */
  evaluate(variables: Readonly<Record<string, unknown>>): T;
}

export interface CompileOptions<Type extends keyof CelResults> {
  /**
   * Names that the expression may use; each is an object. `any`: those of the values that it is evaluated with, whatever they are. Nothing is known of them before, so that a name that
   * is wrong, or an answer of another type, shows when it is evaluated.
   */
  readonly variables: readonly string[] | 'any';
  readonly result: Type;
}

const MAX_CHARACTERS = 16_384;
const LIMITS = { maxAstNodes: 5_000, maxDepth: 100, maxListElements: 1_000, maxMapEntries: 1_000, maxCallArguments: 32 } as const;

/**
 * Calls that look at a value as briefly as a comparison does. Any other may loop over its input, or over input and argument (`matches`, `replace`), or make more
 * of it than there was (`replace`, `join`, `+`): what is new in the language belongs there until somebody has looked.
 */
const BRIEF: ReadonlySet<string> = new Set([
  'has',
  'type',
  'startsWith',
  'endsWith',
  'int',
  'uint',
  'double',
  'bool',
  'orValue',
  'hasValue',
]);
/** Of an expression that is evaluated in place: even what is brief adds up. */
const BRIEF_CHARACTERS = 1_024;

/**
 * Compiles an expression of the Common Expression Language (https://github.com/google/cel-spec), with what Flux's controllers offer: the extensions for strings,
 * sets and encodings, optional types, comparison of numbers across types, times in UTC. Regular expressions are RE2's: linear in their input.
 *
 * Throws `InvalidExpression`, with the place that it is about and none of the values.
 */
export function compileCel<Type extends keyof CelResults>(
  expression: string,
  { variables, result }: CompileOptions<Type>,
): CelExpression<CelResults[Type]> {
  if (expression.length > MAX_CHARACTERS) throw new InvalidExpression(`CEL expression is longer than ${MAX_CHARACTERS} characters`);
  const program = parse(expression, environmentFor(variables));
  const calls = namesOfCalls(program.ast);
  const checked = program.check();
  if (!checked.valid) throw new InvalidExpression(`invalid CEL expression '${shown(expression)}': ${summary(checked.error)}`);
  const known = String(checked.type);
  if (known !== result && !(variables === 'any' && known === 'dyn'))
    throw new InvalidExpression(`CEL expression '${shown(expression)}' gives ${known} where ${result} is wanted`);
  return {
    mayLoop: expression.length > BRIEF_CHARACTERS || !calls.every((name) => BRIEF.has(name)),
    evaluate(values) {
      let answer: unknown;
      try {
        const names = variables === 'any' ? Object.keys(values) : variables;
        answer = program(new Map(names.map((name) => [name, celValue(values[name])])));
      } catch (error) {
        throw new EvaluationFailed(`failed to evaluate CEL expression '${shown(expression)}': ${summary(error)}`, { cause: error });
      }
      // The checker has seen to it, but for values of unknown type that an operator handed through.
      const wanted = result === 'bool' ? 'boolean' : result;
      if (typeof answer !== wanted) throw new EvaluationFailed(`CEL expression '${shown(expression)}' gave no ${result}`);
      return answer as CelResults[Type];
    },
  };
}

const environments = new Map<string, Environment>();

/** Made once per set of variables: it takes some milliseconds. */
function environmentFor(variables: readonly string[] | 'any'): Environment {
  // No list of names has a bar in it.
  const key = variables === 'any' ? '|' : variables.join(' ');
  const known = environments.get(key);
  if (known !== undefined) return known;
  const environment = new Environment({
    unlistedVariablesAreDyn: variables === 'any',
    // The arguments of `format` are a list of anything.
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: LIMITS,
  });
  if (variables !== 'any') for (const name of variables) environment.registerVariable(name, 'map');
  registerLibraries(environment);
  environments.set(key, environment);
  return environment;
}

function parse(expression: string, environment: Environment) {
  try {
    return environment.parse(expression);
  } catch (error) {
    throw new InvalidExpression(`invalid CEL expression '${shown(expression)}': ${summary(error)}`);
  }
}

/** Every function and macro that is called, and `+`, which joins texts and lists. The library's own `matches` uses a backtracking engine: each call of it is turned into one of ours. */
function namesOfCalls(root: ASTNode): readonly string[] {
  const names: string[] = [];
  const open: unknown[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (Array.isArray(node)) open.push(...node.filter((part) => typeof part === 'object' && part !== null));
    else if (isNode(node)) {
      if ((node.op === 'call' || node.op === 'rcall') && Array.isArray(node.args)) {
        if (node.op === 'rcall' && node.args[0] === 'matches') (node.args as unknown[])[0] = 'matchesRe2';
        names.push(String(node.args[0]));
      } else if (node.op === '+') names.push(node.op);
      if (typeof node.args === 'object' && node.args !== null) open.push(node.args);
    }
  }
  return names;
}

const isNode = (value: unknown): value is { readonly op: string; readonly args: unknown } =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

const shown = (expression: string): string => (expression.length > 200 ? `${expression.slice(0, 197)}...` : expression);

/** The first line: the rest draws the place, over several. */
const summary = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
