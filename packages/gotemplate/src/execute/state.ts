import type { Budget } from '../budget.ts';
import { quote } from '../format/quote.ts';
import type { Node, Tree } from '../parse/node.ts';
import { show } from '../parse/show-node.ts';
import { TemplateError } from '../template-error.ts';
import { byteLength } from '../value/bytes.ts';
import type { GoValue } from '../value/model.ts';

/** How Go treats a key that a map does not have: as no value, as the zero of its elements, or as an error. */
export type MissingKey = 'default' | 'zero' | 'error';

/** Passing over a variable takes so much less than a step. */
const VARIABLE_STEPS = 1 / 16;

interface Variable {
  readonly name: string;
  value: GoValue;
  isAny: boolean;
}

/** Where an execution is: the template, its dot and variables, and the node that is evaluated, for errors. */
export class State {
  readonly budget: Budget;
  readonly missingKey: MissingKey;
  readonly tree: Tree;
  dot: GoValue;
  /** Whether the dot is known as `interface {}` only: error messages name the type that is known. */
  dotIsAny = false;
  node: Node | undefined;
  /** The latest last. `$` is the first. */
  readonly #variables: Variable[];

  constructor({ tree, data, budget, missingKey }: { tree: Tree; data: GoValue; budget: Budget; missingKey: MissingKey }) {
    this.tree = tree;
    this.dot = data;
    this.budget = budget;
    this.missingKey = missingKey;
    this.#variables = [{ name: '$', value: data, isAny: false }];
  }

  /** How many variables there are, to forget later ones with `forget`. */
  get mark(): number {
    return this.#variables.length;
  }

  forget(mark: number): void {
    this.#variables.length = mark;
  }

  declare(name: string, value: GoValue): void {
    this.#variables.push({ name, value, isAny: false });
  }

  variable(name: string): Readonly<Variable> {
    for (let at = this.#variables.length - 1; at >= 0; at -= 1) {
      const variable = this.#variables[at];
      if (variable?.name === name) return variable;
      this.budget.spend(VARIABLE_STEPS);
    }
    return this.fail(`undefined variable: ${name}`);
  }

  assign(name: string, value: GoValue, isAny = false): void {
    const variable = this.variable(name) as Variable;
    variable.value = value;
    variable.isAny = isAny;
  }

  /** Sets the variable that was declared as the last but `behind`. */
  assignLast(behind: number, value: GoValue, isAny: boolean): void {
    const variable = this.#variables.at(-1 - behind);
    if (variable === undefined) return;
    variable.value = value;
    variable.isAny = isAny;
  }

  /** Notes what is being evaluated. */
  at(node: Node): void {
    this.node = node;
    this.budget.spend(1);
  }

  fail(message: string, cause?: unknown): never {
    const { name, parseName, text } = this.tree;
    if (this.node === undefined) throw new TemplateError(`template: ${name}: ${message}`, { kind: 'execute', cause });
    const before = text.slice(0, this.node.at);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = 1 + (before.match(/\n/g)?.length ?? 0);
    const where = `${parseName}:${line}:${byteLength(before.slice(lineStart))}`;
    throw new TemplateError(`template: ${where}: executing ${quote(name)} at <${show(this.node)}>: ${message}`, { kind: 'execute', cause });
  }
}
