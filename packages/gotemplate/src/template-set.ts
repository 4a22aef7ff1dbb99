import { Budget, type ExecutionLimits } from './budget.ts';
import { BUILTINS } from './builtin/functions.ts';
import { execute } from './execute/execute.ts';
import type { MissingKey } from './execute/state.ts';
import { quote } from './format/quote.ts';
import type { Delimiters } from './parse/lexer.ts';
import { isEmpty, type Tree } from './parse/node.ts';
import { type ParsedTemplate, parseTemplate } from './parse/parse.ts';
import { TemplateError } from './template-error.ts';
import { wellJoined } from './value/bytes.ts';
import type { GoFunction, GoValue } from './value/model.ts';

export interface TemplateSetOptions {
  /** What errors call the set, as Go names it after its first template; empty. */
  readonly name?: string;
  /** Functions besides those that every template has, or instead of them. */
  readonly functions?: ReadonlyMap<string, GoFunction>;
  /** What becomes of keys that a map does not have; `default`. */
  readonly missingKey?: MissingKey;
  readonly delimiters?: Delimiters;
  /** How deeply parentheses and control structures may be nested; 500. */
  readonly maxNesting?: number;
}

/** Templates that know each other by name, as those that are associated in Go. */
export class TemplateSet {
  readonly #options: TemplateSetOptions;
  readonly #functions: Map<string, GoFunction>;
  readonly #trees: Map<string, Tree>;

  constructor(options: TemplateSetOptions = {}, trees: ReadonlyMap<string, Tree> = new Map()) {
    this.#options = options;
    this.#functions = new Map(options.functions);
    this.#trees = new Map(trees);
  }

  /** Parses a text with the functions of this set, and adds what it defines. Throws `TemplateError`. */
  parse(name: string, text: string): ParsedTemplate {
    const { delimiters, maxNesting } = this.#options;
    const parsed = withinStack(() =>
      parseTemplate(name, text, {
        isFunction: (word) => this.#functions.has(word) || BUILTINS.has(word),
        ...(delimiters && { delimiters }),
        ...(maxNesting !== undefined && { maxNesting }),
      }),
    );
    this.add(parsed);
    return parsed;
  }

  /** Adds what was parsed before. It replaces templates of its names, unless it is empty. */
  add({ trees }: ParsedTemplate): void {
    for (const [name, tree] of trees) {
      if (!this.#trees.has(name) || !isEmpty(tree.root)) this.#trees.set(name, tree);
    }
  }

  has(name: string): boolean {
    return this.#trees.has(name);
  }

  /** A set of the same templates, but for the one called `without`, and functions, which goes its own way; `functions` are added to it. */
  clone(functions: ReadonlyMap<string, GoFunction> = new Map(), without?: string): TemplateSet {
    const clone = new TemplateSet({ ...this.#options, functions: new Map([...this.#functions, ...functions]) }, this.#trees);
    if (without !== undefined) clone.#trees.delete(without);
    return clone;
  }

  /**
   * Executes a template and returns what it prints. A `Budget` instead of limits makes the execution a part of another one. Ends for every template and all data
   * within the limits, provided that the functions do. Bytes that are no UTF-8 are as bytes.ts has them: `toBytes` gives them back. Throws `TemplateError`.
   */
  execute(name: string, data: GoValue, limits: ExecutionLimits | Budget = {}): string {
    const budget = limits instanceof Budget ? limits : new Budget(limits);
    return withinStack(() => this.#execute(name, data, budget));
  }

  #execute(name: string, data: GoValue, budget: Budget): string {
    const tree = this.#trees.get(name);
    if (tree === undefined) throw this.#missing(name);
    if (budget.atMaxDepth) throw new TemplateError(`exceeded maximum template depth (${budget.maxDepth})`, { kind: 'limit' });
    const { depth } = budget;
    budget.depth = depth + 1;
    try {
      return wellJoined(this.#executeTree(tree, data, budget));
    } finally {
      // A function may get over an error of what it executed.
      budget.depth = depth;
    }
  }

  #executeTree(tree: Tree, data: GoValue, budget: Budget): string {
    const { missingKey = 'default' } = this.#options;
    return execute(tree, data, {
      functions: this.#functions,
      missingKey,
      budget,
      templateNamed: (name) => this.#trees.get(name),
      execute: (name, value) => this.#execute(name, value, budget),
    });
  }

  #missing(name: string): TemplateError {
    const text = `template: no template ${quote(name)} associated with template ${quote(this.#options.name ?? '')}`;
    return new TemplateError(text, { kind: 'execute' });
  }
}

/** How deep templates can go depends on the thread; where its stack ends, they do. */
function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    // No regular expression: there may be no stack left to compile one.
    if (thrown instanceof RangeError && thrown.message.includes('call stack')) {
      throw new TemplateError('template is nested too deeply for the stack of this thread', { kind: 'limit', cause: thrown });
    }
    throw thrown;
  }
}
